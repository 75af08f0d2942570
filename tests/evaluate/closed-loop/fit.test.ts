import { describe, expect, it } from 'vitest';
import { type Dataset, type Experiment, makeDataset, withoutTests, withReplays } from '../../../src/data/index.ts';
import type { ClientLoop } from '../../../src/evaluate/closed-loop/client-loop.ts';
import { fitInClosedLoop } from '../../../src/evaluate/closed-loop/fit.ts';
import { createPool, DEFAULT_EVALUATE_SETTINGS } from '../../../src/evaluate/index.ts';
import { buildTable } from '../../../src/data/index.ts';
import { parseProgram, type Program } from '../../../src/program/index.ts';
import { featureTable } from '../../../src/physics/index.ts';
import { SERVER, served } from './served.ts';

/** The form of the law that served the requests, which is 12,000 + 40·decode + 9·prefill. */
const PROGRAM = programOf(`
  export const constants = { step: 12000, decode: 40, prefill: 9 };
  export function predictStepTime(batch, c) {
    return c.step + c.decode * batch.decodeTokens + c.prefill * batch.prefillTokens;
  }`);

function programOf(text: string): Program {
  const parsed = parseProgram(text, { features: featureTable() });
  if (!parsed.ok) throw new Error('not a program');
  return parsed.program;
}

function loopOf(dataset: Dataset): ClientLoop {
  const { requestWeights } = DEFAULT_EVALUATE_SETTINGS;
  return { dataset, scope: 'experiment', contexts: 'blocks', requestWeights, floor: true, fitsConstants: true };
}

function fitsOf(step: number, decode: number, prefill: number) {
  return [{ group: SERVER.id, constants: { step, decode, prefill }, standardErrors: {} }];
}

/** Every client sees its first token later, and each token a little later still. */
function withOverheads(experiment: Experiment, requestUs: number, tokenUs: number): Experiment {
  const requests = experiment.requests!;
  const { outputTokens } = requests;
  return {
    ...experiment,
    requests: {
      ...requests,
      firstTokenUs: requests.firstTokenUs.map((us) => us + requestUs + tokenUs),
      lastTokenUs: requests.lastTokenUs.map((us, r) => us + requestUs + outputTokens[r]! * tokenUs),
      departedUs: requests.lastTokenUs.map((us, r) => us + requestUs + outputTokens[r]! * tokenUs + 700),
    },
  };
}

