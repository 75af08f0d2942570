import { parseHTML } from 'linkedom';
import { beforeAll, describe, expect, it } from 'vitest';
import { programText } from '../../src/cli/show.ts';
import { makeDataset } from '../../src/data/index.ts';
import { closedLoop, type ClosedLoopFit } from '../../src/evaluate/index.ts';
import { frontCsv, frontTable, loadPage, loopsOf, programDocument, ReportCollector } from '../../src/report/index.ts';
import { frontEntry, readState, type Run } from '../../src/run/index.ts';
import type { Individual } from '../../src/search/index.ts';
import type { StepTime } from '../../src/serving/index.ts';
import { law, SERVER, served } from '../evaluate/closed-loop/served.ts';
import { folderForAll } from '../temporary-folder.ts';
import { program, toyRun } from './sample.ts';

const HOSTILE = '<img src=x onerror="window.broken = 2">';
const LAWS: readonly StepTime[] = [1, 1.02, 1.1, 1.2, 2].map((factor) => (batch) => factor * law(batch));

const folder = folderForAll();
let run: Run;
let pick: Individual;

beforeAll(async () => {
  run = await toyRun({ generations: 1 }, [], folder);
  pick = readState(run).state.archive.front.find(({ program: { constants } }) => constants.length > 0)!;
}, 60_000);

/** The page of a run whose pick was simulated with each of some laws. */
async function pageOf(stepTimes: readonly StepTime[], ids: (at: number) => string = (at) => `run-${at}`) {
  const experiments = stepTimes.map((stepTime, at) => {
    const experiment = served({ ...SERVER, id: ids(at) });
    return closedLoop(makeDataset('made up', [experiment]), experiment, { stepTime }, 'valid')!;
  });
  const missing = { other: 'the program has no constants for it' };
  const data = new ReportCollector({
    run,
    loopsOf: ({ id }) => ({ program: id, experiments, missing, left: ['a', 'b'] }),
  }).collect();
  const { html } = (await loadPage())(data);
  return { html, experiments, section: parseHTML(html).document.querySelector('[data-part="closed-loop"]')! };
}

describe('the section on the closed loop', () => {
  it('has the figures of each experiment, the largest error first', async () => {
    const { section, experiments } = await pageOf(LAWS.slice(1, 3));
    const rows = [...section.querySelectorAll('tbody tr')];
    expect(rows.map((row) => row.querySelector('th')!.textContent).join(' ')).toBe(
      'run-1 run-1 run-1 run-0 run-0 run-0',
    );
    const { measured, simulated, error } = experiments[1]!;
    const shown = [...rows[2]!.querySelectorAll('data')].map((cell) => Number(cell.getAttribute('value')));
    expect(shown).toEqual(
      (['mean', 'p50', 'p90', 'p99'] as const).flatMap((name) => [
        measured!.e2eMs![name],
        simulated.e2eMs![name],
        error!.e2e![name],
      ]),
    );
    expect(section.textContent).not.toMatch(/NaN|undefined|Infinity|Saturated/);
    expect(section.textContent).toContain('other: not simulated, the program has no constants for it.');
    expect(section.textContent).toContain('2 more experiments are left out');
  });

  it('draws distributions and time, names each drawing, and opens the three largest errors', async () => {
    const { section } = await pageOf(LAWS);
    const parts = [...section.querySelectorAll('details')];
    expect(parts.map((part) => part.hasAttribute('open'))).toEqual([true, true, true, false, false]);
    expect(parts.map((part) => part.querySelectorAll('svg').length)).toEqual([5, 5, 5, 5, 5]);
    const labels = [...parts[0]!.querySelectorAll('svg[role="img"]')].map((plot) => plot.getAttribute('aria-label'));
    expect(labels[0]).toMatch(/^TTFT of run-4: half of the requests within [\d.]+ ms simulated, [\d.]+ ms measured$/);
    expect(labels[4]).toMatch(/at most [\d.]+ running, [\d.]+ waiting$/);
    expect(section.querySelector('.warn')!.textContent).toBe('saturated');
    expect(section.textContent).toContain('Saturated: in run-4 requests come faster');
  });

  it('stays small, styled by the sheet alone, and escapes the names of experiments', async () => {
    const { html, section } = await pageOf(
      Array.from({ length: 16 }, () => law),
      (at) => `${HOSTILE}${at}`,
    );
    expect(section.querySelector('img')).toBeNull();
    expect(section.textContent).toContain(HOSTILE);
    expect(section.outerHTML.length).toBeLessThan(400_000);
    expect(html).not.toMatch(/ style=|https?:\/\/(?!www\.w3\.org)/);
  });

  it('is absent where nothing was simulated', async () => {
    const { document } = parseHTML((await loadPage())(new ReportCollector({ run }).collect()).html);
    expect(document.querySelector('[data-part="closed-loop"]')!.textContent).toBe('');
  });
});

