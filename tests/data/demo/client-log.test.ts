import { beforeAll, describe, expect, it } from 'vitest';
import { CLIENT_US } from '../../../src/data/demo/client-log.ts';
import { SCENARIOS } from '../../../src/data/demo/scenarios.ts';
import { engineSettings } from '../../../src/data/demo/server-settings.ts';
import { type Simulation, simulate, stepTimeOf } from '../../../src/data/demo/simulate.ts';
import { clientLoad, engineOf, makeDataset, servingContext } from '../../../src/data/index.ts';
import { type RequestPaths, serve, type ServingRequests } from '../../../src/serving/index.ts';
import { CROWDED } from './raw/short-scenario.ts';

const settings = { seed: 1, sampleShare: 1 };
// Each model and each workload once, and one whose cache is full.
const chosen = [...[0, 5, 10, 15].map((at) => SCENARIOS[at]!), CROWDED];
let runs: readonly Simulation[];

beforeAll(() => {
  runs = chosen.map((scenario) => simulate(scenario, settings));
}, 60_000);

/** The largest relative distance of what was simulated from what the clients logged, over all requests. */
function distances(
  { requests }: Simulation['experiment'],
  { firstTokenUs, lastTokenUs }: RequestPaths,
): { readonly ttft: number; readonly itl: number; readonly e2e: number } {
  const overheadUs = 2 * CLIENT_US;
  const worst = { ttft: 0, itl: 0, e2e: 0 };
  for (const [r, arrivalUs] of requests.arrivalUs.entries()) {
    const first = requests.firstTokenUs[r]!;
    const last = requests.lastTokenUs[r]!;
    const apart = (simulatedUs: number, loggedUs: number): number => Math.abs(simulatedUs / loggedUs - 1);
    worst.ttft = Math.max(worst.ttft, apart(firstTokenUs[r]! - arrivalUs, first - arrivalUs - overheadUs));
    worst.e2e = Math.max(worst.e2e, apart(lastTokenUs[r]! - arrivalUs, last - arrivalUs - overheadUs));
    if (requests.outputTokens[r] === 1) continue;
    worst.itl = Math.max(worst.itl, apart(lastTokenUs[r]! - firstTokenUs[r]!, last - first));
  }
  return worst;
}

function load({ experiment }: Simulation): ServingRequests {
  return clientLoad(experiment)!.requests;
}

describe.each(chosen.map(({ id, kvBlocks }, at) => ({ id: `${id} with ${kvBlocks} blocks`, at })))('$id', ({ at }) => {
  it('is reproduced from its log by the law that made it', () => {
    const { experiment, requests } = runs[at]!;
    // Logs do not say which prompts begin alike: it takes no part but where blocks are scarce.
    const served = serve(
      { ...load(runs[at]!), prefixes: requests.prefixes },
      engineSettings(chosen[at]!),
      stepTimeOf(chosen[at]!, settings),
    );
    const { ttft, itl, e2e } = distances(experiment, served.requests);
    expect(ttft).toBeLessThan(1e-9);
    expect(itl).toBeLessThan(1e-9);
    expect(e2e).toBeLessThan(1e-9);
    expect(served.requests.preemptions).toEqual(experiment.requests.preemptions);
  });

  it('says all settings that decide its batches', () => {
    const { experiment } = runs[at]!;
    const engine = engineOf(experiment, servingContext(makeDataset('demo', [experiment]), experiment));
    expect(engine.assumed).toEqual([]);
    expect(engine.settings).toEqual(engineSettings(chosen[at]!));
    // Which prompts begin alike is all that a log does not say; step records tell how much.
    for (const line of clientLoad(experiment)!.assumed) expect(line).toMatch(/tokens of each prompt share KV blocks/);
  });

  it('has the means that its clients reported', () => {
    const { requests, measured } = runs[at]!.experiment;
    const { arrivalUs, firstTokenUs, lastTokenUs, outputTokens } = requests;
    const rows = Array.from(arrivalUs.keys());
    const meanMs = (of: readonly number[], us: (row: number) => number): number =>
      of.reduce((sum, row) => sum + us(row), 0) / of.length / 1000;
    const several = rows.filter((row) => outputTokens[row]! > 1);
    expect(meanMs(rows, (row) => firstTokenUs[row]! - arrivalUs[row]!)).toBe(measured.ttftMs);
    expect(meanMs(rows, (row) => lastTokenUs[row]! - arrivalUs[row]!)).toBe(measured.e2eMs);
    const itlMs = meanMs(several, (row) => (lastTokenUs[row]! - firstTokenUs[row]!) / (outputTokens[row]! - 1));
    expect(itlMs / 2).toBeCloseTo(measured.itlMs, 12);
    expect(measured.completed).toBe(rows.length);
  });

  it('is on the clock of its steps', () => {
    const { requests, steps } = runs[at]!.experiment;
    const toStepNs = (us: number): number => requests.originNs! + 1000 * us;
    // The first request finds the server idle.
    expect(steps.startNs[0]).toBe(toStepNs(CLIENT_US));
    // A step of next id begins where one ends, with the tokens that it gave.
    const starts = new Set(steps.startNs);
    const atStart = Array.from(requests.firstTokenUs).filter((us) => starts.has(Math.round(toStepNs(us - CLIENT_US))));
    expect(atStart.length / requests.firstTokenUs.length).toBeGreaterThan(0.5);
  });
});

describe('a log of the demo', () => {
  it('is reproduced without knowing which prompts begin alike, where blocks suffice', () => {
    const { experiment } = runs[1]!;
    const served = serve(load(runs[1]!), engineSettings(chosen[1]!), stepTimeOf(chosen[1]!, settings));
    expect(distances(experiment, served.requests).e2e).toBeLessThan(1e-9);
  });

  it('has preemptions where the cache was full', () => {
    const preempted = runs.map(({ experiment }) => experiment.requests.preemptions.some((count) => count > 0));
    expect(preempted).toEqual([false, false, false, false, true]);
  });
});
