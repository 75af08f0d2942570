import { execFileSync } from 'node:child_process';
import { CONSTANTS, expression, FEATURES, ROWS, type Workload } from './workload.ts';

const NAMES: Readonly<Record<string, string>> = { max: 'np.maximum', min: 'np.minimum', log1p: 'np.log1p' };

function inPython(workload: Workload): string {
  return expression(workload, (name) => (FEATURES.includes(name) ? `${name}_` : (NAMES[name] ?? name)));
}

const SCRIPT = `
import json, time
import numpy as np
rng = np.random.default_rng(1)
${FEATURES.map((name) => `${name}_`).join(', ')} = (rng.uniform(1, 500, ${ROWS}) for _ in range(${FEATURES.length}))
${CONSTANTS.map((value, k) => `k${k} = ${value}`).join('; ')}
best = {"b": 1e9, "a": 1e9}
end = time.perf_counter() + 1.2
while time.perf_counter() < end:
    start = time.perf_counter(); ${inPython('b')}; best["b"] = min(best["b"], 1e3 * (time.perf_counter() - start))
    start = time.perf_counter(); ${inPython('a')}; best["a"] = min(best["a"], 1e3 * (time.perf_counter() - start))
print(json.dumps(best))
`;

/** Least times of plain numpy expressions in milliseconds; undefined where python3 (or $PYTHON) has no numpy. */
export function timeNumpy(): { readonly b: number; readonly a: number } | undefined {
  try {
    return JSON.parse(
      execFileSync(process.env['PYTHON'] ?? 'python3', ['-c', SCRIPT], { encoding: 'utf8', stdio: 'pipe' }),
    );
  } catch {
    return undefined;
  }
}