describe('what a report simulates', () => {
  const config = { ...SERVER } as const;

  it('is the pick with the constants that it is used with, on validation requests', () => {
    const experiment = served(config);
    const text =
      'export const constants = { base: 1, decode: 1, prefill: 1 };\nexport function predictStepTime(batch, c) {\n  return c.base + c.decode * batch.decodeTokens + c.prefill * batch.prefillTokens;\n}';
    const asMade = { group: 'all', constants: { base: 12_000, decode: 40, prefill: 9 }, standardErrors: {} };
    const wrong = { ...asMade, constants: { base: 1, decode: 1, prefill: 1 } };
    const loopFit = { ...CLOSED_LOOP, fits: [asMade] };
    const individual = {
      ...pick,
      program: program(text),
      evaluation: { ...pick.evaluation, fits: [wrong], closedLoop: loopFit },
    };
    const notes: string[] = [];
    const runOf = { config: { ...run.config, scope: 'global' as const } };
    const loops = loopsOf(runOf, makeDataset('made up', [experiment]), (line) => notes.push(line))!;
    expect(notes).toEqual([]);
    const report = loops(individual);
    expect(notes).toEqual(['serving the requests of one experiment with the pick']);
    const [loop] = report.experiments;
    expect(loop!.requests).toBe(20);
    expect(Math.abs(loop!.error!.e2e!.mean)).toBeLessThan(1e-9);
  });

  it('is nothing where no requests and no load are known', () => {
    expect(loopsOf(run, makeDataset('made up', [SERVER]))).toBeUndefined();
  });
});

const OVERHEADS = { requestUs: 2500, completionUs: 300, tokenUs: 12 };

const CLOSED_LOOP: ClosedLoopFit = {
  fits: [],
  rounds: 7,
  converged: false,
  saturated: ['run-9'],
  error: 2.25,
  validationError: 3.75,
  latencies: { ttft: 4, itl: 1, e2e: 2 },
};

/** The pick as if it had been fitted in closed loop, to twice the constants. */
function fittedInLoop(): Individual {
  const fits = pick.evaluation.fits.map((fit) => ({
    ...fit,
    constants: Object.fromEntries(Object.entries(fit.constants).map(([name, value]) => [name, 2 * value])),
    overheads: OVERHEADS,
  }));
  return { ...pick, evaluation: { ...pick.evaluation, closedLoop: { ...CLOSED_LOOP, fits } } };
}

describe('a program that was fitted in closed loop', () => {
  it('is shown with those constants, with what clients see beyond steps, and with its errors', () => {
    const [{ group, constants }] = pick.evaluation.fits as [(typeof pick.evaluation.fits)[0]];
    expect(Object.keys(constants)).not.toEqual([]);
    const document = programDocument(fittedInLoop(), run.config);
    expect(document.overheadsByGroup).toEqual({ [group]: OVERHEADS });
    for (const [name, value] of Object.entries(constants))
      expect(document.constantsByGroup[group]![name]).toBe(2 * value);
    const { fits: _, ...figures } = CLOSED_LOOP;
    expect(document.closedLoop).toEqual(figures);
    const text = programText(
      { ...document, invariants: pick.evaluation.invariants, choice: null, change: [] },
      { ...run.config, objective: 'replay' },
    );
    expect(text).toMatch(/^α0, µs +2500$/m);
    expect(text).toMatch(/^α2, µs\/token +12$/m);
    expect(text).toMatch(/^α2: of each output token/m);
    expect(text).toContain('validation requests 3.75 %; fitted in 7 replays, and not settled by then');
    expect(text).toContain('run-9');
  });

  it('has a column of its own in every table of the front', async () => {
    const entry = frontEntry(fittedInLoop());
    const plain = frontEntry(pick);
    const table = frontTable([entry, plain], undefined).split('\n');
    expect(table[0]).toMatch(/ error {2}valid {2}loop {2}gen {2}operator$/);
    expect(table[2]).toMatch(/ 3\.75 +\d+ {2}\S+:/);
    expect(table[3]).toMatch(/ – +\d+ {2}\S+:/);
    expect(frontTable([plain], undefined)).not.toContain('loop');
    const [header, row] = frontCsv([entry], undefined).split('\n');
    expect(header).toMatch(/,closedLoopError,closedLoopValidationError$/);
    expect(row).toMatch(/,2\.25,3\.75$/);
    const data = new ReportCollector({ run }).collect();
    const { document } = parseHTML((await loadPage())({ ...data, front: [entry, plain] }).html);
    const cells = [...document.querySelectorAll('.front tbody tr')].map((line) => line.querySelectorAll('td')[5]!);
    expect(cells.map((cell) => cell.textContent)).toEqual(['3.75 not settled, saturated', '–']);
  });

  it('without it is shown as it was fitted', () => {
    const document = programDocument(pick, run.config);
    expect(document.overheadsByGroup).toEqual({});
    expect(Object.hasOwn(document, 'closedLoop')).toBe(false);
    const text = programText(
      { ...document, invariants: pick.evaluation.invariants, choice: null, change: [] },
      { ...run.config, objective: 'e2e' },
    );
    expect(text).not.toMatch(/α0|closed loop/);
  });
});
