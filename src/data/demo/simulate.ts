import { createRandom, type Random } from '../../numeric/index.ts';
import { architecture, hardware } from '../../physics/index.ts';
import type { Experiment, MeasuredLatency } from '../dataset.ts';
import { Engine } from './engine.ts';
import { hiddenLaw, type StepLaw } from './hidden-law.ts';
import { SchedulerCall, stepJitter } from './noise.ts';
import type { RunObserver } from './observer.ts';
import { StepRecorder } from './recorder.ts';
import { drawRequests, type Requests, sharedTokens } from './requests.ts';
import type { Scenario } from './scenarios.ts';
import { SERVER } from './server-settings.ts';

export interface SimulationSettings {
  readonly seed: number;
  /** Chance that a step is recorded, 0–1. */
  readonly sampleShare: number;
}

/** An experiment, and what only the simulation knows of it. */
export interface Simulation {
  readonly experiment: Experiment & Required<Pick<Experiment, 'steps' | 'measured'>>;
  readonly requests: Requests;
  /** How often each request was preempted. */
  readonly preemptions: Int32Array;
  readonly stepCount: number;
  readonly arrived: number;
  readonly finished: number;
}

/** One way between client and server. */
export const NETWORK_US = 500;
/** Tokenising before the engine has a request; detokenising after it has made a token. */
export const FRONTEND_US = 1500;
/** Between server and client, both ways. */
const CLIENT_US = 2 * (NETWORK_US + FRONTEND_US);
/** Monotonic clock of the server at the start of an experiment. */
export const BOOT_NS = 19_000_000_000_000;

/**
 * Runs one experiment until its last request has finished. The same scenario, seed and share give the same bytes on every
 * machine; what is recorded does not change what happens.
 *
 * @param observe makes what sees the run, from its requests.
 */
export function simulate(
  scenario: Scenario,
  settings: SimulationSettings,
  observe?: (requests: Requests) => RunObserver,
): Simulation {
  const random = createRandom(settings.seed).split('demo', scenario.id);
  const requests = drawRequests(scenario, random.split('requests'));
  const model = architecture(scenario.model);
  const engine = new Engine(requests, scenario.kvBlocks, sharedTokens(scenario));
  const law = hiddenLaw({
    architecture: model,
    hardware: hardware(SERVER.hardware),
    tensorParallelism: scenario.tp,
    blockSize: SERVER.blockTokens,
  });
  const recorder = new StepRecorder();
  const stepCount = runSteps(engine, law, recorder, random, settings.sampleShare, observe?.(requests));
  return {
    experiment: Object.freeze({
      id: scenario.id,
      model: scenario.model,
      workload: scenario.workload.name,
      tp: scenario.tp,
      architecture: model.name,
      hardware: SERVER.hardware,
      blockSize: SERVER.blockTokens,
      steps: recorder.columns(),
      measured: clientLatency(requests, engine),
    }),
    requests,
    preemptions: engine.preemptions,
    stepCount,
    arrived: engine.arrived,
    finished: engine.finished,
  };
}

function runSteps(
  engine: Engine,
  law: StepLaw,
  recorder: StepRecorder,
  random: Random,
  sampleShare: number,
  observer: RunObserver | undefined,
): number {
  const jitter = random.split('jitter');
  const sampling = random.split('sampling');
  const call = new SchedulerCall(random.split('scheduler-call'));
  const { work, pool } = engine;
  const clock = { stepId: 0, ns: 0 };
  let stepCount = 0;
  engine.observer = observer && {
    scheduled: (request) => observer.scheduled(request, clock),
    preempted: (request, computedTokens) => observer.preempted(request, computedTokens, clock),
    token: (request, token) => observer.token(request, token, clock),
  };
  for (;;) {
    clock.stepId++;
    if (!engine.schedule(clock.ns / 1000)) {
      const arrivalUs = engine.nextArrivalUs;
      if (arrivalUs === undefined) return stepCount;
      // As in vLLM, an empty step tells the workers what has finished: it has an id, and no record. So no two consecutive
      // ids have an idle gap between them, which would pass for a step time.
      observer?.idle(clock, arrivalUs * 1000);
      clock.ns = arrivalUs * 1000;
      continue;
    }
    const cycleNs = Math.round(law(work) * stepJitter(jitter) * 1000);
    const requests = work.prefillRequests + work.decodeRequests;
    const durationUs = call.next(requests, work.prefillRequests, cycleNs / 1000);
    const { running: runningDepth, waiting: waitingDepth } = engine;
    const kvBlocksUsed = pool.used;
    const startNs = BOOT_NS + clock.ns;
    const isRecorded = sampling.uniform() < sampleShare;
    observer?.batch(engine, clock, isRecorded);
    clock.ns += cycleNs;
    const finishedRequests = engine.complete(clock.ns / 1000);
    stepCount++;
    if (!isRecorded && observer === undefined) continue;
    const record = {
      stepId: clock.stepId,
      startNs,
      endNs: startNs + durationUs * 1000 + (clock.stepId % 1000),
      durationUs,
      runningDepth,
      waitingDepth,
      prefillRequests: work.prefillRequests,
      decodeRequests: work.decodeRequests,
      scheduledTokens: work.prefillTokens + work.decodeTokens,
      prefillTokens: work.prefillTokens,
      decodeTokens: work.decodeTokens,
      finishedRequests,
      preemptedRequests: work.preemptedRequests,
      kvUsageRatio: kvBlocksUsed / pool.total,
      kvBlocksTotal: pool.total,
      kvBlocksFree: pool.total - kvBlocksUsed,
    };
    if (isRecorded) recorder.add(record);
    observer?.step(record, cycleNs, isRecorded);
  }
}

/** What a load generator would report, from the requests' own times. */
function clientLatency(requests: Requests, engine: Engine): MeasuredLatency {
  const n = requests.count;
  let streamed = 0;
  let e2eUs = 0;
  let ttftUs = 0;
  let itlUs = 0;
  let prompt = 0;
  let output = 0;
  for (let r = 0; r < n; r++) {
    const first = engine.firstTokenUs[r] as number;
    const last = engine.finishUs[r] as number;
    const arrival = requests.arrivalUs[r] as number;
    const tokens = requests.outputTokens[r] as number;
    e2eUs += last - arrival + CLIENT_US;
    ttftUs += first - arrival + CLIENT_US;
    if (tokens > 1) {
      itlUs += (last - first) / (tokens - 1);
      streamed++;
    }
    prompt += requests.promptTokens[r] as number;
    output += tokens;
  }
  return Object.freeze({
    e2eMs: e2eUs / n / 1000,
    ttftMs: ttftUs / n / 1000,
    // Two stream events a token: what is reported is half the time between tokens.
    itlMs: itlUs / streamed / 2 / 1000,
    completed: n,
    failed: 0,
    meanPromptTokens: prompt / n,
    meanOutputTokens: output / n,
  });
}
