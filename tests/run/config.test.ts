import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../src/base/index.ts';
import { createRun, openRun, type Run, type RunConfig } from '../../src/run/index.ts';
import { toyLlmSettings } from '../search/llm-world.ts';
import { folderForAll } from '../temporary-folder.ts';
import { refusalOf } from '../user-error.ts';
import { toyConfig } from './toy-run.ts';

type Path = readonly (string | number)[];

/** A configuration with everything that one may have. */
const full: RunConfig = {
  ...toyConfig({ operators: { llm: 0.7, grammar: 0.3 } }),
  operator: 'openai',
  requestWeights: { e2e: 1, ttft: 0.3, itl: 1 },
  priors: {
    units: { '1': { median: 20, sigma: 1.25 } },
    constants: { overheadUs: { median: 3000, sigma: 0.5 } },
  },
  llm: {
    provider: { name: 'openai', baseUrl: 'http://localhost:11434/v1', stream: true },
    client: { concurrency: 4, timeoutMs: 180_000, maxAttempts: 3, maxWaitMs: 300_000 },
    settings: toyLlmSettings({
      parameters: { maxOutputTokens: 1000, temperature: 0.5 },
      limits: { maxCostUsd: 2, maxCalls: 90 },
    }),
    replay: '/cassette',
  },
};

const root = folderForAll();
let run: Run;

beforeAll(() => {
  run = createRun(join(root, 'full'), full);
});

function leaves(value: unknown, path: Path = []): readonly (readonly [Path, unknown])[] {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, part]) => leaves(part, [...path, Array.isArray(value) ? Number(key) : key]))
    : [[path, value]];
}

/** The configuration with another value at a path, as it would stand in the file. */
function textWith(path: Path, value: unknown): string {
  const changed = JSON.parse(JSON.stringify(full)) as Record<string, unknown>;
  let at = changed;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>;
  at[path.at(-1) ?? ''] = value;
  return `${JSON.stringify(changed, null, 2)}\n`;
}

function refusal(text: string): UserError {
  writeFileSync(run.files.config, text);
  return refusalOf(() => openRun(run.directory));
}

function lineWith(text: string, path: Path): number {
  const index = text.split('\n').findIndex((line) => line.includes(`"${path.at(-1)}"`));
  return index + 1;
}

describe('a configuration', () => {
  it('of earlier runs, whose prompts had fewer templates, is read', () => {
    const { search: _, advice: __, ...earlier } = full.llm!.settings.templates;
    writeFileSync(run.files.config, textWith(['llm', 'settings', 'templates'], earlier));
    expect(openRun(run.directory).config.llm?.settings.templates).toEqual({ ...earlier, search: '', advice: '' });
  });

  it.each(
    leaves(full)
      .filter(([, value]) => typeof value === 'number')
      .map(([path]) => [path.join('.'), path] as const),
  )('is refused with −1 for %s, with file, line and place', (at, path) => {
    const text = textWith(path, -1);
    const { message, mend } = refusal(text);
    const [, line = '', place] = /config\.json:(\d+): ([\w.]+): /.exec(message) ?? [];
    expect(place).toBe(at);
    expect(text.split('\n')[Number(line) - 1]).toMatch(/: -1,?$/);
    expect(mend).toMatch(/restore/);
  });

  it.each<[string, Path, unknown]>([
    ['half a seed', ['search', 'seed'], 0.5],
    ['a seed beyond the whole numbers', ['search', 'seed'], 2 ** 60],
    ['no islands', ['search', 'islands'], 0],
    ['more islands than the memory holds', ['search', 'islands'], 1e9],
    ['more children than the memory holds', ['search', 'children'], 1e12],
    ['a tolerance above 1', ['search', 'tolerance'], 1.5],
    ['no operations', ['search', 'caps', 'operations'], 0],
    ['no time', ['timeoutSeconds'], 0],
    ['a time that no timer can wait', ['timeoutSeconds'], 1e9],
    ['a call that no timer can wait for', ['llm', 'client', 'timeoutMs'], 1e12],
    ['a seed program without a name', ['seeds', 0, 'name'], ''],
    ['a seed program without a text', ['seeds', 0, 'source'], ''],
    ['an address that is none', ['llm', 'provider', 'baseUrl'], 'localhost'],
    ['a model without a name', ['llm', 'settings', 'models', 0, 'model'], ''],
    ['data without a hash', ['data', 'hash'], ''],
    ['a number for a text', ['operator'], 7],
  ])('is refused with %s', (_, path, value) => {
    const text = textWith(path, value);
    expect(refusal(text).message).toMatch(new RegExp(`config\\.json:\\d+: ${path.join('\\.')}: `));
  });

  it.each<[string, Path, unknown, string]>([
    ['no seed program', ['seeds'], [], 'seeds'],
    ['no weight for requests', ['requestWeights'], { e2e: 0, ttft: 0, itl: 0 }, 'requestWeights'],
    ['no operator with a share', ['search', 'operators'], { grammar: 0 }, 'search.operators'],
    ['no model', ['llm', 'settings', 'models'], [], 'llm.settings.models'],
  ])('is refused with %s', (_, path, value, at) => {
    const text = textWith(path, value);
    expect(refusal(text).message).toContain(`config.json:${lineWith(text, path)}: ${at}: `);
  });

  it('is refused where the operator llm has a share and no model is named', () => {
    expect(refusal(textWith(['llm'], undefined)).message).toMatch(/: search\.operators\.llm: .*no language model/);
  });

  it('is refused before anything is written', () => {
    const directory = join(root, 'never');
    const config: RunConfig = { ...toyConfig(), search: { ...toyConfig().search, seed: -1 } };
    expect(() => createRun(directory, config)).toThrow(UserError);
    expect(() => createRun(directory, config)).toThrow(/search\.seed: /);
    expect(existsSync(directory)).toBe(false);
  });

  it('opens with everything that it may have', () => {
    writeFileSync(run.files.config, textWith(['search', 'seed'], 0));
    expect(openRun(run.directory).config).toEqual({ ...full, search: { ...full.search, seed: 0 } });
  });
});
