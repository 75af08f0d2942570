import { describe, expect, it } from 'vitest';
import {
  buildTable,
  type Experiment,
  makeDataset,
  NO_OVERHEADS,
  replayWith,
  servingContext,
  withReductionColumns,
} from '../../../src/data/index.ts';
import { fitInClosedLoop } from '../../../src/evaluate/closed-loop/fit.ts';
import { programLoops } from '../../../src/evaluate/closed-loop/program-loops.ts';
import { DEFAULT_EVALUATE_SETTINGS } from '../../../src/evaluate/index.ts';
import { predictObserved, rowsNeeded, observedPart } from '../../../src/evaluate/observed-part.ts';
import { evaluateColumns, parseProgram } from '../../../src/program/index.ts';
import { programStepTime } from '../../../src/serving/index.ts';
import { SERVER, served } from './served.ts';

/** What attention does: each new token of a request meets its own context. No feature of blocks says it beside a prompt. */
const PROGRAM = programOf(`
  export const constants = { step: 12000, pair: 0.2 };
  export function predictStepTime(batch, c) {
    return c.step + c.pair * batch.sum((r) => r.newTokens * r.context);
  }`);
const LAW = { step: 12_000, pair: 0.2 };
const CONTEXT = servingContext(makeDataset('made up', [SERVER]), SERVER);
/** Prompts are cut, so that what is computed of them has a context. */
const CHUNKED: Experiment = { ...SERVER, settings: { ...SERVER.settings!, maxNumBatchedTokens: 128 } };
const logged = served(CHUNKED, programStepTime(PROGRAM, LAW, CONTEXT));
const dataset = makeDataset('made up', [logged]);
const TABLE = { target: 'cycle', splits: ['train', 'valid'] } as const;

function programOf(text: string) {
  const parsed = parseProgram(text);
  if (!parsed.ok) throw new Error(parsed.diagnostics[0]!.message);
  return parsed.program;
}

function fitsOf(constants: Readonly<Record<string, number>>) {
  return [{ group: SERVER.id, constants, standardErrors: {} }];
}

describe('a program with a reduction in closed loop', () => {
  it('says of the batches that it makes what was measured', () => {
    const stepTime = programStepTime(PROGRAM, LAW, CONTEXT);
    const replay = replayWith(logged, CONTEXT, { stepTime, overheads: NO_OVERHEADS, keepBatches: true })!;
    const made = buildTable(makeDataset('made up', [{ ...logged, replay }]), TABLE);
    const { columns, features } = withReductionColumns(made, PROGRAM.graph);
    const named = Object.fromEntries(features.map(({ name }, at) => [name, columns[at]!]));
    const [us] = evaluateColumns(PROGRAM.graph, named, LAW, made.y.length);
    // The table holds what the simulation computed, to the bit.
    expect(us).toEqual(made.y);
    const observed = observedPart(made, 0, 'train', 0)!;
    const sums = predictObserved(observed, us!, made.steps, rowsNeeded(made, 0, 'train'));
    expect(sums.length).toBeGreaterThan(150);
    for (const [at, sum] of sums.entries()) expect(sum / observed.y[at]!).toBeCloseTo(1, 9);
  });

  it('finds the law from constants that are off', () => {
    const { requestWeights } = DEFAULT_EVALUATE_SETTINGS;
    const data = {
      dataset,
      scope: 'experiment',
      contexts: 'blocks',
      requestWeights,
      floor: true,
      fitsConstants: true,
    } as const;
    const { fits, error } = fitInClosedLoop(PROGRAM, fitsOf({ step: 9600, pair: 0.24 }), data);
    expect(Math.abs(fits[0]!.constants['step']! / LAW.step - 1)).toBeLessThan(0.02);
    expect(Math.abs(fits[0]!.constants['pair']! / LAW.pair - 1)).toBeLessThan(0.2);
    expect(error).toBeLessThan(0.5);
    const atLaw = fitInClosedLoop(PROGRAM, fitsOf(LAW), data);
    expect(atLaw.fits[0]!.constants).toEqual(LAW);
    expect(atLaw.error).toBeLessThan(1e-9);
  });

  it('simulates what its clients saw', () => {
    const inUse = { program: PROGRAM, fits: fitsOf(LAW), scope: 'experiment' } as const;
    const [loop] = programLoops(dataset, inUse, 'valid').experiments;
    for (const errors of Object.values(loop!.error!)) {
      for (const percent of Object.values(errors)) expect(percent).toBeCloseTo(0, 6);
    }
  });
});
