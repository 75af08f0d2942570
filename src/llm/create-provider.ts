import { UserError } from '../base/index.ts';
import { type Environment, KEY_VARIABLES } from './keys.ts';

import { createCommandProvider } from './providers/command.ts';
import { createAnthropicProvider, createOpenAiProvider } from './providers/http.ts';
import type { Provider } from './types.ts';

/** Names of the providers. */
export const PROVIDER_NAMES = ['anthropic', 'openai', 'command'] as const;
export type ProviderName = (typeof PROVIDER_NAMES)[number];

/** Which provider, and how to reach it. Holds no key. */
export interface ProviderSettings {
  readonly name: ProviderName;
  /** Address of a compatible server; without it, the provider's own. */
  readonly baseUrl?: string | undefined;
  /** For `command`: what to run. */
  readonly command?: string | undefined;
  /** Whether replies come piece by piece. */
  readonly stream: boolean;
}

/** What a server that asks for no key is sent: some gateways insist on one. */
const NO_KEY = 'none';

type Create = (settings: ProviderSettings, environment: Environment) => Provider;

const CREATE: { readonly [N in ProviderName]: Create } = {
  anthropic: ({ baseUrl, stream }, environment) =>
    createAnthropicProvider({
      apiKey: keyOf('anthropic', baseUrl, environment),
      stream,
      ...(baseUrl !== undefined && { baseUrl }),
    }),
  openai: ({ baseUrl, stream }, environment) =>
    createOpenAiProvider({
      apiKey: keyOf('openai', baseUrl, environment),
      stream,
      headers: baseUrl === undefined ? accountHeaders(environment) : {},
      ...(baseUrl !== undefined && { baseUrl }),
    }),
  command: ({ command }) => {
    if (command !== undefined && command.trim() !== '') return createCommandProvider(command);
    throw new UserError({
      code: 'llm.no-command',
      problem: 'the provider `command` needs a command',
      mend: 'name one that reads a prompt on its standard input, e.g. ollama run qwen3',
    });
  },
};

/**
 * Opens a provider. Asks nothing yet.
 *
 * @throws UserError where the environment holds no key and the server is the provider's own, or the command is missing
 */
export function createProvider(settings: ProviderSettings, environment: Environment): Provider {
  return CREATE[settings.name](settings, environment);
}

/** Who pays where a key serves several organisations or projects, by OpenAI's own variables. */
function accountHeaders(environment: Environment): Readonly<Record<string, string>> {
  const { OPENAI_ORG_ID: organisation, OPENAI_PROJECT_ID: project } = environment;
  return {
    ...(organisation && { 'openai-organization': organisation }),
    ...(project && { 'openai-project': project }),
  };
}

function keyOf(name: keyof typeof KEY_VARIABLES, baseUrl: string | undefined, environment: Environment): string {
  const variable = KEY_VARIABLES[name];
  const key = environment[variable];
  if (key !== undefined && key.trim() !== '') return key.trim();
  // A local server asks for no key.
  if (baseUrl !== undefined) return NO_KEY;
  throw new UserError({
    code: 'llm.no-key',
    problem: `the provider \`${name}\` needs a key, and ${variable} is not set`,
    mend: `set it: export ${variable}=…; or name the address of a server that needs none`,
    details: { variable },
  });
}
