import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { FittedRange, Standing } from '../../src/baselines/index.ts';
import { BatchSource } from '../../src/export/batches.ts';
import type { ExportGroup, ExportInput } from '../../src/export/index.ts';
import {
  architecture,
  type ContextSource,
  featureGraph,
  featureTable,
  hardware,
  modelParameters,
  requestReductions,
  requestSums,
  requestTable,
  shippedModels,
  type ServingContext,
} from '../../src/physics/index.ts';
import { formatDiagnostic, interpret, measure, parseProgram, type Program } from '../../src/program/index.ts';

export const SEEDS: readonly string[] = [
  'blackbox',
  'corrections',
  'kv-aware',
  'mixed-attention',
  'phase-max',
  'regime-switch',
  'roofline',
];

/** Every operation of the language, and names that Go or the generated code use for other things. */
export const EVERY_OPERATION: string = `
/** Not a step time: // go:build ignore */
export const constants = { type: 1.5, range: 0.4, func: 30, map: 1e-7, t1: 2, list: 90, flopsPerUs: 3, expertWeights: 1.5, layers: 2 };
export function predictStepTime(batch, c) {
  const logs = Math.log2(1 + batch.decodeTokens) + Math.log10(1 + batch.kvTokens) + Math.log1p(batch.prefillTokens) - Math.log(2 + batch.requests);
  const roots = Math.cbrt(batch.kvTokens) * c.type + Math.sqrt(batch.requests) / (c.t1 - -batch.requests);
  const exponentials = Math.exp(-batch.requests / 50) + Math.expm1(c.map * batch.scheduledTokens) + Math.tanh(batch.decodeTokens / 100);
  const powers = batch.requests ** 1.5 + batch.decodeTokens ** 2 * c.map + Math.pow(1 + batch.prefillTokens, c.range) + Math.hypot(batch.prefillGemmUs, batch.decodeMemoryUs, c.func);
  const steps = Math.floor(batch.kvTokens / 100) + Math.ceil(batch.kvTokensPerRequest / 7) + Math.abs(batch.prefillTokens - batch.decodeTokens);
  let extra = 5;
  if ((batch.prefillTokens > c.func && !(batch.requests <= 3)) || batch.decodeRequests === 1 || batch.hasPrefill !== batch.hasDecode) {
    extra = batch.parametersB >= 10 ? Math.max(logs, roots, exponentials) : Math.min(powers, steps, c.list);
  } else if (batch.kvTokens < 5000) {
    extra = -(-logs * (roots - (powers - steps)));
  }
  return logs + roots + exponentials + powers + steps + extra + c.flopsPerUs * c.expertWeights * c.layers;
}
`;

/** Every figure that takes the contexts of single requests, and features that are estimates where they are not known. */
const EXACT_CONTEXTS: string = `
export const constants = { base: 9000, longest: 0.3, spread: 2e-4, decode: 0.01, prefill: 0.02, mean: 0.5, memory: 1.1, attention: 1.3 };
export function predictStepTime(batch, c) {
  const tail = c.longest * batch.kvMax + c.spread * batch.kvVariance + c.mean * Math.max(batch.kvMean, batch.kvMax - batch.decodeKvMax);
  const sums = c.decode * batch.decodeKvTokens + c.prefill * batch.prefillKvTokens + c.memory * batch.decodeMemoryUs;
  return c.base + tail + sums + c.attention * (batch.prefillAttentionUs + batch.decodeAttentionUs) + batch.kvReadUs;
}
`;

export function programOf(text: string, contexts: ContextSource = 'blocks'): Program {
  const parsed = parseProgram(text, { features: featureTable(undefined, contexts) });
  if (!parsed.ok) throw new Error(parsed.diagnostics.map(formatDiagnostic).join('\n'));
  return parsed.program;
}

export function seedProgram(name: string): Program {
  return programOf(readFileSync(resolve(import.meta.dirname, `../../seeds/${name}.js`), 'utf8'));
}

export function context(model: string, tp: number, gpu = 'H100'): ServingContext {
  return { architecture: architecture(model), hardware: hardware(gpu), tensorParallelism: tp, blockSize: 16 };
}

const MODELS: readonly (readonly [string, number])[] = [
  ['llama-2-7b', 1],
  ['llama-2-70b', 4],
  ['codellama-34b', 2],
  ['mixtral-8x7b-v0-1', 2],
];

/** Features that a batch is made of, whether or not a program reads them. */
const BATCH_FIGURES = ['prefillTokens', 'decodeTokens', 'requests', 'kvTokens'];

/** Ranges that hold about half of the batches that the parity test generates. */
function rangesOf(program: Program, { context: own }: ExportGroup, contexts?: ContextSource): readonly FittedRange[] {
  const read = [...new Set([...measure(program).features, ...BATCH_FIGURES])];
  const names = read.filter((name) => !name.includes('('));
  const graph = featureGraph(names, contexts);
  const source = new BatchSource(1);
  const batches = Array.from({ length: 40 }, () => {
    const requests = source.next();
    const features = { ...modelParameters(own), ...requestSums(requests, own.blockSize) };
    const values = interpret(graph, { features, constants: {} });
    return { ...Object.fromEntries(names.map((name, i) => [name, values[i]!])), ...requestReductions(read, requests) };
  });
  return read.map((feature) => {
    const values = batches
      .map((batch) => (batch as Readonly<Record<string, number>>)[feature]!)
      .toSorted((a, b) => a - b);
    const support = { rows: 40, median: values[20]!, lowestTenth: 4, highestTenth: 1 };
    return { feature, least: values[0]!, low: values[0]!, high: values.at(-2)!, most: values.at(-1)!, support };
  });
}

