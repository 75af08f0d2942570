import type { RegressionTable } from '../../../data/index.ts';
import { type CallRecord, type Client, costUsd, oneLine, priceOf } from '../../../llm/index.ts';
import { UserError } from '../../../base/index.ts';
import type { Caps, FeatureTable } from '../../../program/index.ts';
import type { CallReport } from '../../call-report.ts';
import { NO_SPENDING } from '../../tally.ts';
import type { Batch, Draw, Operator, OperatorHistory, Proposal, ProposalGroup } from '../operator.ts';
import { Allowance } from './budget.ts';
import { type PlannedCall, planCalls } from './plan.ts';
import { repairPrompt } from './prompt.ts';
import { type ReadProgram, readPrograms } from './read-programs.ts';
import type { LlmSettings, Task } from './settings.ts';

export interface LlmOperatorOptions {
  readonly client: Client;
  readonly settings: LlmSettings;
  /** Of its rows only the training rows are read. */
  readonly table: RegressionTable;
  readonly task: Task;
}

/** A call with what came of it. */
interface Answered {
  readonly call: PlannedCall;
  readonly record: CallRecord;
  readonly programs: readonly ReadProgram[];
}

const NO_HISTORY: OperatorHistory = { attempts: [], spending: NO_SPENDING, models: undefined };
/** Refused programs of one reply that are sent back. */
const MOST_REPAIRED = 4;
const LONGEST_TEXT = 500;
const LONGEST_DETAIL = 120;

/**
 * Language models as the mutation operator. The calls of a generation are planned in order from the state at its start, made
 * side by side, and read in order, so neither the order of replies nor their speed matters. What a model writes is data:
 * programs are taken from it, and everything else in it is ignored.
 */
export function createLlmOperator(options: LlmOperatorOptions): Operator {
  const proposeMany = (draws: readonly Draw[], history: OperatorHistory): Promise<Batch> =>
    proposeAll(draws, history, options);
  return {
    name: 'llm',
    redraws: 0,
    proposeMany,
    async propose(context, random) {
      const { groups } = await proposeMany([{ island: 0, context, random }], NO_HISTORY);
      const proposals = groups.flatMap((group) => group.proposals);
      const none = {
        ok: false,
        mutation: 'none',
        parents: [],
        reason: 'no-proposal',
        detail: 'no call was made',
        source: '',
      } as const;
      return proposals.find(({ ok }) => ok) ?? proposals[0] ?? none;
    },
  };
}

async function proposeAll(
  draws: readonly Draw[],
  history: OperatorHistory,
  { client, settings, table, task }: LlmOperatorOptions,
): Promise<Batch> {
  const first = draws[0];
  if (first === undefined) return { calls: [], groups: [], isSpent: false };
  const { features, caps } = first.context;
  const planned = planCalls(draws, history, settings, table, task);
  const allowance = new Allowance(settings.limits, settings.prices, history.spending);
  const asked = await ask(planned, allowance, client, settings, { features, caps });
  const reports = asked.map((answered) => report(answered, 'propose', settings));

  // The second round has what the first one left: its real cost is known now.
  const { calls, retries, costUsd: spentUsd } = history.spending;
  const rest = new Allowance(settings.limits, settings.prices, {
    calls: calls + asked.length,
    retries: retries + reports.reduce((sum, { attempts }) => sum + attempts - 1, 0),
    costUsd: spentUsd + reports.reduce((sum, call) => sum + (call.costUsd ?? 0), 0),
  });
  const repairs = await ask(
    asked.flatMap((answered) => repairCall(answered, settings)),
    rest,
    client,
    settings,
    { features, caps },
  );
  return {
    calls: [...reports, ...repairs.map((answered) => report(answered, 'repair', settings))],
    groups: asked.map((answered) => groupOf(answered, repairs)),
    isSpent: allowance.isSpent || asked.some(({ record }) => record.outcome === 'spent'),
  };
}

/** Makes those of the calls that the budget has room for. Waits for all of them also where one fails: a reply is never lost. */
async function ask(
  planned: readonly PlannedCall[],
  allowance: Allowance,
  client: Client,
  settings: LlmSettings,
  { features, caps }: { readonly features: FeatureTable; readonly caps: Caps },
): Promise<readonly Answered[]> {
  const granted = allowance.grant(planned.map(({ request }) => request));
  const calls = planned.filter((_, i) => granted[i]);
  const affordable = allowance.shareOf(calls.map(({ request }) => request));
  const acceptFailure = settings.onOutage === 'grammar';
  const settled = await Promise.allSettled(
    calls.map(({ request, draw }) => client.complete({ request, draw, affordable, acceptFailure })),
  );
  return settled.map((result, i): Answered => {
    if (result.status === 'rejected') throw result.reason;
    const call = calls[i] as PlannedCall;
    const record = result.value;
    if (record.outcome === 'failed' && !acceptFailure) throw outage(record);
    return { call, record, programs: isReply(record) ? readPrograms(record.text, features, caps, call.shown) : [] };
  });
}

