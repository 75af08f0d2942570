import { UserError } from '../base/index.ts';

/** The environment variable that holds each provider's key. Keys come from nowhere else. */
export const KEY_VARIABLES = { anthropic: 'ANTHROPIC_API_KEY', openai: 'OPENAI_API_KEY' } as const;

export type Environment = Readonly<Record<string, string | undefined>>;

/** What is shorter than this is hardly a real secret, and replacing it would garble ordinary text. */
const SHORTEST_SECRET = 8;

/** Environment variables whose value is a secret, by their name. */
const SECRET_NAME = /(?:^|_)(?:API_KEY|AUTH_TOKEN|ACCESS_KEY|TOKEN|SECRET|PASSWORD)$/i;

/** Replaces every secret of the environment that occurs in a text. */
export type Scrub = (text: string) => string;

/** Makes a scrubber for the secrets of an environment: the values of variables that are named like keys and tokens. */
export function createScrub(environment: Environment): Scrub {
  const secrets = Object.entries(environment)
    .flatMap(([name, value]) =>
      SECRET_NAME.test(name) && value !== undefined && value.length >= SHORTEST_SECRET ? [{ name, value }] : [],
    )
    // Longest first: one secret may be the beginning of another.
    .sort((a, b) => b.value.length - a.value.length);
  return (text) => secrets.reduce((clean, { name, value }) => clean.replaceAll(value, `[${name}]`), text);
}

/**
 * Refuses a setting that holds a secret, because settings are written to the run's directory.
 *
 * @throws UserError that names the variable, never the secret
 */
export function refuseSecrets(what: string, text: string, environment: Environment): void {
  if (createScrub(environment)(text) === text) return;
  throw new UserError({
    code: 'llm.secret-in-settings',
    problem: `${what} holds the value of a secret environment variable, and settings are stored with the run`,
    mend: 'refer to the variable by its name, e.g. $OPENAI_API_KEY in single quotes',
  });
}
