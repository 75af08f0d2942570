import { z } from 'zod';

/** What came with one event: a piece of a stream of server-sent events, or the answer's text alone. */
export interface StreamText {
  readonly stream?: string;
  readonly answer?: string;
}

/** Tokens as a server reported them. */
export interface Usage {
  readonly prompt: number | undefined;
  readonly completion: number | undefined;
  readonly cached: number | undefined;
}

const count = z.number().int().nonnegative().nullish().catch(undefined);
const CHUNK = z.looseObject({
  error: z.unknown().optional(),
  choices: z
    .array(
      z.looseObject({
        text: z.unknown().optional(),
        delta: z.looseObject({ content: z.unknown().optional(), reasoning_content: z.unknown().optional() }).nullish(),
        message: z.looseObject({ content: z.unknown().optional() }).nullish(),
      }),
    )
    .nullish(),
  usage: z
    .object({
      prompt_tokens: count,
      completion_tokens: count,
      prompt_tokens_details: z.object({ cached_tokens: count }).nullish(),
    })
    .nullish(),
});
type Chunk = z.infer<typeof CHUNK>;

/** What the texts of a stream's events say: which of them hold a token, and what the server reported of the whole. */
export function readStreamEvents(texts: readonly StreamText[]): {
  readonly withToken: readonly boolean[];
  readonly usage: Usage | undefined;
  readonly failed: boolean;
} {
  let usage: Usage | undefined;
  let failed = false;
  const withToken = texts.map(({ stream, answer = '' }) => {
    if (stream === undefined) return answer !== '';
    const chunks = chunksOf(stream);
    for (const { usage: reported, error } of chunks) {
      if (error !== undefined && error !== null) failed = true;
      if (!reported) continue;
      usage = {
        prompt: reported.prompt_tokens ?? undefined,
        completion: reported.completion_tokens ?? undefined,
        cached: reported.prompt_tokens_details?.cached_tokens ?? undefined,
      };
    }
    return chunks.some(hasToken);
  });
  return { withToken, usage, failed };
}

/** Events of a piece of a stream that are JSON; several may have come at once. */
function chunksOf(stream: string): readonly Chunk[] {
  return stream.split('\n').flatMap((line) => {
    const text = line.replace(/^data:/, '').trim();
    if (!text.startsWith('{')) return [];
    try {
      const chunk = CHUNK.safeParse(JSON.parse(text));
      return chunk.success ? [chunk.data] : [];
    } catch {
      return [];
    }
  });
}

function hasToken({ choices }: Chunk): boolean {
  return (choices ?? []).some(({ text, delta, message }) =>
    [text, delta?.content, delta?.reasoning_content, message?.content].some(
      (content) => typeof content === 'string' && content !== '',
    ),
  );
}
