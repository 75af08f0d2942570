import { describe, expect, it } from 'vitest';
import type { SimulateDocument } from '../../src/app/index.ts';
import { factor, onOff } from '../../src/cli/options.ts';
import { simulateText } from '../../src/cli/simulate-text.ts';
import { makeDataset } from '../../src/data/index.ts';
import { closedLoop, type WhatIf } from '../../src/evaluate/index.ts';
import type { StepTime } from '../../src/serving/index.ts';
import { law, SERVER, served } from '../evaluate/closed-loop/served.ts';

const EXPERIMENT = served({ ...SERVER, id: '20260217-202857-llama-2-70b-tp4-reasoning-and-much-more' });
const DATASET = makeDataset('made up', [EXPERIMENT]);

function document(whatIf: WhatIf = {}, stepTime: StepTime = law, count = 1): SimulateDocument {
  const loop = closedLoop(DATASET, EXPERIMENT, { stepTime }, 'valid', whatIf)!;
  const experiments = new Array<typeof loop>(count).fill(loop);
  return { program: 'abcdef01', split: 'valid', whatIf, experiments, missing: {}, testAccess: null };
}

function linesOf(shown: SimulateDocument): readonly string[] {
  const lines = simulateText(shown).split('\n');
  expect(lines.filter((line) => Array.from(line).length > 80)).toEqual([]);
  return lines;
}

describe('a closed loop in words', () => {
  it('sets each latency beside what was measured, with its error', () => {
    const shown = document({}, (batch) => 1.1 * law(batch));
    const { measured, error } = shown.experiments[0]!;
    const lines = linesOf(shown);
    const at = lines.findIndex((line) => line.startsWith('ITL, ms'));
    const cells = lines.slice(at, at + 3).map((line) => line.trim().split(/ {2,}/));
    expect(cells[0]!.slice(1)).toEqual([
      'measured',
      ...Object.values(measured!.itlMs!).map((ms: number) => String(Number(ms.toPrecision(4)))),
    ]);
    expect(cells[1]![0]).toBe('simulated');
    expect(cells[2]!.slice(0, 2)).toEqual(['error, %', `+${error!.itl!.mean.toPrecision(3)}`]);
    expect(lines.filter((line) => line.startsWith('errors, experiment'))).toEqual([]);
    expect(simulateText(shown)).not.toContain('Saturated');
  });

  it('sums several experiments up', () => {
    const lines = linesOf(document({}, (batch) => 2 * law(batch), 2));
    const at = lines.findIndex((line) => /^errors, experiment +TTFT % +ITL % +E2E % +E2E p90 %$/.test(line));
    expect(lines[at + 2]).toMatch(/^…\S+-more( +\+\d+(\.\d+)?){4} +saturated$/);
    expect(lines).toContain('Saturated: requests come faster than they are served, so latencies grow');
  });

  it('says what is tried in place of what was, and then shows nothing as measured', () => {
    const text = linesOf(document({ rate: 1.5, maxNumSeqs: 64, asyncScheduling: true })).join('\n');
    expect(text).toMatch(
      /^What nobody measured:\n- requests come 1\.5 times as fast\n- at most 64 requests in a batch\n- asynchronous scheduling\n/,
    );
    expect(text).not.toMatch(/^\S.*measured {2}|error, %|as measured/m);
    expect(text).toMatch(/^TTFT, ms( +[\d.]+){4}$/m);
    expect(linesOf(document({ clients: 1, thinkS: 2 })).join('\n')).toMatch(
      /- 1 client, each with one request at a time\n- 2 s from an answer to the next request\n/,
    );
  });

  it('says how many requests are refused, which no figure holds', () => {
    const few = document({ kvBlocks: 20 });
    const { requests, refused, simulated } = few.experiments[0]!;
    expect(refused).toBeGreaterThan(0);
    expect(refused).toBeLessThan(requests);
    expect(linesOf(few).join('\n')).toContain(`${refused} of them refused: they need more KV blocks`);
    expect(simulated.e2eMs).not.toBeNull();
    expect(document({ kvBlocks: 1 }).experiments[0]).toMatchObject({ refused: requests, simulated: { e2eMs: null } });
    expect(simulateText(document())).not.toContain('refused');
  });

  it('draws requests in flight as simulated and as measured to one scale', () => {
    const lines = linesOf(document());
    const drawn = lines.filter((line) => /in flight|as measured/.test(line)).map((line) => /[▁-█ ]+$/.exec(line)![0]);
    expect(drawn).toHaveLength(2);
    expect(drawn[0]).toBe(drawn[1]);
    expect(drawn[0]).toContain('█');
  });
});

describe('options of a simulation', () => {
  it.each([
    ['1.5', 1.5],
    ['x1.5', 1.5],
    ['×2', 2],
  ])('take a rate of %s', (text, rate) => expect(factor(text)).toBe(rate));

  it.each(['', 'x', '1.5x5', '-1', 'x0'])('refuse a rate of “%s”', (text) => {
    expect(() => factor(text)).toThrow(/Give a number above 0/);
  });

  it('take a setting that is on or off', () => {
    expect([onOff('on'), onOff('off')]).toEqual([true, false]);
    expect(() => onOff('yes')).toThrow(/on or off/);
  });
});
