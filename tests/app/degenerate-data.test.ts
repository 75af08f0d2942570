import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importData, type RunDocument, startRun } from '../../src/app/index.ts';
import { runFooter } from '../../src/cli/run-text.ts';
import { temporaryFolder } from '../temporary-folder.ts';

interface Step {
  readonly decode?: number;
  readonly prefill?: number;
  readonly us?: number;
}

const HEADER =
  'step.id,step.ts_start_ns,step.duration_us,queue.running_depth,queue.waiting_depth,batch.num_prefill_reqs,batch.num_decode_reqs,batch.prefill_tokens,batch.decode_tokens,batch.num_finished,batch.num_preempted';

function csvOf(rows: number, stepOf: (at: number) => Step): string {
  let startNs = 1e9;
  const lines = Array.from({ length: rows }, (_, at) => {
    const { decode = 10, prefill = 0, us = 20_000 } = stepOf(at);
    const prefills = prefill > 0 ? 1 : 0;
    const line = [at, startNs, us, decode + prefills, 0, prefills, decode, prefill, decode, 0, 0].join(',');
    startNs += 1000 * us;
    return line;
  });
  return [HEADER, ...lines, ''].join('\n');
}

async function runOn(
  stepOf: (at: number) => Step,
  expressions: readonly string[] = [],
  rows = 60,
): Promise<{ readonly document: RunDocument; readonly body: string }> {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'records.csv'), csvOf(rows, stepOf));
  const data = join(folder, 'data');
  await importData(join(folder, 'records.csv'), { model: 'llama-2-70b', tp: 4, hardware: 'H100', folder: data });
  const seeds = expressions.map((expression, at) => ({
    name: `s${at}`,
    source: `export const constants = { a: 1, b: 2 };\nexport function predictStepTime(batch, c) { return ${expression}; }\n`,
  }));
  const document = await startRun({
    runs: join(folder, 'runs'),
    data,
    jobs: 1,
    search: { generations: 2, children: 4, islands: 1 },
    ...(seeds.length > 0 && { seeds }),
  });
  return { document, body: /return (.*);/.exec(document.best!.source)![1]! };
}

const CONSTANT = 'c.stepUs';
const decode = (at: number): number => 1 + ((at * 7) % 50);
const jitter = (at: number): number => 1 + 0.02 * (((at * 7919) % 101) / 101);

describe('a run ends with a constant, and says why,', { timeout: 60_000 }, () => {
  it('where all steps take the same time', async () => {
    const { document, body } = await runOn((at) => ({ decode: decode(at), prefill: at % 5 === 0 ? 100 + at : 0 }));
    expect(body).toBe(CONSTANT);
    const why = 'it is a constant. Every step takes the same time: all rows have the same target.';
    expect(document.choice!.warnings).toContain(why);
    expect(document.best!.validationError).toBeLessThan(1e-6);
    expect(runFooter('runs/x', document)).toContain(`warning, of the pick: ${why}`);
  });

  it('where all steps are of one batch', async () => {
    const { document, body } = await runOn((at) => ({ us: 20_000 * jitter(at) }));
    expect(body).toBe(CONSTANT);
    expect(document.choice!.warnings).toContainEqual(expect.stringMatching(/a constant.*all rows are the same/));
  });

  it('where both are one', async () => {
    expect((await runOn(() => ({}))).body).toBe(CONSTANT);
  });

  it('where no seed program has a value, as they divide by what is 0 in every row, and nothing else varies', async () => {
    const poles = ['c.a + c.b * batch.decodeTokens / batch.prefillTokens', 'c.a + c.b * Math.log(batch.prefillTokens)'];
    const { document, body } = await runOn(() => ({}), poles);
    expect(document.rejected.bounds).toBeGreaterThanOrEqual(2);
    expect(body).toBe(CONSTANT);
  });
});

describe('a run goes on from a constant', { timeout: 60_000 }, () => {
  it('where no seed program has a value on the data, and says why', async () => {
    const pole = ['c.a + c.b * batch.decodeTokens / batch.prefillTokens'];
    const { document } = await runOn((at) => ({ decode: decode(at), us: 15_000 + 60 * decode(at) }), pole);
    expect(document.stopped).toBe('generations');
    expect(document.evaluated).toBeGreaterThan(2);
  });
});

it('a run on a handful of rows says that its pick was made on few', async () => {
  const { document } = await runOn((at) => ({ decode: decode(at), us: 15_000 + 60 * decode(at) }), [], 15);
  expect(document.choice!.validationRows).toBe(3);
  expect(runFooter('runs/x', document)).toMatch(/warning, of the pick: it was picked on 3 validation rows/);
}, 60_000);
