import { LLMock } from '@copilotkit/aimock';
import { onTestFinished } from 'vitest';
import { createProvider, type Provider } from '../../src/llm/index.ts';

export const KEY = 'sk-test-0123456789abcdef';

export const ENVIRONMENT: { readonly ANTHROPIC_API_KEY: string; readonly OPENAI_API_KEY: string } = {
  ANTHROPIC_API_KEY: KEY,
  OPENAI_API_KEY: KEY,
};

export type HttpProviderName = 'anthropic' | 'openai';

/** A server on loopback that speaks both wire formats; it ends with the test. */
export async function startMock(options: ConstructorParameters<typeof LLMock>[0] = {}): Promise<LLMock> {
  const mock = new LLMock({ port: 0, chunkSize: 4000, ...options });
  await mock.start();
  onTestFinished(() => mock.stop());
  return mock;
}

/** A provider that talks to a mock server, as a user would point it at another address. */
export function providerOf(mock: LLMock, name: HttpProviderName, stream: boolean): Provider {
  const baseUrl = name === 'openai' ? `${mock.url}/v1` : mock.url;
  return createProvider({ name, baseUrl, stream }, ENVIRONMENT);
}