describe('a fit in closed loop', () => {
  const experiment = served(SERVER);
  const dataset = makeDataset('made up', [experiment]);

  it('finds the law from constants that are a fifth off', () => {
    const { fits, error, validationError, converged } = fitInClosedLoop(PROGRAM, fitsOf(9600, 48, 11), loopOf(dataset));
    expect(converged).toBe(true);
    expect(fits[0]!.constants['step']).toBeCloseTo(12_000, -2);
    expect(Math.abs(fits[0]!.constants['decode']! - 40)).toBeLessThan(20);
    // Whether a request makes it into one step or the next keeps some of the error.
    expect(error).toBeLessThan(0.3);
    expect(validationError).toBeLessThan(0.6);
  });

  it('ends inside the bounds of constants, and no worse than it began', () => {
    const bounds = { step: [0, null], decode: [55, null], prefill: [0, 8] } as const;
    const [from] = fitsOf(9600, 60, 8);
    const begun = fitInClosedLoop(PROGRAM, [from!], { ...loopOf(dataset), fitsConstants: false });
    const { fits, error } = fitInClosedLoop(PROGRAM, [{ ...from!, bounds }], loopOf(dataset));
    expect(fits[0]!.constants['decode']).toBeGreaterThanOrEqual(55);
    expect(fits[0]!.constants['prefill']).toBeLessThanOrEqual(8);
    expect(error).toBeLessThan(begun.error);
  });

  it('never ends with latencies worse than those of the start', () => {
    const atLaw = fitInClosedLoop(PROGRAM, fitsOf(12_000, 40, 9), loopOf(dataset));
    expect(atLaw.error).toBeLessThan(1e-9);
    expect(atLaw.fits[0]!.constants).toEqual({ step: 12_000, decode: 40, prefill: 9 });
  });

  it('finds its way where twice the time makes a queue that grows as long as the load lasts', () => {
    const { fits, error } = fitInClosedLoop(PROGRAM, fitsOf(24_000, 80, 18), loopOf(dataset));
    expect(fits[0]!.constants['step']).toBeGreaterThan(11_000);
    expect(fits[0]!.constants['step']).toBeLessThan(13_000);
    expect(error).toBeLessThan(1);
  });

  it('tells what clients see beyond steps from the steps', () => {
    const seen = makeDataset('made up', [withOverheads(experiment, 8000, 0)]);
    const { fits, error } = fitInClosedLoop(PROGRAM, fitsOf(12_500, 40, 9), loopOf(seen));
    expect(error).toBeLessThan(0.5);
    expect(fits[0]!.overheads!.requestUs).toBeGreaterThan(7000);
    expect(fits[0]!.overheads!.requestUs).toBeLessThan(9000);
    expect(fits[0]!.overheads!.completionUs).toBeCloseTo(700, 6);
  });

  it('knows nothing of how test requests were served', () => {
    const { requests } = experiment;
    const firstTokenUs = requests!.firstTokenUs.map((us, r) => (r >= 80 ? 3 * us : us));
    const other = makeDataset('made up', [{ ...experiment, requests: { ...requests!, firstTokenUs } }]);
    const [own, changed] = [dataset, other].map((each) =>
      fitInClosedLoop(PROGRAM, fitsOf(9600, 48, 11), loopOf(withoutTests(each))),
    );
    expect(changed).toEqual(own);
    expect(own).toEqual(fitInClosedLoop(PROGRAM, fitsOf(9600, 48, 11), loopOf(dataset)));
  });

  it('leaves constants as they are, to the bit, where it is to fit overheads alone', () => {
    const seen = makeDataset('made up', [withOverheads(experiment, 8000, 0)]);
    const start = fitsOf(12_000.1, 40 / 3, 9.7);
    const { fits, rounds } = fitInClosedLoop(PROGRAM, start, { ...loopOf(seen), fitsConstants: false });
    expect(fits[0]!.constants).toEqual(start[0]!.constants);
    expect(fits[0]!.overheads!.requestUs).toBeGreaterThan(4000);
    expect(rounds).toBeLessThan(6);
  });

  it('has no error where a group cannot be served, whatever the others have', () => {
    const other = { ...experiment, id: 'run-2' };
    const both = makeDataset('made up', [experiment, other]);
    const [fit] = fitsOf(12_000, 40, 9);
    const constants = { step: Number.NaN, decode: 40, prefill: 9 };
    const fits = [fit!, { ...fit!, group: 'run-2', constants }];
    const { error, validationError } = fitInClosedLoop(PROGRAM, fits, loopOf(both));
    expect([error, validationError]).toEqual([Number.NaN, Number.NaN]);
  });

  it('is the same in the processes of a pool', async () => {
    const replayed = withReplays(dataset);
    const table = buildTable(replayed, { target: 'cycle', splits: ['train', 'valid'] });
    const settings = { objective: 'replay', scope: 'experiment', jobs: 2 } as const;
    const pool = await createPool(table, settings, loopOf(replayed));
    try {
      const fits = fitsOf(9600, 48, 11);
      const both = await pool.closeLoop!([
        { program: PROGRAM, fits },
        { program: PROGRAM, fits },
      ]);
      const here = fitInClosedLoop(PROGRAM, fits, loopOf(replayed));
      expect(both).toEqual([here, here]);
    } finally {
      await pool.close();
    }
  });
});
