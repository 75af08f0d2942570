import type { CompletionRequest } from '../types.ts';
import type { WireDocument } from '../wire/documents.ts';
import type { Draft } from './draft.ts';
import type { Shape } from './shape.ts';

/** A wire format: how a question is put and an answer read. */
export interface Dialect {
  /** Path below the base address. */
  readonly endpoint: string;
  /** What of a shape the format has; a server's complaint can change that alone. */
  readonly has: readonly (keyof Shape)[];
  /** The body of a request. */
  body(request: CompletionRequest, shape: Shape): unknown;
  /** Adds what a document of the answer says. */
  read(draft: Draft, document: WireDocument): void;
}
