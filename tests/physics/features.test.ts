import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  architecture,
  availableFeatures,
  type BatchRequest,
  type BatchState,
  computeFeatures,
  everyFeature,
  type ContextSource,
  contextSums,
  FEATURES,
  featuresOfRequests,
  featureTable,
  generateTypes,
  hardware,
  modelParameters,
  requestCounts,
  requestSums,
  servedAs,
  type ServingContext,
  STEP_COLUMNS,
  type StepColumn,
  type StepColumns,
  visibleFeatures,
} from '../../src/physics/index.ts';

function context(model: string, tensorParallelism: number): ServingContext {
  return { architecture: architecture(model), hardware: hardware('H100'), tensorParallelism, blockSize: 16 };
}

function steps(...rows: readonly Partial<Record<StepColumn, number>>[]): StepColumns {
  return Object.fromEntries(
    Object.keys(STEP_COLUMNS).map((name) => [name, Float64Array.from(rows, (row) => row[name as StepColumn] ?? 0)]),
  ) as unknown as StepColumns;
}

const LLAMA_STEP = {
  stepId: 1,
  prefillTokens: 34,
  decodeTokens: 100,
  scheduledTokens: 134,
  prefillRequests: 2,
  decodeRequests: 100,
  kvBlocksTotal: 31356,
  kvBlocksFree: 31356 - 4080,
  runningDepth: 102,
};
const MIXTRAL_STEP = {
  stepId: 1,
  decodeTokens: 6,
  decodeRequests: 6,
  kvBlocksTotal: 1000,
  kvBlocksFree: 700,
};

// Worked out apart from this code, from the dimensions and peaks alone; relative 1e-12.
const EXPECTED: readonly (readonly [
  string,
  ServingContext,
  Partial<Record<StepColumn, number>>,
  Record<string, number>,
])[] = [
  [
    'Llama-2-70b on 4 GPUs, 2 prefills of 17 tokens and 100 decodes over 640 tokens of context each',
    context('llama-2-70b', 4),
    LLAMA_STEP,
    {
      prefillTokens: 34,
      decodeTokens: 100,
      scheduledTokens: 134,
      prefillRequests: 2,
      decodeRequests: 100,
      requests: 102,
      hasPrefill: 1,
      hasDecode: 1,
      isMixed: 1,
      prefillTokensPerRequest: 17,
      kvTokens: 65280,
      kvTokensPerRequest: 640,
      prefillKvTokens: 1280,
      decodeKvTokens: 64000,
      prefillGemmUs: 1176.0158683779687,
      decodeGemmUs: 3458.8702011116725,
      prefillAttentionUs: 14.603368004042446,
      decodeAttentionUs: 42.38811520970187,
      prefillMemoryUs: 10252.031235820896,
      decodeMemoryUs: 11793.838997014926,
      weightsUs: 10216.573325373134,
      kvReadUs: 1596.3395820895523,
      allReduceUs: 585.4549333333333,
      parametersB: 68.976648192,
      activeParametersB: 68.976648192,
      layers: 80,
      tp: 4,
      isMoe: 0,
    },
  ],
  [
    'Mixtral on 2 GPUs, 6 decodes over 800 tokens of context each: 8·(1 − 0.75⁶) experts are read',
    context('mixtral-8x7b-v0-1', 2),
    MIXTRAL_STEP,
    {
      prefillTokens: 0,
      decodeTokens: 6,
      scheduledTokens: 6,
      prefillRequests: 0,
      decodeRequests: 6,
      requests: 6,
      hasPrefill: 0,
      hasDecode: 1,
      isMixed: 0,
      prefillTokensPerRequest: 0,
      kvTokens: 4800,
      kvTokensPerRequest: 800,
      prefillKvTokens: 0,
      decodeKvTokens: 4800,
      prefillGemmUs: 0,
      decodeGemmUs: 76.50207033046993,
      prefillAttentionUs: 0,
      decodeAttentionUs: 1.2716434562910561,
      prefillMemoryUs: 0,
      decodeMemoryUs: 11560.824281791045,
      weightsUs: 11466.569819701492,
      kvReadUs: 93.90232835820896,
      allReduceUs: 3.4952533333333333,
      parametersB: 46.702792704,
      activeParametersB: 12.879925248,
      layers: 32,
      tp: 2,
      isMoe: 1,
    },
  ],
];

