import { printGo } from '../program/index.ts';
import type { ContextSource, MeasuredName } from './feature.ts';
import { dependencies } from './feature-graph.ts';
import type { ModelParameter } from './formulas.ts';
import type { GoAccessor } from './go-accessor.ts';
import { type GoReductions, goReductions } from './go-reductions.ts';

/** One named number as Go: `lines` declare the local variable `name`, float64. */
export interface GoDefinition {
  readonly name: string;
  readonly lines: readonly string[];
  /** True where it depends on model parameters alone: it can be computed once for a model. */
  readonly perModel: boolean;
}

/** Go code that computes features from the requests of a batch. */
export interface GoExtraction {
  /** Go variable of each reduction over requests, by its name as a feature. */
  readonly reductions: Readonly<Record<string, string>>;
  /** Sums to declare before the loop: `var a, b float64`. Empty where no feature looks at the requests. */
  readonly sums: readonly MeasuredName[];
  /** Whole-number sums that are declared beside them: `var a, b int64`. */
  readonly counters: readonly string[];
  /** What else stands before the loop. */
  readonly beforeLoop: readonly string[];
  /** Body of the loop over the requests, gofmt-clean at indentation 0; empty where nothing looks at the requests. */
  readonly loop: readonly string[];
  /** The end of the body: what reductions do for each request. */
  readonly loopEnd: readonly string[];
  /** What follows the loop and completes the sums. */
  readonly afterLoop: readonly string[];
  /** What follows from the sums, in order: each feature asked for, and what it is made of. */
  readonly definitions: readonly GoDefinition[];
  /** Parameters that the definitions read, in the order of `MODEL_PARAMETERS`. */
  readonly parameters: readonly ModelParameter[];
  /** Whether the definitions use the package math. */
  readonly usesMath: boolean;
  /** Package-level functions that the definitions call, as text. */
  readonly helpers: readonly string[];
}

const PREFILL_SUMS: readonly MeasuredName[] = ['prefillTokens', 'prefillRequests', 'prefillKvTokens'];
const DECODE_SUMS: readonly MeasuredName[] = ['decodeTokens', 'decodeRequests', 'decodeKvTokens', 'decodeKvMax'];
const ALL_SUMS: readonly MeasuredName[] = ['kvTokens', 'kvMax', 'kvVariance'];

/** Sums of whole numbers, so that nothing is rounded away where contexts are long and nearly equal. */
const VARIANCE = {
  counters: ['contexts', 'contextSum', 'contextSquares'],
  afterLoop: [
    'if contexts > 0 {',
    '\tkvVariance = float64(contexts*contextSquares-contextSum*contextSum) / float64(contexts*contexts)',
    '}',
  ],
} as const;

/**
 * Go code for the features that a program uses. Afterwards each of `names` is a float64 variable of that name. The same
 * formulas and the same order of operations as the feature columns; see `featuresOfRequests` for the meaning.
 *
 * @param contexts how the data that the program was fitted on knows contexts; the code computes the same quantities.
 * @throws RangeError where a name is not a feature that StepTime can see.
 */
export function goExtraction(
  names: readonly string[],
  accessor: GoAccessor,
  contexts: ContextSource = 'blocks',
): GoExtraction {
  const reductions = goReductions(names, accessor);
  const others = names.filter((name) => !Object.hasOwn(reductions.variables, name));
  const { sums, parameters, definitions } = dependencies(others, contexts);
  const helpers = new Set(reductions.helpers);
  let { usesMath } = reductions;
  const printed = definitions.map(({ name, graph, reads, perModel }): GoDefinition => {
    const feature = Object.fromEntries(
      reads.map((read) => [read.name, read.kind === 'parameter' ? accessor.parameter(read.name) : read.name]),
    );
    const body = printGo(graph, { feature, constant: {}, localPrefix: `${name}T` });
    usesMath ||= body.usesMath;
    for (const helper of body.helpers) helpers.add(helper);
    return { name, lines: [...body.statements, `${name} := ${body.results[0]}`], perModel };
  });
  const { counters, afterLoop } = sums.includes('kvVariance') ? VARIANCE : { counters: [], afterLoop: [] };
  return {
    reductions: reductions.variables,
    sums,
    counters,
    beforeLoop: reductions.before,
    loop: loopBody(sums, accessor, reductions),
    loopEnd: reductions.inside,
    afterLoop: [...afterLoop, ...reductions.after],
    definitions: printed,
    parameters,
    usesMath,
    helpers: [...helpers],
  };
}

function loopBody(
  sums: readonly MeasuredName[],
  accessor: GoAccessor,
  { inside, fields, whilePrefill }: GoReductions,
): readonly string[] {
  if (sums.length === 0 && inside.length === 0) return [];
  const { progressIndex, newTokens, inputLength, hasOutput, blockSize } = accessor;
  const context = `float64(${progressIndex})`;
  const add: { readonly [N in MeasuredName]: string | readonly string[] } = {
    prefillTokens: `prefillTokens += float64(${newTokens})`,
    prefillRequests: 'prefillRequests++',
    prefillKvTokens: `prefillKvTokens += ${context}`,
    decodeTokens: `decodeTokens += float64(${newTokens})`,
    decodeRequests: 'decodeRequests++',
    decodeKvTokens: `decodeKvTokens += ${context}`,
    decodeKvMax: `decodeKvMax = max(decodeKvMax, ${context})`,
    kvMax: `kvMax = max(kvMax, ${context})`,
    kvVariance: [
      'contexts++',
      `contextSum += ${progressIndex}`,
      `contextSquares += ${progressIndex} * ${progressIndex}`,
    ],
    kvTokens: `kvTokens += float64((${progressIndex} + ${blockSize} - 1) / ${blockSize} * ${blockSize})`,
  };
  const lines = (wanted: readonly MeasuredName[]): readonly string[] =>
    wanted.filter((name) => sums.includes(name)).flatMap((name) => add[name]);
  const indented = (wanted: readonly MeasuredName[]): readonly string[] => lines(wanted).map((line) => `\t${line}`);
  return [
    ...fields,
    'switch {',
    `case ${progressIndex} < ${inputLength}:`,
    ...whilePrefill.map((line) => `\t${line}`),
    ...indented(PREFILL_SUMS),
    `case ${hasOutput}:`,
    ...indented(DECODE_SUMS),
    'default:',
    '\tcontinue',
    '}',
    ...lines(ALL_SUMS),
  ];
}
