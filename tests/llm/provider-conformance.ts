import { describe, expect, it, onTestFinished } from 'vitest';
import { type CompletionRequest, type Provider, ProviderError } from '../../src/llm/index.ts';

/** How the other side behaves. */
export type Behaviour =
  | { readonly kind: 'answer'; readonly text: string }
  | { readonly kind: 'silent' }
  | { readonly kind: 'failing' }
  | { readonly kind: 'unusable' };

/** Opens a provider whose other side behaves so; `close` ends the other side. */
export type OpenProvider = (
  behaviour: Behaviour,
) => Promise<{ readonly provider: Provider; readonly close: () => Promise<void> }>;

export const REQUEST: CompletionRequest = {
  model: 'test-model',
  system: 'You write programs.',
  prompt: 'Write one.',
  parameters: { maxOutputTokens: 500 },
};

/** The error of an attempt that must fail. */
export async function faultOf(attempt: Promise<unknown>): Promise<ProviderError> {
  const error = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ProviderError);
  return error as ProviderError;
}

/** What every provider must keep. */
export function describeProvider(name: string, open: OpenProvider): void {
  describe(`provider ${name}`, () => {
    const opened = async (behaviour: Behaviour): Promise<Provider> => {
      const { provider, close } = await open(behaviour);
      onTestFinished(close);
      return provider;
    };
    const never = (): AbortSignal => new AbortController().signal;

    it('answers with the whole text, its end and what it used', async () => {
      const text = 'Erste Zeile: µs ≤ 3\n```js\nreturn 1;\n```\n';
      const provider = await opened({ kind: 'answer', text });
      const reply = await provider.complete(REQUEST, never());
      expect(reply).toMatchObject({ text, end: 'complete' });
      expect(reply.usage.inputTokens).toBeGreaterThan(0);
      expect(reply.usage.outputTokens).toBeGreaterThan(0);
    });

    it('gives an empty reply as an empty text', async () => {
      const provider = await opened({ kind: 'answer', text: '' });
      expect((await provider.complete(REQUEST, never())).text).toBe('');
    });

    it('cuts an enormous reply', async () => {
      const provider = await opened({ kind: 'answer', text: 'word '.repeat(500_000) });
      const reply = await provider.complete(REQUEST, never());
      expect(reply.end).toBe('cut');
      expect(reply.text.length).toBeLessThanOrEqual(1 << 20);
      expect(reply.text.startsWith('word word')).toBe(true);
    });

    it('stops at once when it is aborted', async () => {
      const provider = await opened({ kind: 'silent' });
      const stop = new AbortController();
      const attempt = provider.complete(REQUEST, stop.signal);
      setTimeout(() => stop.abort(), 150);
      expect((await faultOf(attempt)).fault).toBe('aborted');
      expect((await faultOf(provider.complete(REQUEST, stop.signal))).fault).toBe('aborted');
    });

    it('tells a failure that may pass from one that will not', async () => {
      const failing = await opened({ kind: 'failing' });
      expect((await faultOf(failing.complete(REQUEST, never()))).fault).toBe('server');
      const unusable = await opened({ kind: 'unusable' });
      const error = await faultOf(unusable.complete(REQUEST, never()));
      expect(error.fault).toBe('permanent');
      expect(error.remedy?.mend).toMatch(/./);
    });
  });
}
