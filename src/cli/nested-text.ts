import type { ValidateDocument } from '../app/index.ts';
import { formatPercent, renderTable } from '../report/index.ts';

type Nested = NonNullable<ValidateDocument['nested']>;
type Checks = Nested['checks'];
type Check = Exclude<Checks[keyof Checks], { readonly impossible: string }>;
type Average = Check['averages'][number];
type Fold = Check['folds'][number];

/** What is held out in each way, as the titles say it. */
const TITLES: { readonly [N in keyof Checks]: string } = {
  leaveOneModelOut: 'Each model held out',
  leaveOneWorkloadOut: 'Each workload held out',
  leaveOneGpuOut: 'Each kind of GPU held out',
  leaveHighLoadOut: 'The highest loads of each model held out',
  lowToHighLoad: 'Heavy batches held out (above the median number of requests)',
};

/** The structure searched again without each part, for the terminal; nothing where it was not. */
export function nestedSections({ nested }: ValidateDocument): readonly string[] {
  if (nested === undefined) return [];
  const { generations, modelsLeftOut, otherSeeds, checks } = nested;
  const names = Object.keys(TITLES) as (keyof Checks)[];
  return [
    [
      `Structure searched again without each part, ${generations} generations each, and judged`,
      'on it, beside what is fitted on the same rows. Errors of steps are means over',
      'so many experiments, those of clients in closed loop medians:',
      ...(modelsLeftOut ? ['the grammar took the place of the language models of the run'] : []),
      ...(otherSeeds.length > 0
        ? [`seeds that may have seen the parts, if they come from this data: ${otherSeeds.join(', ')}`]
        : []),
    ].join('\n'),
    ...names.map((name) => {
      const check = checks[name];
      if ('impossible' in check) return `${TITLES[name]}: not possible,\n${check.impossible}`;
      return `${TITLES[name]}:\n${averages(check.averages)}\n\n${picks(check.folds)}`;
    }),
  ];
}

/** The two structures first, then the baselines, those that predict most before the others and the best first. */
function averages(all: readonly Average[]): string {
  const isStepped = all.some(({ predicted }) => predicted > 0);
  const isLooped = all.some(({ closedLoop }) => closedLoop !== null);
  const error = ({ mean, closedLoop }: Average): number =>
    mean.mape ?? closedLoop?.median.e2e ?? Number.POSITIVE_INFINITY;
  const baselines = all
    .filter(({ kind }) => kind === 'baseline')
    .sort((a, b) => b.predicted - a.predicted || b.served - a.served || error(a) - error(b));
  const numbers = [
    ...(isStepped ? ['steps of', 'MAPE %', 'E2E %'] : []),
    ...(isLooped ? ['clients of', 'TTFT %', 'ITL %', 'E2E %'] : []),
  ];
  return renderTable(
    [{ header: 'predictor' }, ...numbers.map((header) => ({ header, align: 'right' as const }))],
    [...all.filter(({ kind }) => kind !== 'baseline'), ...baselines].map((each) => [
      each.name,
      ...(isStepped ? stepCells(each) : []),
      ...(isLooped ? loopCells(each) : []),
    ]),
  );
}

function stepCells({ predicted, mean: { mape, e2eError } }: Average): readonly string[] {
  return [String(predicted), formatPercent(mape), formatPercent(e2eError)];
}

function loopCells({ served, closedLoop }: Average): readonly string[] {
  const errors = closedLoop?.median;
  return [String(served), ...[errors?.ttft, errors?.itl, errors?.e2e].map((value) => formatPercent(value ?? null))];
}

/** What was found without each part. */
function picks(folds: readonly Fold[]): string {
  const problems = folds.flatMap(({ heldOut, contenders }) =>
    contenders.flatMap(({ kind, name, problem }) =>
      problem === null || kind === 'baseline' ? [] : [`${heldOut}, ${name}: ${problem}`],
    ),
  );
  const table = renderTable(
    [
      { header: 'held out' },
      { header: 'its pick' },
      ...['ops', 'feat', 'valid %'].map((header) => ({ header, align: 'right' as const })),
    ],
    folds.map(({ heldOut, pick }) => [
      heldOut,
      pick?.id ?? '–',
      String(pick?.operations ?? '–'),
      String(pick?.features ?? '–'),
      formatPercent(pick?.validationError ?? null),
    ]),
  );
  return [table, ...problems].join('\n');
}
