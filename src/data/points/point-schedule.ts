import { createRandom, type Random } from '../../numeric/index.ts';
import { DEFAULT_ENGINE, type EngineSettings, serve } from '../../serving/index.ts';
import { timelineOf } from '../replay/timeline.ts';
import { REPLAY_STEPS } from '../replay/reference.ts';
import type { ServingPoint } from './points.ts';

/** A load without what was measured of it. */
export type PointLoad = Omit<ServingPoint, 'ttftUs' | 'tpotUs'>;

/** Sums over the requests of a batch, as columns; means over the steps that a row stands for. */
const SHAPE = ['prefillRequests', 'prefillTokens', 'decodeRequests', 'decodeTokens', 'usedBlocks'] as const;
type ShapeColumn = (typeof SHAPE)[number];

/** A batch shape with the number of its steps that a request sees on average. */
export type WeightedShape = { readonly [C in ShapeColumn]: number } & { readonly steps: number };

/** What the mean request of a load goes through. */
export interface PointSchedule {
  /** From its arrival to its first token. */
  readonly first: readonly WeightedShape[];
  /** From there to its last token. */
  readonly decode: readonly WeightedShape[];
}

/** Requests of each client that are simulated; the last of them drain the engine and are not looked at. */
const WAVES = 4;
/**
 * Requests of each client in a benchmark, as its users recommend (InferenceX sends so many; AIPerf and vLLM's documentation advise
 * it). All clients begin at once, so that in the first wave prompts queue up.
 */
const REQUESTS_PER_CLIENT = 10;
/** Classes of batches by their share of the token budget that prompts take, beside those without any. */
const CLASSES = 3;

/**
 * The steady state of clients in closed loop, with the wave in which all of them start, as weighted batch shapes. With no time between
 * an answer and the next request the batches do not depend on how long steps take, so that the schedule is that of any step time.
 * Sums over the steps that a request sees are linear in the times of batches; batches of one class are put together as their
 * mean, which is exact for step times that are linear within it.
 */
export function pointSchedule(load: PointLoad, tokenBudget: number, blockSize: number): PointSchedule {
  const { clients } = load;
  const settings = engineFor(load, tokenBudget, blockSize);
  const random = createRandom(1).split('points', clients, load.promptTokens, load.outputTokens);
  const lengths = (name: string, longest: number): Float64Array => waves(longest, load, random.split(name));
  const served = serve(
    {
      arrivalUs: new Float64Array(WAVES * clients),
      promptTokens: lengths('prompts', load.promptTokens),
      outputTokens: lengths('outputs', load.outputTokens),
    },
    settings,
    () => 1,
    { load: { kind: 'closed', clients, thinkUs: 0 }, equalSteps: REPLAY_STEPS },
  );
  const { steps, counts, arrivalRow, arrivalHead, firstTokenRow, lastTokenRow } = timelineOf(served, settings);
  const first = new Float64Array(counts.length);
  // Changes from row to row of how many requests decode, and wait for their first token.
  const [waiting, decoding] = [new Float64Array(counts.length + 1), new Float64Array(counts.length + 1)];
  for (let request = 0; request < (WAVES - 1) * clients; request++) {
    const weight = request < clients ? 1 / (REQUESTS_PER_CLIENT * clients) : steadyWeight(clients);
    const [arrival, token, last] = [arrivalRow[request]!, firstTokenRow[request]!, lastTokenRow[request]!];
    first[arrival]! += weight * arrivalHead[request]!;
    waiting[arrival + 1]! += weight;
    waiting[token + 1]! -= weight;
    decoding[token + 1]! += weight;
    decoding[last + 1]! -= weight;
  }
  const decode = new Float64Array(counts.length);
  let [isWaiting, isDecoding] = [0, 0];
  for (let row = 0; row < counts.length; row++) {
    isWaiting += waiting[row]!;
    isDecoding += decoding[row]!;
    first[row]! += isWaiting * counts[row]!;
    decode[row] = isDecoding * counts[row]!;
  }
  const used = steps.kvBlocksFree.map((free) => settings.kvBlocks - free);
  const columns = { ...steps, usedBlocks: used };
  return { first: shapesOf(columns, first, tokenBudget), decode: shapesOf(columns, decode, tokenBudget) };
}

function steadyWeight(clients: number): number {
  return (1 - 1 / REQUESTS_PER_CLIENT) / ((WAVES - 2) * clients);
}

/** Engines are started for the load that they are measured with, and arrivals of networked clients wait for the running step. */
function engineFor(
  { clients, promptTokens, outputTokens }: PointLoad,
  budget: number,
  blockSize: number,
): EngineSettings {
  return {
    ...DEFAULT_ENGINE,
    maxNumSeqs: clients,
    maxNumBatchedTokens: budget,
    kvBlocks: clients * (Math.ceil((promptTokens + outputTokens) / blockSize) + 1),
    blockSize,
    prefixCaching: false,
    asyncScheduling: true,
  };
}

/** Lengths that are spread evenly over their range in each wave, in a random order. */
function waves(longest: number, { clients, leastShare }: PointLoad, random: Random): Float64Array {
  const ofWave = Array.from({ length: clients }, (_, at) => {
    const share = leastShare + ((1 - leastShare) * (at + 0.5)) / clients;
    return Math.max(1, Math.round(longest * share));
  });
  return Float64Array.from(Array.from({ length: WAVES }, () => random.shuffle(ofWave)).flat());
}

function shapesOf(
  columns: { readonly [C in ShapeColumn]: Float64Array },
  weights: Float64Array,
  budget: number,
): readonly WeightedShape[] {
  const classes = Array.from({ length: CLASSES + 1 }, () => ({ steps: 0, sums: new Float64Array(SHAPE.length) }));
  for (let row = 0; row < weights.length; row++) {
    const weight = weights[row]!;
    // Sums of differences leave rounding errors behind.
    if (weight < LEAST_STEPS) continue;
    const prompts = columns.prefillTokens[row]!;
    const own = classes[prompts === 0 ? 0 : Math.min(CLASSES, 1 + Math.floor((CLASSES * prompts) / budget))]!;
    own.steps += weight;
    for (const [at, name] of SHAPE.entries()) own.sums[at]! += weight * columns[name][row]!;
  }
  return classes
    .filter(({ steps }) => steps > 0)
    .map(({ steps, sums }): WeightedShape => {
      const means = SHAPE.map((name, at) => [name, sums[at]! / steps] as const);
      return { ...(Object.fromEntries(means) as { [C in ShapeColumn]: number }), steps };
    });
}

const LEAST_STEPS = 1e-9;