function isReply({ outcome }: CallRecord): boolean {
  return outcome !== 'failed' && outcome !== 'spent';
}

function outage({ text, attempts, timedOut }: CallRecord): UserError {
  return new UserError({
    code: timedOut === true ? 'search.slow-model' : 'search.outage',
    problem: `no reply after ${attempts} attempt${attempts === 1 ? '' : 's'}: ${text}; all committed generations and replies are stored`,
    mend:
      timedOut === true
        ? 'continue the run with more patience'
        : 'continue the run when the model answers again, or let the grammar operator take over in an outage',
  });
}

/** The call that sends refused programs back once; none where enough programs of the reply are good. */
function repairCall({ call, programs }: Answered, { templates }: LlmSettings): readonly PlannedCall[] {
  const refused = programs.filter((program) => !program.ok);
  const missing = call.draws.length - (programs.length - refused.length);
  if (refused.length === 0 || missing <= 0) return [];
  const sentBack = refused.slice(0, MOST_REPAIRED);
  const prompt = repairPrompt(templates, sentBack);
  // An answer may edit what is sent back, which the prompt counts from 1 too.
  const shown = [
    ...sentBack.map(({ source }, i) => ({ number: i + 1, id: `refused ${i + 1}`, source })),
    ...call.shown.map((each) => ({ ...each, number: sentBack.length + each.number })),
  ];
  return [{ ...call, shown, request: { ...call.request, prompt }, draw: `${call.draw}.repair` }];
}

function report(
  { call, record, programs }: Answered,
  purpose: CallReport['purpose'],
  { prices }: LlmSettings,
): CallReport {
  const price = priceOf(prices, call.request.model);
  return {
    model: call.request.model,
    purpose,
    outcome: record.outcome,
    detail: isReply(record) ? (record.note ?? '') : record.text,
    asked: call.draws.length,
    blocks: programs.length,
    attempts: record.attempts,
    inputTokens: record.usage.inputTokens,
    outputTokens: record.usage.outputTokens,
    costUsd: price === undefined ? null : costUsd(price, record.usage),
  };
}

function groupOf(answered: Answered, repairs: readonly Answered[]): ProposalGroup {
  const repair = repairs.find(({ call }) => call.draw === `${answered.call.draw}.repair`);
  const proposals = repair === undefined ? proposalsOf(answered) : [...proposalsOf(answered), ...proposalsOf(repair)];
  return { draws: answered.call.draws, proposals, handOver: answered.record.outcome === 'failed' };
}

function proposalsOf({ call, record, programs }: Answered): readonly Proposal[] {
  const base = { mutation: call.kind, parents: call.parents, model: call.request.model, reply: call.draw };
  if (!isReply(record)) return [];
  if (programs.length === 0) {
    const source = record.text.slice(0, LONGEST_TEXT);
    return [{ ok: false, ...base, reason: 'invalid', detail: whyEmpty(record), source }];
  }
  return programs.map((program): Proposal => {
    if (program.ok) {
      const edited = program.base;
      // The one that was changed comes first.
      const parents = call.parents.filter((id) => id !== edited);
      return {
        ok: true,
        ...base,
        ...(edited !== undefined && parents.length < call.parents.length && { parents: [edited, ...parents] }),
        program: program.checked.program,
        checked: program.checked,
      };
    }
    const detail = oneLine(program.complaints[0] ?? 'not a program', 2 * LONGEST_DETAIL);
    return { ok: false, ...base, reason: 'invalid', detail, source: program.source };
  });
}

function whyEmpty({ outcome, text, reasoning, note }: CallRecord): string {
  if (outcome === 'refused') return `the model declined: ${oneLine(text, LONGEST_DETAIL)}`;
  const cut = outcome === 'cut' ? `, ${note ?? 'cut'}` : '';
  if (text.trim() === '')
    return reasoning === undefined ? `the reply is empty${cut}` : `the reply holds thoughts alone${cut}`;
  return `no program in the reply${cut}: ${oneLine(text, LONGEST_DETAIL)}`;
}
