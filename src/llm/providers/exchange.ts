import type { Dialect } from '../dialects/dialect.ts';
import { Draft } from '../dialects/draft.ts';
import { endOf } from '../dialects/ends.ts';
import { partReasoning } from '../dialects/reasoning.ts';
import type { Shape } from '../dialects/shape.ts';
import { complaintFault, connectionFault, type Where } from '../http-fault.ts';
import { ProviderError } from '../provider-error.ts';
import type { CompletionRequest, Reply, ReplyEnd } from '../types.ts';
import { NO_USAGE } from '../usage.ts';
import { type Complaint, complaintIn, complaintOf } from '../wire/complaint.ts';
import { documentsOf, type Heard, type WireDocument } from '../wire/documents.ts';
import { type Answer, post } from '../wire/post.ts';
import { BoundedText } from './text-limit.ts';

/** A question on its way. */
export interface Exchange {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly dialect: Dialect;
  readonly shape: Shape;
  readonly request: CompletionRequest;
  readonly signal: AbortSignal;
  readonly heard: Heard;
  readonly where: Where;
}

/** What a server says in place of a reply, with the fault that it is unless the next request can be written otherwise. */
export class ComplaintError extends Error {
  readonly complaint: Complaint;
  readonly fault: ProviderError;

  constructor(complaint: Complaint, fault: ProviderError) {
    super(fault.message);
    this.complaint = complaint;
    this.fault = fault;
  }
}

/**
 * Asks once and reads the answer, whichever way it comes.
 *
 * @throws ComplaintError where the server complains before anything of a reply has come
 * @throws ProviderError for whatever else goes wrong
 */
export async function exchange(question: Exchange): Promise<Reply> {
  const { url, headers, dialect, shape, request, signal, where, heard } = question;
  let answer: Answer;
  try {
    answer = await post(url, headers, dialect.body(request, shape), signal);
  } catch (error) {
    throw connectionFault(error, where, signal);
  }
  heard('part');
  const draft = new Draft();
  try {
    if (answer.status >= 300 || answer.status < 200) return await failure(answer, question);
    for await (const document of documentsOf(answer.parts, heard)) {
      const complaint = complaintOfDocument(document);
      if (complaint !== undefined) throw complaintError(complaint, answer, question, draft);
      dialect.read(draft, document);
      if (document.isBody) draft.isDone = true;
      // Leaving the loop closes the connection: behind the end mark some servers keep it open.
      if (draft.isFull || draft.isDone) break;
    }
  } catch (error) {
    if (error instanceof ProviderError || error instanceof ComplaintError) throw error;
    throw connectionFault(error, where, signal, draft.hasBegun ? draft.usageOf(request, false) : undefined);
  }
  return replyOf(draft, question, answer);
}

function complaintOfDocument({ event, value, raw, isBody }: WireDocument): Complaint | undefined {
  const complaint = complaintIn(value);
  if (complaint !== undefined) return complaint;
  if (event === 'error' || (value === undefined && (isBody || raw.trim() !== '[DONE]'))) return complaintOf(raw);
  return undefined;
}

function complaintError(
  complaint: Complaint,
  { status, headers }: Answer,
  { request, where }: Exchange,
  draft: Draft,
): ComplaintError | ProviderError {
  const usage = draft.hasBegun ? draft.usageOf(request, false) : undefined;
  const fault = complaintFault(complaint, { status, headers, usage }, where);
  return draft.hasBegun ? fault : new ComplaintError(complaint, fault);
}

const CONTENT_FILTER = /content[_ ](?:filter|management policy)|ResponsibleAIPolicyViolation/i;

/** An answer under a status of failure. A filter that stops one prompt (Azure) is a refusal of that, not a wrong request. */
async function failure(answer: Answer, question: Exchange): Promise<Reply> {
  const decoder = new TextDecoder();
  const body = new BoundedText();
  for await (const part of answer.parts) body.add(decoder.decode(part, { stream: true }));
  const complaint = complaintOf(body.toString());
  if (answer.status === 400 && CONTENT_FILTER.test(`${complaint.code} ${complaint.words}`)) {
    return { text: complaint.words, end: 'refused', usage: NO_USAGE };
  }
  throw complaintError(complaint, answer, question, new Draft());
}

function replyOf(draft: Draft, { request, where }: Exchange, answer: Answer): Reply {
  const { provider } = where;
  const reasonEnd = endOf(draft.finish);
  const isEnded = draft.isDone || draft.finish !== '';
  const written = partReasoning(draft.text.toString());
  const refusal = draft.refusal.toString();
  const text = [written.answer, draft.calls.toString()].find((each) => each.trim() !== '') ?? '';
  const reasoning = [draft.reasoning.toString(), written.reasoning].filter((each) => each.trim() !== '').join('\n\n');
  const usage = draft.usageOf(request, isEnded && !draft.isFull);
  if (reasonEnd === 'broken') {
    throw new ProviderError('server', `${provider}: the server gave the reply up (${draft.finish})`, { usage });
  }
  if (!draft.hasBegun) {
    throw new ProviderError(
      'server',
      `${provider}: an answer without a reply`,
      draft.usage === undefined ? {} : { usage },
    );
  }
  // A whole body that ends without a mark was paid for; one that broke off is lost.
  if (!isEnded && !draft.isFull && (text === '' || !answer.isWhole())) {
    throw new ProviderError('broken-stream', `${provider}: the stream ended before the reply did`, { usage });
  }
  const end: ReplyEnd = refusal !== '' ? 'refused' : draft.isFull || !isEnded ? 'cut' : reasonEnd;
  const note = end === 'cut' ? cutNote(draft, request, text, isEnded) : '';
  return {
    text: text === '' && refusal !== '' ? refusal : text,
    ...(reasoning !== '' && { reasoning }),
    end,
    ...(note !== '' && { note }),
    usage,
  };
}

function cutNote(draft: Draft, { parameters }: CompletionRequest, text: string, isEnded: boolean): string {
  if (draft.isFull) return 'longer than any reply that is read';
  if (!isEnded) return 'the stream ended without saying so';
  const spent = text.trim() === '' ? ', all of it used up by reasoning' : '';
  return `cut at the limit of ${parameters.maxOutputTokens} output tokens${spent}`;
}
