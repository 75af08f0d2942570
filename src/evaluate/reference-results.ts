import { createHash } from 'node:crypto';
import { tableOf } from '../data/index.ts';
import { createRandom } from '../numeric/index.ts';
import { readSource } from '../program/index.ts';
import { ProgramEvaluator } from './program-evaluator.ts';
import { DEFAULT_EVALUATE_SETTINGS } from './settings.ts';

const ROWS = 240;

/** Between them they take every way that a fit can go: linear, smooth, and by thresholds; and what Node rounds as it likes. */
const PROGRAMS: Readonly<Record<string, string>> = {
  linear: 'c.a + c.b * batch.u + c.d * Math.max(batch.v - batch.u, 0)',
  smooth: 'c.a + c.b * batch.u ** c.d + Math.hypot(batch.v, batch.u) * Math.tanh(c.e * batch.v)',
  threshold: 'batch.u > c.t ? c.a * Math.log1p(batch.v) + c.b : c.d * Math.sqrt(batch.u) + Math.exp(c.e - batch.v)',
};

/**
 * SHA-256 of what this build of the program makes of a small table, on this version of Node: of fits and errors of three programs to the
 * last bit. Two processes with the same one may work on a search together. It takes a fraction of a second, in this process.
 */
export function referenceResults(): string {
  const random = createRandom(0).split('reference results');
  const u = Float64Array.from({ length: ROWS }, () => 1 + 40 * random.uniform());
  const v = Float64Array.from({ length: ROWS }, () => 1 + 3 * random.uniform());
  const y = u.map((value, at) => 5 + (value > 20 ? 2 * value : 3 * value ** 0.7) + 4 * v[at]! + random.normal());
  const table = tableOf({ u, v, y }, 'y');
  const settings = {
    ...DEFAULT_EVALUATE_SETTINGS,
    objective: 'mse',
    floor: false,
    sampleRows: 100,
    searchEvaluations: 6,
    screenLimit: Infinity,
  } as const;
  // The programs are our own, and no result depends on the host.
  const evaluator = new ProgramEvaluator(table, settings, 'process');
  try {
    const evaluations = Object.entries(PROGRAMS).map(([name, body]) =>
      evaluator.evaluate({ program: readSource(moduleOf(body)), stream: [name] }),
    );
    return createHash('sha256').update(JSON.stringify(evaluations)).digest('hex');
  } finally {
    evaluator.dispose();
  }
}

function moduleOf(body: string): string {
  const names = [...new Set([...body.matchAll(/c\.(\w)/g)].map(([, name]) => name))];
  const constants = names.map((name) => `${name}: ${name === 't' ? 15 : 0.5}`).join(', ');
  return `export const constants = { ${constants} };\nexport function predictStepTime(batch, c) {\n  return ${body};\n}\n`;
}