describe('feature columns', () => {
  it.each(EXPECTED)('of %s', (_, serving, step, expected) => {
    const columns = computeFeatures(steps(step), serving);
    expect(Object.keys(columns).sort()).toEqual(Object.keys(expected).sort());
    for (const [name, value] of Object.entries(expected)) {
      const got = columns[name]![0]!;
      expect(Math.abs(got - value), `${name}: ${got}`).toBeLessThanOrEqual(1e-12 * value);
    }
  });

  it('give the weights-bound time of a decode step that the parameter count predicts', () => {
    const { weightsUs } = computeFeatures(steps(LLAMA_STEP), context('llama-2-70b', 4));
    // 68.98e9 parameters of 2 bytes over 4 × 3.35 TB/s; embeddings and norms are not streamed.
    expect(weightsUs![0]! / 10295).toBeGreaterThan(0.99);
    expect(weightsUs![0]! / 10295).toBeLessThan(1);
  });

  it('are zero for an empty batch, except what the model alone decides', () => {
    const columns = computeFeatures(steps({ stepId: 1, kvBlocksTotal: 9, kvBlocksFree: 9 }), context('llama-2-7b', 1));
    const architectural = visibleFeatures()
      .filter(({ kind }) => kind === 'architecture')
      .map(({ name }) => name);
    const nonZero = Object.keys(columns).filter((name) => columns[name]![0] !== 0);
    expect(nonZero).toEqual(architectural.filter((name) => name !== 'isMoe'));
  });

  it('count at most all experts and at least the ones that one token visits', () => {
    const serving = context('mixtral-8x7b-v0-1', 2);
    const of = (tokens: number) =>
      computeFeatures(steps({ decodeTokens: tokens, decodeRequests: tokens }), serving, ['weightsUs']);
    const bytesPerUs = (2 * 3.35e12) / 1e6;
    const attention = 32 * 2 * (2 * 4096 * 4096 + 2 * 4096 * 1024);
    const expert = 32 * 2 * 3 * 4096 * 14336;
    expect(of(1).weightsUs![0]).toBeCloseTo((attention + 2 * expert) / bytesPerUs, 6);
    expect(of(2000).weightsUs![0]).toBeCloseTo((attention + 8 * expert) / bytesPerUs, 6);
  });

  it('include analysis-only columns when asked by name, and nothing else', () => {
    const columns = computeFeatures(steps(LLAMA_STEP), context('llama-2-70b', 4), ['runningDepth', 'requests']);
    expect(columns).toEqual({ runningDepth: Float64Array.of(102), requests: Float64Array.of(102) });
    expect(() => computeFeatures(steps(LLAMA_STEP), context('llama-2-70b', 4), ['colour'])).toThrow(/`colour`/);
  });

  it('never share memory with the step records', () => {
    const input = steps(LLAMA_STEP);
    const columns = computeFeatures(input, context('llama-2-70b', 4), ['decodeTokens', 'runningDepth']);
    columns.decodeTokens!.fill(-1);
    columns.runningDepth!.fill(-1);
    expect(input.decodeTokens[0]).toBe(100);
    expect(input.runningDepth[0]).toBe(102);
  });
});

/** The state that an engine records of these batches. */
function stateOf(batches: readonly (readonly BatchRequest[])[]): BatchState {
  const requests = batches.flat();
  const ends = batches.map((_, at) => batches.slice(0, at + 1).flat().length);
  return {
    offsets: Float64Array.of(0, ...ends),
    computedTokens: Int32Array.from(requests, (each) => each.progressIndex),
    newTokens: Int32Array.from(requests, (each) => each.newTokens),
    promptTokens: Int32Array.from(requests, (each) => each.inputLength),
    outputTokens: Int32Array.from(requests, (each) => Math.max(each.progressIndex - each.inputLength, 0)),
    preemptions: new Int32Array(requests.length),
  };
}

const request = fc.record({
  progressIndex: fc.nat(4096),
  newTokens: fc.integer({ min: 1, max: 2048 }),
  inputLength: fc.nat(2048),
  outputLength: fc.nat(3),
});

