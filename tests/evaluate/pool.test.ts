import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Candidate, createPool } from '../../src/evaluate/index.ts';
import { builtChild } from '../built-child.ts';
import { evaluatorConformance, reasonOf } from './conformance.ts';
import { programOf, tableOf } from './tables.ts';

const isLinux = process.platform === 'linux';

describe('a pool keeps the conformance of Evaluator', () => {
  evaluatorConformance((table) => createPool(table, { jobs: 1, seed: 5 }));
});

/** Pids of the evaluation processes that a process has started, from /proc. */
function workersOf(pid: number): readonly number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(/\s+/);
  return children
    .filter((child) => child !== '' && readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('evaluate/worker'))
    .map(Number);
}

function isAlive(pid: number): boolean {
  try {
    return !/State:\s+Z/.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + 20_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error('waited 20 s in vain');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const table = tableOf((row) => 500 + 4 * row.tokens + 0.02 * row.kv, { noise: 0.1 });
const candidates: readonly Candidate[] = Array.from({ length: 6 }, (_, i) => ({
  program: programOf(
    { a: 10, p: 0.8, b: 2, t: 40 + i, e: 1 },
    'c.a + c.b * batch.tokens ** c.p + (batch.requests > c.t ? c.e * batch.kv : 0)',
  ),
  stream: ['child', i],
}));

describe('createPool', () => {
  it('gives the same results at one job and at two', async () => {
    const one = await createPool(table, { jobs: 1 });
    const two = await createPool(table, { jobs: 2 });
    const [fromOne, fromTwo] = await Promise.all([one.evaluate(candidates), two.evaluate(candidates)]);
    await Promise.all([one.close(), two.close()]);
    expect(fromOne.map(reasonOf)).toEqual(candidates.map(() => 'ok'));
    expect(fromTwo).toEqual(fromOne);
  });

  it.runIf(isLinux)('survives the death of a child in the middle of an evaluation', async () => {
    const pool = await createPool(table, { jobs: 1 });
    const undisturbed = await pool.evaluate(candidates);
    const [victim] = workersOf(process.pid);
    const disturbed = pool.evaluate(candidates);
    await new Promise((resolve) => setTimeout(resolve, 30));
    process.kill(victim as number, 'SIGKILL');
    expect(await disturbed).toEqual(undisturbed);
    expect(workersOf(process.pid)).not.toContain(victim);
    await pool.close();
  });

  it('rejects what takes too long, kills the child, and goes on', async () => {
    const large = tableOf((row) => 1000 + row.tokens, { experiments: 1, rows: 60_000 });
    const slow = programOf(
      { a: 1, p: 1, q: 1, r: 1, s: 1, t: 1 },
      'c.a + Math.pow(batch.tokens, c.p) + Math.pow(batch.kv, c.q) + Math.exp(-c.r * batch.requests) + Math.tanh(c.s * batch.kv) * Math.log1p(c.t * c.t)',
    );
    const pool = await createPool(large, { jobs: 1, timeoutMs: 40 });
    const started = Date.now();
    const evaluations = await pool.evaluate([slow, slow].map((program) => ({ program, stream: [] })));
    expect(evaluations.map(reasonOf)).toEqual(['timeout', 'timeout']);
    expect(Date.now() - started).toBeLessThan(15_000);
    await pool.close();
  });

  it.runIf(isLinux)('leaves no process behind', async () => {
    const pool = await createPool(table, { jobs: 2 });
    expect(workersOf(process.pid)).toHaveLength(2);
    const pending = pool.evaluate(candidates);
    const refused = pending.catch((error: unknown) => error);
    await pool.close();
    expect(String(await refused)).toMatch(/closed/);
    expect(workersOf(process.pid)).toHaveLength(0);
    await expect(pool.evaluate(candidates)).rejects.toThrow(/closed/);
  });

  it.runIf(isLinux)('ends its children when the parent is killed', async () => {
    const script = builtChild(join(import.meta.dirname, 'orphan.ts'));
    const parent = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'ignore'] });
    await new Promise((resolve) => parent.stdout.once('data', resolve));
    const children = workersOf(parent.pid as number);
    expect(children).toHaveLength(1);
    process.kill(parent.pid as number, 'SIGKILL');
    await until(() => !children.some(isAlive));
  });

  it('says what a table lacks', async () => {
    const [first] = table.experiments;
    if (first === undefined) throw new Error('the table is empty');
    for (const split of ['train', 'valid'] as const) {
      const experiments = [{ ...first, rows: { ...first.rows, [split]: [0, 0] as const } }];
      const pool = await createPool({ ...table, experiments }, { jobs: 1 });
      await expect(pool.evaluate(candidates)).rejects.toThrow(split === 'train' ? /training rows/ : /validation rows/);
      await pool.close();
    }
  });
});
