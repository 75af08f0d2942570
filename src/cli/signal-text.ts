import type { DatasetDescription } from '../data/index.ts';
import { renderTable } from '../report/index.ts';

type Experiments = DatasetDescription['experiments'];
type Signal = NonNullable<Experiments[number]['signal']>;

const LISTED_IDS = 10;

/** Contexts that are closer agree. */
const NAMED_GAP_PERCENT = 5;

/** A report that counts tokens gives its own mean; one that counts stream events, about half of it. */
const LEAST_EVENTS = 1.5;

const CAUSES: { readonly [C in NonNullable<Signal['belowPeakCause']>]: string } = {
  'cached prompt tokens': 'prompt tokens seem to be counted before the prefix cache',
  'overlapping steps': 'the next step seems to be scheduled before this one ends (asynchronous scheduling)',
};

const REASONS: { readonly [R in Signal['excluded'][number]['reason']]: string } = {
  'not positive': 'no time passed, or the clock was set back',
  'warm-up': 'first steps of an engine',
  idle: 'a wait with an empty engine',
  stall: 'a stall, far beyond what the batch explains',
  short: 'a broken reading, far below what the batch explains',
  wild: 'a broken reading, far off what the batch explains',
  outlier: 'far from what the batch explains',
};

/** What step records are worth and how steps and clients agree, as blocks of text; none where there are no step records. */
export function signalText(experiments: Experiments): readonly string[] {
  const lines = [...remarks(experiments), ...twoEvents(experiments)];
  return [signalTable(experiments), reconciliationTable(experiments), lines.join('\n')].filter((block) => block !== '');
}

function signalTable(experiments: Experiments): string {
  const rows = experiments.flatMap(({ id, signal }) => (signal ? [[id, ...signalCells(signal)]] : []));
  if (rows.length === 0) return '';
  const counts = ['engines', 'idle waits', 'stalls', 'below peak', 'clock steps', 'twice', 'bad', 'left out'] as const;
  return renderTable(
    [
      { header: 'signal' },
      ...counts.map((header) => ({ header, align: 'right' as const })),
      { header: 'cycles are explained by' },
    ],
    rows,
  );
}

function signalCells(signal: Signal): readonly string[] {
  const { engines, idle, stalls, belowPeak, clockSteps, duplicates, badRecords, dropped, lag } = signal;
  return [...[engines, idle, stalls, belowPeak, clockSteps, duplicates, badRecords, dropped].map(String), lagText(lag)];
}

function lagText({ chosen, evidence: { triples, error0, error1, verdict } }: Signal['lag']): string {
  const batch = chosen === 0 ? 'own batch' : 'batch before';
  const sample = triples === 1 ? '1 triple' : `${triples} triples`;
  if (error0 === null || error1 === null) return `${batch} (${sample} cannot tell)`;
  const told = verdict === 'undecided' ? 'cannot tell' : verdict === batch ? 'tell' : `say ${verdict}`;
  return `${batch} (${sample} ${told}: ${error0.toFixed(1)} %, batch before ${error1.toFixed(1)} %)`;
}

function reconciliationTable(experiments: Experiments): string {
  const pair = (a: number | undefined, b: number | undefined, digits: number): readonly string[] =>
    a === undefined || b === undefined ? ['', ''] : [a.toFixed(digits), b.toFixed(digits)];
  const rows = experiments.flatMap(({ id, reconciliation }) => {
    const { contextPerRequest, e2eMs, ttftMs, itlMs } = reconciliation;
    if (Object.keys(reconciliation).length === 0) return [];
    return [
      [
        id,
        ...pair(contextPerRequest?.blocks, contextPerRequest?.clients, 0),
        ...pair(e2eMs?.little, e2eMs?.measured, 0),
        ...pair(ttftMs?.little, ttftMs?.measured, 1),
        ...pair(itlMs?.little, itlMs?.measured, 2),
      ],
    ];
  });
  if (rows.length === 0) return '';
  const figures = ['context', 'E2E ms', 'TTFT ms', 'ITL ms'];
  const headers = figures.flatMap((figure) => [`${figure} of steps`, 'of clients']);
  return renderTable(
    [{ header: 'steps against clients' }, ...headers.map((header) => ({ header, align: 'right' as const }))],
    rows,
  );
}

function remarks(experiments: Experiments): readonly string[] {
  return experiments.flatMap(({ id, signal, reconciliation, requests, stepBoundaries, warnings }) =>
    [
      ...(requests ? outcomesText(requests) : []),
      ...(signal?.excluded ?? []).map(
        ({ reason, ids }) => `left out, ${REASONS[reason]}: ${counted(ids.length)} of step ${listed(ids)}`,
      ),
      ...(signal?.belowPeakCause
        ? [`${counted(signal.belowPeak)} below what the hardware takes at its peak: ${CAUSES[signal.belowPeakCause]}`]
        : []),
      ...contextRemark(reconciliation.contextPerRequest),
      ...(stepBoundaries
        ? [
            `${stepBoundaries.known} ends of steps are known from tokens; ${stepBoundaries.shared} are of several requests`,
          ]
        : []),
      ...warnings,
    ].map((line) => `${id}: ${line}`),
  );
}

/** That clients count two stream events a token, once for all experiments. */
function twoEvents(experiments: Experiments): readonly string[] {
  const doubled = experiments.filter(({ measured, reported, reconciliation }) => {
    const itlMs = reported?.itlMs ?? reconciliation.itlMs?.measured;
    return measured !== undefined && itlMs !== undefined && itlMs > LEAST_EVENTS * measured.itlMs;
  });
  if (doubled.length === 0) return [];
  const which = doubled.length === 1 ? doubled[0]!.id : `${doubled.length} experiments`;
  return [`${which}: ITL of clients is twice what was reported: clients count two stream events a token`];
}

function contextRemark(contexts: Experiments[number]['reconciliation']['contextPerRequest']): readonly string[] {
  if (contexts === undefined) return [];
  const { blocks, clients, gap, shared, sharingExplains } = contexts;
  if (gap < -NAMED_GAP_PERCENT) {
    return [
      `blocks tell ${(100 * (blocks / clients - 1)).toFixed(0)} % more context a request than clients see: blocks that are kept for caching may count as in use`,
    ];
  }
  if (shared === undefined) return [];
  const why = sharingExplains
    ? `requests that share a prefix of about ${shared.toFixed(0)} tokens explain it, since blocks of a prefix count once`
    : 'the prefix cache serves too little to explain it';
  return [`clients see ${gap.toFixed(0)} % more context a request than blocks tell: ${why}`];
}

/** Where some requests of a log did not end well. */
function outcomesText({ outcomes, count }: NonNullable<Experiments[number]['requests']>): readonly string[] {
  if (outcomes.ok === count) return [];
  const counts = Object.entries(outcomes).filter(([outcome, requests]) => outcome === 'ok' || requests > 0);
  return [`requests: ${counts.map(([outcome, requests]) => `${requests} ${outcome}`).join(', ')}`];
}

function counted(cycles: number): string {
  return cycles === 1 ? '1 cycle' : `${cycles} cycles`;
}

function listed(ids: readonly number[]): string {
  const shown = ids.slice(0, LISTED_IDS).join(', ');
  return ids.length > LISTED_IDS ? `${shown}, …` : shown;
}
