import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type DocumentKind, readYaml } from '../../../base/index.ts';
import type { LoadProfile } from '../../clients/load-profile.ts';

/** What was asked of the load generator, and what it made of that: names of options have changed, and some are ignored. */
const PROFILE_FILE = 'profile.yaml';
const RESOLVED_FILE = join('results', 'config.yaml');

const count = z.number().int().positive().nullish();
const tokens = z.number().int().nonnegative().nullish();
const SHARED_PREFIX = z.looseObject({
  num_groups: count,
  num_unique_system_prompts: count,
  num_prompts_per_group: count,
  num_users_per_system_prompt: count,
  system_prompt_len: tokens,
  question_len: tokens,
  output_len: count,
  enable_multi_turn_chat: z.boolean().nullish(),
});

const CONFIG_SCHEMA = z.looseObject({
  data: z.looseObject({ type: z.string().nullish(), shared_prefix: SHARED_PREFIX.nullish() }).nullish(),
  load: z
    .looseObject({
      type: z.string().nullish(),
      stages: z.array(z.looseObject({ rate: z.number().positive(), duration: z.number().positive() })).nullish(),
    })
    .nullish(),
});

const CONFIG: DocumentKind<z.infer<typeof CONFIG_SCHEMA>> = {
  schema: CONFIG_SCHEMA,
  code: 'data.wrong-load-profile',
  mend: 'Copy the file again from the run, or remove it',
};

/**
 * What the load generator of a run was told to send: as it understood its options (`results/config.yaml`) or, without that, as they
 * were given (`profile.yaml`).
 *
 * @param promptTokens of a whole prompt, as they were counted; by default the sum of its parts.
 * @returns undefined where there is no such file, or the load is of another kind than equal or Poisson arrivals of prompts that share
 *   their beginnings.
 * @throws UserError where the file cannot be read.
 */
export function readLoadProfile(folder: string, promptTokens?: number): LoadProfile | undefined {
  const path = [RESOLVED_FILE, PROFILE_FILE].map((name) => join(folder, name)).find(existsSync);
  if (path === undefined) return undefined;
  const { data, load } = readYaml(path, CONFIG);
  const { type: arrivals, stages } = load ?? {};
  const prompts = data?.shared_prefix;
  const groups = prompts?.num_groups ?? prompts?.num_unique_system_prompts;
  const promptsPerGroup = prompts?.num_prompts_per_group ?? prompts?.num_users_per_system_prompt;
  const { system_prompt_len: system, question_len: question, output_len: outputTokens } = prompts ?? {};
  if (arrivals !== 'constant' && arrivals !== 'poisson') return undefined;
  // Conversations grow with their turns: their prompts are no longer those of the profile.
  if (data?.type !== 'shared_prefix' || prompts?.enable_multi_turn_chat === true) return undefined;
  if (!stages?.length || !groups || !promptsPerGroup || !outputTokens) return undefined;
  const whole = promptTokens ?? (system ?? 0) + (question ?? 0);
  if (!(whole > 0)) return undefined;
  return {
    arrivals,
    stages: stages.map(({ rate, duration }) => ({ rate, durationS: duration })),
    groups,
    promptsPerGroup,
    systemPromptTokens: system ?? 0,
    promptTokens: whole,
    outputTokens,
  };
}
