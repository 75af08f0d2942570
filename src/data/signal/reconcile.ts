import { sum } from '../../numeric/index.ts';
import type { StepColumns } from '../../physics/index.ts';
import type { Experiment } from '../dataset.ts';
import { littleE2e } from '../little.ts';
import { OUTCOMES, type RequestColumns } from '../requests.ts';
import { splitRanges } from '../split.ts';
import { type TargetRows, targetRows } from '../target.ts';
import { cycleLine, type SizedCycles } from './cycle-line.ts';

/** The same figure from two sources; one that the data do not tell is absent. */
export interface Reconciliation {
  /** Mean context of a request in the batch, tokens. */
  readonly contextPerRequest?: {
    /** KV blocks in use × block size, over the requests of the batches. */
    readonly blocks: number;
    /** Mean prompt and half the mean output of the clients. */
    readonly clients: number;
    /** Clients over blocks, minus 1, in percent. */
    readonly gap: number;
    /** Tokens a request that requests would share for the two to agree: blocks of a common prefix count once. */
    readonly shared?: number;
    /** Whether the prefix cache served that many tokens of each prompt, so that sharing explains the gap. */
    readonly sharingExplains?: boolean;
  };
  /** Mean end-to-end latency, ms. */
  readonly e2eMs?: {
    /** Requests in service over completions, by Little's law, with step times of a robust line in the tokens. */
    readonly little: number;
    readonly measured: number;
  };
  /** Mean time to first token, ms. */
  readonly ttftMs?: {
    /** The same of waiting and prefilling requests. */
    readonly little: number;
    readonly measured: number;
  };
  /** Mean time between output tokens, ms. */
  readonly itlMs?: {
    /** Mean step time, weighted by decoding requests. */
    readonly little: number;
    /** Twice the reported one where that counts two stream events a token. */
    readonly measured: number;
  };
}

/** Means over requests; NaN where a log does not tell. */
export interface Clients {
  readonly e2eMs: number;
  readonly ttftMs: number;
  readonly itlMs: number;
  readonly promptTokens: number;
  readonly outputTokens: number;
}

/** A gap below this is none. */
const GAP_PERCENT = 5;

/**
 * Compares what the steps and what the clients of an experiment say. Step times are those of a robust line in decode and prefill
 * tokens through the training and validation cycles, so that steps without a cycle count too.
 *
 * @param rows of the experiment for the target `cycle`, where they are at hand: they take most of the time.
 */
export function reconcile(experiment: Experiment, rows?: TargetRows): Reconciliation {
  const { steps, measured, requests } = experiment;
  const clients: Clients | undefined = measured
    ? {
        ...measured,
        itlMs: 2 * measured.itlMs,
        promptTokens: measured.meanPromptTokens,
        outputTokens: measured.meanOutputTokens,
      }
    : requests && clientsOf(requests);
  if (steps === undefined || clients === undefined) return {};
  const contextPerRequest = contexts(steps, experiment.blockSize, clients);
  const stepUs = stepTimes(rows ?? targetRows(experiment, 'cycle'), steps);
  return {
    ...(contextPerRequest && { contextPerRequest }),
    ...(stepUs && latencies(experiment, steps, stepUs, clients)),
  };
}

/** Means over the requests that came to a good end; undefined where there is none whose end is known. */
export function clientsOf(requests: RequestColumns): Clients | undefined {
  const ok = OUTCOMES.indexOf('ok');
  const mean = (value: (row: number) => number): number => {
    const values = Array.from(requests.outcome, (outcome, row) => (outcome === ok ? value(row) : Number.NaN)).filter(
      Number.isFinite,
    );
    return values.reduce((total, one) => total + one, 0) / values.length;
  };
  const { arrivalUs, firstTokenUs, lastTokenUs, promptTokens, outputTokens } = requests;
  const clients = {
    e2eMs: mean((row) => (lastTokenUs[row]! - arrivalUs[row]!) / 1000),
    ttftMs: mean((row) => (firstTokenUs[row]! - arrivalUs[row]!) / 1000),
    itlMs: mean((row) => (lastTokenUs[row]! - firstTokenUs[row]!) / 1000 / (outputTokens[row]! - 1)),
    promptTokens: mean((row) => promptTokens[row]!),
    outputTokens: mean((row) => outputTokens[row]!),
  };
  return Number.isFinite(clients.e2eMs) ? clients : undefined;
}

function contexts(
  steps: StepColumns,
  blockSize: number,
  { promptTokens, outputTokens }: Clients,
): Reconciliation['contextPerRequest'] {
  const { kvBlocksTotal, kvBlocksFree, prefillRequests, decodeRequests, prefillTokens, finishedRequests } = steps;
  const used = sum(kvBlocksTotal.map((total, row) => total - kvBlocksFree[row]!));
  const requests = sum(prefillRequests) + sum(decodeRequests);
  const blocks = (used * blockSize) / requests;
  const clients = promptTokens + outputTokens / 2;
  if (!(blocks > 0 && clients > 0 && Number.isFinite(blocks))) return undefined;
  const gap = 100 * (clients / blocks - 1);
  if (gap < GAP_PERCENT) return { blocks, clients, gap };
  const shared = clients - blocks;
  const cached = promptTokens - sum(prefillTokens) / sum(finishedRequests);
  return { blocks, clients, gap, shared, sharingExplains: cached >= shared };
}

/** Time of every step by the line, µs; undefined where there are too few cycles. */
function stepTimes({ index, y }: TargetRows, steps: StepColumns): Float64Array | undefined {
  const [, end] = splitRanges(steps.stepId.length).valid;
  const cycles: SizedCycles = {
    decodeTokens: Float64Array.from(index, (row) => steps.decodeTokens[row]!),
    prefillTokens: Float64Array.from(index, (row) => steps.prefillTokens[row]!),
    cycleUs: y,
  };
  const line = cycleLine(
    cycles,
    Int32Array.from(index, (_, at) => at).filter((at) => index[at]! < end),
  );
  return line && steps.decodeTokens.map((decode, row) => line.at(decode, steps.prefillTokens[row]!));
}

function latencies(
  experiment: Experiment,
  { prefillRequests, decodeRequests, waitingDepth, finishedRequests }: StepColumns,
  stepUs: Float64Array,
  { e2eMs, ttftMs, itlMs }: Clients,
): Omit<Reconciliation, 'contextPerRequest'> {
  const weighted = (weight: (row: number) => number): number => sum(stepUs.map((us, row) => us * weight(row))) / 1000;
  const completions = sum(finishedRequests);
  const service = littleE2e(experiment, stepUs);
  const waiting = weighted((row) => waitingDepth[row]! + prefillRequests[row]!) / completions;
  const betweenTokens = weighted((row) => decodeRequests[row]!) / sum(decodeRequests);
  return {
    ...(service && Number.isFinite(e2eMs) && { e2eMs: { little: service.e2eMs, measured: e2eMs } }),
    ...(Number.isFinite(waiting) && Number.isFinite(ttftMs) && { ttftMs: { little: waiting, measured: ttftMs } }),
    ...(Number.isFinite(betweenTokens) &&
      Number.isFinite(itlMs) && { itlMs: { little: betweenTokens, measured: itlMs } }),
  };
}