/** How a program stands on data of which only its ranges matter. */
function standingOn(program: Program, groups: readonly ExportGroup[], contexts?: ContextSource): Standing {
  return {
    experiments: [],
    groups: groups.map((each) => ({
      group: each.group,
      load: null,
      ranges: rangesOf(program, each, contexts),
      regimes: [],
    })),
  };
}

/** A run of scope `model` whose constants are the start values, a little different for each model. */
export function sampleInput(program: Program, changes: Partial<ExportInput> = {}): ExportInput {
  const groups = MODELS.map(([model, tp]) => ({ group: `${model}-tp${tp}-H100`, context: context(model, tp) }));
  return {
    program,
    scope: 'model',
    groups,
    fits: groups.map(({ group }, i) => ({
      group,
      constants: Object.fromEntries(program.constants.map(({ name, start }) => [name, start * (1 + i / 7)])),
      standardErrors: Object.fromEntries(
        program.constants.map(({ name, start }, j) => [name, j === 1 ? null : start / 30]),
      ),
    })),
    features: featureTable(),
    standing: standingOn(program, groups, changes.contexts),
    beyond: { floor: null, curves: [], coverage: null },
    provenance: {
      run: 'sample',
      program: 'p1',
      dataset: '00ff',
      target: 'cycle',
      objective: 'e2e',
      seed: 3,
      error: 3.21,
      validationError: 4.5,
    },
    ...changes,
  };
}

/** The same over data with the state of requests. */
export function exactInput(text: string = EXACT_CONTEXTS): ExportInput {
  return sampleInput(programOf(text, 'requests'), {
    contexts: 'requests',
    features: featureTable(undefined, 'requests'),
  });
}

/** Requests up to the length of those of the parity batches. */
const REQUESTS = requestTable({
  offsets: Float64Array.of(0, 1),
  context: Uint16Array.of(4096),
  newTokens: Uint16Array.of(2048),
  promptTokens: Uint16Array.of(4096),
});

/** Over data whose requests are known, though contexts come from blocks, as in replays. */
export function requestsInput(text: string): ExportInput {
  const features = featureTable(undefined, 'blocks', REQUESTS);
  const parsed = parseProgram(text, { features });
  if (!parsed.ok) throw new Error(parsed.diagnostics.map(formatDiagnostic).join('\n'));
  return sampleInput(parsed.program, { features });
}

/** A run of scope `model`, every group with these constants. */
export function withConstants(program: Program, constants: Readonly<Record<string, number>>): ExportInput {
  const input = sampleInput(program);
  return { ...input, fits: input.groups.map(({ group }) => ({ group, constants, standardErrors: {} })) };
}

/** One set of constants for all models, shipped ones of every form among them. */
export function globalInput(program: Program = seedProgram('corrections')): ExportInput {
  const input = sampleInput(program);
  const [standing] = input.standing.groups;
  const served = new Set(input.groups.map(({ context: { architecture: each } }) => each.id));
  const others = shippedModels().filter(({ id }) => !served.has(id));
  return {
    ...input,
    scope: 'global',
    groups: [
      ...input.groups.map((each) => ({ ...each, group: 'all' })),
      ...others.map(({ name }) => ({ group: 'all', context: context(name, 8, 'A100') })),
    ],
    fits: [{ ...input.fits[0]!, group: 'all' }],
    standing: { experiments: [], groups: [{ ...standing!, group: 'all' }] },
  };
}

/** Constants of a run of scope `model`: the first negative everywhere, the second one in some models. */
export function signedInput(): ExportInput {
  const program = seedProgram('blackbox');
  const [a, b, c] = program.constants.map(({ name }) => name);
  const own = withConstants(program, { [a!]: -101.5, [b!]: 20, [c!]: 50 });
  return {
    ...own,
    fits: own.fits.map((fit, at) => ({ ...fit, constants: { ...fit.constants, [b!]: at % 2 === 0 ? 20 : -3 } })),
  };
}

/** A run of scope `model` with what clients see beyond steps, but for CodeLlama, of which it was not fitted. */
export function overheadsInput(program: Program = seedProgram('blackbox')): ExportInput {
  const input = sampleInput(program);
  const fits = input.fits.map((fit, i) =>
    fit.group.startsWith('codellama')
      ? fit
      : { ...fit, overheads: { requestUs: 14_300.4 + 100 * i, completionUs: 777.6, tokenUs: 45.9 } },
  );
  return {
    ...input,
    fits,
    closedLoop: {
      rounds: 7,
      converged: true,
      saturated: ['burst'],
      error: 2.34567,
      validationError: 3.1,
      latencies: { ttft: 4, itl: 1, e2e: 2 },
    },
  };
}
