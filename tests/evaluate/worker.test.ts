import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeDataset } from '../../src/data/index.ts';
import { initMessage, ProcessPool } from '../../src/evaluate/pool.ts';
import { DEFAULT_EVALUATE_SETTINGS } from '../../src/evaluate/settings.ts';
import type { Candidate, Evaluation } from '../../src/evaluate/types.ts';
import { WorkEvaluator } from '../../src/evaluate/work-evaluator.ts';
import { workerEnvironment } from '../../src/evaluate/worker-environment.ts';
import { WorkerProcess } from '../../src/evaluate/worker-process.ts';
import { type HostName, isolateFault, SANDBOX_HOSTS } from '../../src/kernel/index.ts';
import { builtChild } from '../built-child.ts';
import { SERVER, served } from './closed-loop/served.ts';
import { reasonOf } from './conformance.ts';
import { programOf, tableOf } from './tables.ts';

const hasIsolate = isolateFault() === undefined;
const HOSTILE = { path: builtChild(join(import.meta.dirname, 'hostile-worker.ts')), options: [] };
const table = tableOf((row) => 500 + 4 * row.tokens, { noise: 0.05 });
const program = programOf({ a: 10, b: 2 }, 'c.a + c.b * batch.tokens');
const settings = { ...DEFAULT_EVALUATE_SETTINGS, jobs: 1, memoryMb: 16 };

/** Long enough for what must end otherwise, even on a machine with other work. */
const PATIENCE_MS = 20_000;
const SHORT_MS = 2000;

/** What a pool of hostile children answers in turn, and how many children it needed. */
async function outcomes(
  host: HostName,
  acts: readonly string[],
  timeoutMs: number = PATIENCE_MS,
): Promise<{ evaluations: readonly Evaluation[]; children: number }> {
  let children = 0;
  const patient = { ...settings, timeoutMs };
  const processes = new ProcessPool(initMessage(table, patient), (init) => {
    children++;
    return new WorkerProcess({ ...init, host }, HOSTILE);
  });
  const pool = new WorkEvaluator({ table, settings: patient, hasClients: false }, processes);
  try {
    const evaluations = await pool.evaluate(acts.map((act): Candidate => ({ program, stream: [act] })));
    return { evaluations, children };
  } finally {
    await pool.close();
  }
}

describe('a pool whose child process ends in a fit in closed loop', () => {
  it('says so, once another one has tried too, and goes on', async () => {
    let children = 0;
    const { requestWeights } = settings;
    const dataset = makeDataset('made up', [served(SERVER)]);
    const clients = {
      dataset,
      scope: 'global',
      contexts: 'blocks',
      requestWeights,
      floor: true,
      fitsConstants: true,
    } as const;
    const processes = new ProcessPool(initMessage(table, settings, clients), (init) => {
      children++;
      return new WorkerProcess(init, HOSTILE);
    });
    const pool = new WorkEvaluator({ table, settings, hasClients: true }, processes);
    try {
      const [fit] = await pool.closeLoop!([{ program, fits: [] }]);
      expect(fit).toMatchObject({
        status: 'rejected',
        reason: 'crash',
        detail: expect.stringContaining('code 3') as string,
      });
      const [evaluation] = await pool.evaluate([{ program, stream: ['does its work'] }]);
      expect(evaluation!.status).toBe('ok');
      expect(children).toBe(3);
    } finally {
      await pool.close();
    }
  });
});

for (const host of Object.keys(SANDBOX_HOSTS) as HostName[]) {
  describe.skipIf(host === 'isolate' && !hasIsolate)(`a child process with kernels in the host ${host}`, () => {
    it.each([
      ['never ends', 'timeout'],
      ['grows', 'memory'],
      ['fills the heap', 'memory'],
      ['leaks', 'memory'],
      ['traps', 'crash'],
      ['exits', 'crash'],
    ])('is rejected where its work %s: %s', async (act, reason) => {
      const { evaluations } = await outcomes(
        host,
        [act, 'does its work'],
        act === 'never ends' ? SHORT_MS : PATIENCE_MS,
      );
      expect(evaluations.map(reasonOf)).toEqual([reason, 'ok']);
    });

    it('goes on with a module that is refused more memory', async () => {
      const { evaluations, children } = await outcomes(host, ['may not grow', 'does its work']);
      expect(evaluations.map(({ status }) => status)).toEqual(['ok', 'ok']);
      expect(children).toBe(1);
    });

    it('is replaced when it has leaked, and no result is another one', async () => {
      const acts = Array(12).fill('leaks a little');
      const { evaluations, children } = await outcomes(host, acts);
      const undisturbed = await outcomes(host, ['does its work']);
      expect(evaluations).toEqual(acts.map(() => undisturbed.evaluations[0]));
      expect(children).toBeGreaterThan(1);
    });
  });
}

describe('the environment of a child process', () => {
  it('holds paths and no keys', () => {
    const environment = {
      PATH: '/bin',
      SystemRoot: 'C:\\Windows',
      ANTHROPIC_API_KEY: 'secret',
      OPENAI_API_KEY: 'secret',
      NODE_OPTIONS: '--inspect',
    };
    expect(workerEnvironment(environment)).toEqual({ PATH: '/bin', SystemRoot: 'C:\\Windows' });
  });

  it.runIf(process.platform === 'linux')('is what a real child has', async () => {
    process.env['EVOLVE_TEST_API_KEY'] = 'secret';
    const worker = new WorkerProcess({ kind: 'init', table, settings, host: 'process' });
    await worker.ready;
    const names = readFileSync(`/proc/${worker.pid}/environ`, 'utf8')
      .split('\0')
      .map((entry) => entry.split('=', 1)[0]);
    await worker.close();
    delete process.env['EVOLVE_TEST_API_KEY'];
    expect(names).toContain('PATH');
    expect(names.filter((name) => /KEY|TOKEN|SECRET|EVOLVE/.test(name ?? ''))).toEqual([]);
  });
});
