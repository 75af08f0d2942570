import { BoundedText } from '../providers/text-limit.ts';
import type { CompletionRequest, TokenUsage } from '../types.ts';
import { estimateTokens, estimateUsage } from '../usage.ts';

/** A reply as far as it has come. */
export class Draft {
  readonly text: BoundedText = new BoundedText();
  /** Thoughts that came apart from the text. */
  readonly reasoning: BoundedText = new BoundedText();
  readonly refusal: BoundedText = new BoundedText();
  /** Arguments of tools that the model would call, though it was given none: some answer in no other way. */
  readonly calls: BoundedText = new BoundedText();
  /** As the server counts; undefined where it has not said. */
  usage: TokenUsage | undefined;
  /** Why it ended, in the server's word; empty where it has not said. */
  finish: string = '';
  /** Whether the server has marked the end of the whole answer. */
  isDone: boolean = false;
  /** Whether anything has come that is paid for. */
  hasBegun: boolean = false;

  /** Whether so much has come that the rest is of no use. */
  get isFull(): boolean {
    return this.text.isFull || this.reasoning.isFull || this.calls.isFull;
  }

  /** What it has used up: by the server's count, and where that is not there yet or the last one did not come, by its length. */
  usageOf(request: CompletionRequest, isLast: boolean): TokenUsage {
    const written = [this.text, this.reasoning, this.refusal, this.calls].map(String).join('');
    if (this.usage === undefined) return estimateUsage(request, written);
    if (isLast) return this.usage;
    const outputTokens = Math.max(this.usage.outputTokens, estimateTokens(written));
    return { ...this.usage, outputTokens, estimated: true };
  }
}
