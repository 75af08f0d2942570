import type { Random } from '../../../../numeric/index.ts';
import {
  makeReduction,
  parseExpression,
  type Reduction,
  reductionInfo,
  type ReductionName,
  reductionOf,
  type RequestTable,
} from '../../../../program/index.ts';
import { Draft } from '../draft.ts';
import type { Mutation } from '../mutation.ts';
import { palette } from '../palette.ts';
import { magnitudeAt, site, TERM_SHARE } from '../sites.ts';

interface Idea {
  readonly over: ReductionName;
  /** Over fields of a request. */
  readonly body: string;
  /** What a constant in front of it is named after. */
  readonly about: string;
}

/** What the cost of a step may grow with that sums of the batch do not tell. */
const IDEAS: readonly Idea[] = [
  // Each new token attends to the context and, causally, to half of its chunk.
  { over: 'sum', body: 'isPrefill * newTokens * (context + newTokens / 2)', about: 'prefillPairs' },
  { over: 'sum', body: 'isPrefill * newTokens * context', about: 'prefillContextPairs' },
  { over: 'sum', body: 'newTokens * (context + newTokens / 2)', about: 'pairs' },
  { over: 'sum', body: 'newTokens * context', about: 'contextPairs' },
  { over: 'sum', body: '(1 - isPrefill) * context', about: 'decodeContext' },
  { over: 'sum', body: 'context + newTokens', about: 'contextAfter' },
  // Caches are read in blocks.
  { over: 'sum', body: 'Math.ceil(context / 16)', about: 'blocks' },
  // A kernel ends with its longest request.
  { over: 'max', body: 'context', about: 'longestContext' },
  { over: 'max', body: 'newTokens', about: 'longestChunk' },
  { over: 'max', body: 'newTokens * context', about: 'mostPairs' },
];
/** Of reductions that begin to count beyond a context, instead of those above. */
const BEYOND_SHARE = 0.15;
/** Contexts at which kernels may change. */
const TURNS: readonly number[] = [256, 512, 1024, 2048, 4096, 8192, 16384];

const JOINS = palette('bound');

function drawIdea({ fields }: RequestTable, random: Random): Idea {
  const longest = fields.find(({ name }) => name === 'context')?.range[1] ?? 0;
  const turns = TURNS.filter((turn) => turn < longest);
  if (turns.length > 0 && random.uniform() < BEYOND_SHARE) {
    return { over: 'sum', body: `Math.max(context - ${random.pick(turns)}, 0)`, about: 'contextBeyond' };
  }
  return random.pick(IDEAS);
}

function reductionFor({ over, body }: Idea, { fields }: RequestTable): Reduction {
  return makeReduction(
    over,
    parseExpression(
      body,
      fields.map(({ name }) => name),
    ),
  );
}

/**
 * x → x + c · s, or joined by max, min or hypot, with s a sum or maximum over requests; or another one in the place of one that
 * the program reads.
 */
export const overRequests: Mutation = ({ features, material }, random) => {
  const { requests } = features;
  if (requests === undefined) return undefined;
  const idea = drawIdea(requests, random);
  const reduction = reductionFor(idea, requests);
  const { program } = material;
  const draft = new Draft(program);
  const read = program.graph.nodes.flatMap((node, i) =>
    node.kind === 'feature' && node.name !== reduction.name && reductionOf(node.name) !== undefined ? [i] : [],
  );
  if (read.length > 0 && random.uniform() < 0.5) {
    return draft.replace(random.pick(read), () => draft.feature(reduction.name));
  }
  const node = site(material, random);
  const op = random.uniform() < 0.75 ? 'add' : random.pick(JOINS);
  const high = reductionInfo(reduction, requests)?.range[1] ?? 1;
  const start = (TERM_SHARE * magnitudeAt(material, node)) / (high > 0 && Number.isFinite(high) ? high : 1);
  return draft.replace(node, (copy) =>
    draft.op(op, copy, draft.op('mul', draft.constant(`${idea.about}Factor`, start), draft.feature(reduction.name))),
  );
};