describe('features of requests', () => {
  it('tell prefill from decode by context and prompt length', () => {
    const batch: BatchRequest[] = [
      { progressIndex: 0, newTokens: 512, inputLength: 600, outputLength: 0 },
      { progressIndex: 599, newTokens: 1, inputLength: 600, outputLength: 1 },
      { progressIndex: 600, newTokens: 1, inputLength: 600, outputLength: 5 },
      { progressIndex: 16, newTokens: 1, inputLength: 16, outputLength: 2 },
      { progressIndex: 700, newTokens: 1, inputLength: 600, outputLength: 0 },
    ];
    expect(requestSums(batch, 16)).toEqual({
      prefillTokens: 513,
      decodeTokens: 2,
      prefillRequests: 2,
      decodeRequests: 2,
      kvTokens: 0 + 608 + 608 + 16,
      prefillKvTokens: 0 + 599,
      decodeKvTokens: 600 + 16,
      kvMax: 600,
      decodeKvMax: 600,
      // Contexts 0, 599, 600, 16: mean 303.75, deviations −303.75, 295.25, 296.25 and −287.75.
      kvVariance: (303.75 ** 2 + 295.25 ** 2 + 296.25 ** 2 + 287.75 ** 2) / 4,
    });
  });

  it('equal the columns of the step that holds the same sums', () => {
    const serving = context('mixtral-8x7b-v0-1', 2);
    fc.assert(
      fc.property(fc.array(request, { maxLength: 128 }), (batch) => {
        const { kvTokens, ...sums } = requestSums(batch, 16);
        const step = steps({ ...sums, stepId: 1, kvBlocksTotal: kvTokens / 16 });
        const columns = computeFeatures(step, serving);
        const features = featuresOfRequests(batch, serving);
        expect(features).toEqual(Object.fromEntries(Object.entries(columns).map(([name, [value]]) => [name, value])));
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it('equal the columns of the step with the same state', () => {
    const serving = context('mixtral-8x7b-v0-1', 2);
    fc.assert(
      fc.property(fc.array(request, { maxLength: 64 }), (batch) => {
        // In a recorded batch every request takes part.
        const running = batch.map((each) => ({ ...each, outputLength: 1 }));
        const step = steps({ ...requestSums(running, 16), stepId: 1 });
        const columns = computeFeatures(step, serving, undefined, contextSums(stateOf([running]), 16));
        const features = featuresOfRequests(running, serving, undefined, 'requests');
        expect(features).toEqual(Object.fromEntries(Object.entries(columns).map(([name, [value]]) => [name, value])));
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it('keep the variance of long and nearly equal contexts', () => {
    const contexts = [1_000_003, 1_000_001, 1_000_002, 1_000_002];
    const batch = contexts.map((progressIndex) => ({ progressIndex, newTokens: 1, inputLength: 1, outputLength: 1 }));
    expect(requestSums(batch, 16).kvVariance).toBe(0.5);
    expect(requestSums([], 16).kvVariance).toBe(0);
  });

  it('do not depend on the order of the requests', () => {
    fc.assert(
      fc.property(fc.array(request, { maxLength: 32 }), (batch) => {
        expect(requestSums(batch.toReversed(), 16)).toEqual(requestSums(batch, 16));
      }),
      { seed: 1, numRuns: 100 },
    );
  });
});

// Worked out by hand; attention of Llama-2-70b: 4 FLOPs for each pair, of 80 layers, 64 heads and 128 dimensions.
describe('features of recorded state', () => {
  const batch: readonly BatchRequest[] = [
    { progressIndex: 100, newTokens: 50, inputLength: 300, outputLength: 1 },
    { progressIndex: 1000, newTokens: 1, inputLength: 900, outputLength: 1 },
    { progressIndex: 200, newTokens: 1, inputLength: 200, outputLength: 1 },
  ];

  it('are exact: sums, longest, mean and variance of the contexts', () => {
    const serving = context('llama-2-70b', 4);
    const step = steps({ ...requestSums(batch, 16), stepId: 1, kvBlocksTotal: 9, kvBlocksFree: 2 });
    const columns = computeFeatures(step, serving, undefined, contextSums(stateOf([batch]), 16));
    expect(Object.keys(columns)).toEqual(visibleFeatures('requests').map(({ name }) => name));
    const attentionUs = (pairs: number) => (4 * 80 * 64 * 128 * pairs) / (4 * 989.5e6);
    for (const [name, value] of Object.entries({
      kvTokens: 112 + 1008 + 208,
      prefillKvTokens: 100,
      decodeKvTokens: 1200,
      kvMax: 1000,
      decodeKvMax: 1000,
      kvMean: 1300 / 3,
      // Squares of 100, 1000 and 200 less that of their mean.
      kvVariance: 1_050_000 / 3 - (1300 / 3) ** 2,
      prefillAttentionUs: attentionUs(50 * (100 + 25)),
      decodeAttentionUs: attentionUs(1000 + 200),
    })) {
      expect(columns[name]![0]! / value, name).toBeCloseTo(1, 12);
    }
  });

  it('take no part of requests that the step computes nothing for', () => {
    const idle = { progressIndex: 5000, newTokens: 0, inputLength: 1, outputLength: 1 };
    const state = stateOf([[...batch, idle], [idle], []]);
    expect([...contextSums(state, 16).kvMax]).toEqual([1000, 0, 0]);
    expect([...requestCounts(state)]).toEqual([3, 0, 0]);
  });

  it('tell phases as StepTime does, after a preemption too', () => {
    // It has output, but computes its prompt again.
    const state = { ...stateOf([[{ ...batch[0]!, progressIndex: 64 }]]), outputTokens: Int32Array.of(7) };
    const sums = contextSums(state, 16);
    expect([sums.prefillKvTokens[0], sums.decodeKvTokens[0]]).toEqual([64, 0]);
  });

  it('are told apart by whole numbers', () => {
    const counts = (contexts?: ContextSource) =>
      featureTable(undefined, contexts).flatMap(({ name, isCount }) => (isCount === true ? [name] : []));
    expect(counts('requests')).toEqual([...counts(), 'prefillKvTokens', 'decodeKvTokens', 'kvMax', 'decodeKvMax']);
  });
});

describe('what is available', () => {
  const all = new Set(Object.keys(STEP_COLUMNS) as StepColumn[]);
  const names = (features: readonly { name: string }[]) => features.map(({ name }) => name);
  const parametersOf = (...contexts: readonly ServingContext[]) => contexts.map(modelParameters);
  const parameters = parametersOf(context('llama-2-7b', 1), context('mixtral-8x7b-v0-1', 2));

  it('is everything, of requests where their state was recorded', () => {
    expect(availableFeatures({ columns: all, state: false, parameters })).toEqual(visibleFeatures());
    expect(availableFeatures({ columns: all, state: true, parameters })).toEqual(visibleFeatures('requests'));
    const added = names(visibleFeatures('requests')).filter((name) => !names(visibleFeatures()).includes(name));
    expect(added).toEqual(['kvMax', 'decodeKvMax', 'kvVariance', 'kvMean']);
  });

  it('leaves out what was not recorded, and contexts take no blocks where the state was', () => {
    const columns = new Set([...all].filter((name) => name !== 'kvBlocksFree'));
    const left = names(availableFeatures({ columns, state: false, parameters }));
    expect(left).toContain('decodeGemmUs');
    for (const name of ['kvTokens', 'decodeKvTokens', 'decodeMemoryUs', 'kvReadUs']) expect(left).not.toContain(name);
    expect(availableFeatures({ columns, state: true, parameters })).toEqual(visibleFeatures('requests'));
  });

  it.each<readonly [what: string, other: ServingContext, offered: readonly string[]]>([
    ['GPUs that tensor parallelism tells already', context('mixtral-8x7b-v0-1', 4), []],
    ['stages', { ...context('mixtral-8x7b-v0-1', 2), pipelineParallelism: 2 }, ['stageTrafficUs', 'gpus', 'pp']],
    [
      'ranks that share experts',
      { ...context('mixtral-8x7b-v0-1', 2), dataParallelism: 2, expertParallel: true },
      ['expertTrafficUs', 'gpus', 'dp', 'ep'],
    ],
    ['vocabularies', context('llama-3-1-8b', 2), ['lmHeadUs']],
  ])('tells of a deployment what differs between experiments: %s', (_, other, offered) => {
    const recorded = { columns: all, state: false, parameters: parametersOf(context('mixtral-8x7b-v0-1', 2), other) };
    expect(names(availableFeatures(recorded))).toEqual([...names(visibleFeatures()), ...offered]);
  });
});

describe('the registry', () => {
  it('names every feature once, with a unit and a one-line meaning', () => {
    const names = FEATURES.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { unit, meaning } of FEATURES) {
      expect(unit).not.toBe('');
      expect(meaning).toMatch(/^\S[^\n]+\S$/);
    }
  });

  it('keeps what StepTime cannot see from programs, with the reason', () => {
    const hidden = FEATURES.flatMap((feature) => (feature.visible ? [] : [[feature.name, feature.reason]]));
    expect(Object.keys(Object.fromEntries(hidden))).toEqual([
      'runningDepth',
      'waitingDepth',
      'finishedRequests',
      'preemptedRequests',
      'kvUsageRatio',
      'kvBlocksFree',
    ]);
    for (const [, reason] of hidden) expect(reason).toContain('StepTime sees only the requests of the batch');
    expect(featureTable().map(({ name }) => name)).not.toContain('runningDepth');
  });

  it('names as needed exactly the step columns that a feature changes with', () => {
    // Few tokens: with many, every expert is visited and one token more changes nothing.
    const base = {
      ...LLAMA_STEP,
      prefillTokens: 3,
      decodeTokens: 4,
      finishedRequests: 3,
      preemptedRequests: 1,
      waitingDepth: 5,
      kvUsageRatio: 0.4,
    };
    const mixtral = context('mixtral-8x7b-v0-1', 2);
    const attention = { kind: 'grouped', heads: 32, kvHeads: 8, headSize: 128 } as const;
    const feedForward = { matrices: 3, size: 0, experts: { count: 8, active: 2, size: 14_336 } } as const;
    // What is read of a window depends on how many requests share the cache.
    const layerGroups = [
      { count: 16, attention, feedForward },
      { count: 16, attention: { ...attention, window: 128 }, feedForward },
    ];
    const serving = {
      ...mixtral,
      // Weights of 4 bits are expanded.
      architecture: servedAs({ ...mixtral.architecture, layerGroups }, { weights: 'int4' }),
      pipelineParallelism: 2,
      dataParallelism: 2,
    };
    const names = FEATURES.map(({ name }) => name);
    const changes = Object.fromEntries(names.map((name) => [name, new Set<string>()]));
    for (const column of Object.keys(STEP_COLUMNS) as StepColumn[]) {
      // Many requests: with few, the LM head takes as long as reading it does.
      const many = { ...base, decodeRequests: 400 };
      for (const origin of [base, many, { ...base, prefillRequests: 0 }, { ...base, decodeRequests: 0 }]) {
        const from = computeFeatures(steps(origin), serving, names);
        const to = computeFeatures(
          steps({ ...origin, [column]: (origin[column as keyof typeof origin] ?? 0) + 1 }),
          serving,
          names,
        );
        for (const name of names) if (from[name]![0] !== to[name]![0]) changes[name]!.add(column);
      }
    }
    for (const { name, needs } of FEATURES) expect([name, ...needs].sort()).toEqual([name, ...changes[name]!].sort());
  });

  it('names no step column as needed for contexts that come from requests', () => {
    const blocks = new Set<string>(['kvBlocksTotal', 'kvBlocksFree']);
    expect(
      visibleFeatures('requests')
        .flatMap(({ needs }) => needs)
        .some((name) => blocks.has(name)),
    ).toBe(false);
  });
});

describe('the feature table', () => {
  it('spans from what is possible to a quarter above what training holds', () => {
    const table = featureTable({
      requests: Float64Array.of(40, 20, 60),
      kvTokens: Float64Array.of(1, 100),
      isMixed: Float64Array.of(0, 0, 0),
      tp: Float64Array.of(4, 1),
      isMoe: Float64Array.of(1, 1),
      kvReadUs: new Float64Array(),
    });
    expect(Object.fromEntries(table.map(({ name, range }) => [name, range]))).toEqual({
      requests: [0, 75],
      kvTokens: [0, 125],
      isMixed: [0, 1],
      tp: [1, 4],
      isMoe: [1, 1],
      kvReadUs: [0, Number.POSITIVE_INFINITY],
    });
  });

  it('tells counts from times, and from means and shares of counts', () => {
    expect(featureTable().flatMap(({ name, isCount }) => (isCount === true ? [name] : []))).toEqual([
      'prefillTokens',
      'decodeTokens',
      'prefillRequests',
      'decodeRequests',
      'scheduledTokens',
      'requests',
      'kvTokens',
    ]);
  });

  it('lists everything that programs may use when there is no data', () => {
    expect(featureTable().map(({ name }) => name)).toEqual(everyFeature().map(({ name }) => name));
  });
});

describe('generated types', () => {
  it('declare each feature with its meaning and unit', () => {
    const text = generateTypes(everyFeature());
    for (const { name } of everyFeature()) expect(text).toContain(`  readonly ${name}: number;\n`);
    expect(text).toContain('  /** prompt tokens computed in this step; tokens */\n  readonly prefillTokens: number;\n');
    expect(text).not.toContain('runningDepth');
  });
});
