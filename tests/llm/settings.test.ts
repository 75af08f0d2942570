import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  costUsd,
  createScrub,
  mostUsd,
  parseModels,
  priceOf,
  readPrices,
  readTemplates,
  refuseSecrets,
  renderTemplate,
} from '../../src/llm/index.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { KEY } from './mock-server.ts';
import { REQUEST } from './provider-conformance.ts';

describe('prices', () => {
  it('cost what the table says for each kind of token', () => {
    const price = { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 };
    const usage = {
      inputTokens: 1000,
      cacheReadTokens: 600,
      cacheWriteTokens: 100,
      outputTokens: 200,
      estimated: false,
    };
    expect(costUsd(price, usage)).toBeCloseTo((300 * 3 + 600 * 0.3 + 100 * 3.75 + 200 * 15) / 1e6, 12);
    expect(mostUsd(price, REQUEST)).toBeGreaterThan(500 * 15e-6);
  });

  it('are found under a dated name too, but not under that of another version', () => {
    const table = readPrices();
    expect(priceOf(table, 'claude-haiku-4-5-20251001')).toEqual(table['claude-haiku-4-5']);
    expect(priceOf(table, 'gpt-4o-2024-08-06')).toEqual(table['gpt-4o']);
    expect(priceOf(table, 'gpt-4o-mini')).not.toEqual(table['gpt-4o']);
    expect(priceOf(table, 'claude-haiku-4-5-turbo')).toBeUndefined();
    expect(priceOf(table, 'constructor')).toBeUndefined();
  });

  it('can be given in a file, and a wrong one is refused by name and place', () => {
    const path = join(temporaryFolder(), 'prices.json');
    writeFileSync(path, '{"models": {"mine": {"input": 2, "output": 4}}}');
    expect(readPrices(path)).toEqual({ mine: { input: 2, output: 4, cacheRead: 2, cacheWrite: 2 } });
    writeFileSync(path, '{"models": {"mine": {"input": "free", "output": 4}}}');
    expect(() => readPrices(path)).toThrow(/prices\.json:\d+: models\.mine\.input/);
    expect(() => readPrices(`${path}.gone`)).toThrow(/prices\.json\.gone: no such file/);
  });
});

describe('parseModels', () => {
  it('reads names and weights', () => {
    expect(parseModels('a')).toEqual([{ model: 'a', weight: 1 }]);
    expect(parseModels('a:3, b:1')).toEqual([
      { model: 'a', weight: 3 },
      { model: 'b', weight: 1 },
    ]);
    expect(parseModels('qwen3:8b')).toEqual([{ model: 'qwen3:8b', weight: 1 }]);
    expect(parseModels('qwen3:8b:2,org/m')).toEqual([
      { model: 'qwen3:8b', weight: 2 },
      { model: 'org/m', weight: 1 },
    ]);
  });

  it.each([
    ['', 'no model is named'],
    [' , ', 'no model is named'],
    ['a:0', 'the model a has weight 0'],
    ['a,a:2', 'a model is named twice'],
  ])('refuses %j', (text, problem) => {
    expect(() => parseModels(text)).toThrow(problem);
  });
});

describe('secrets', () => {
  const environment = { OPENAI_API_KEY: KEY, MY_TOKEN: `${KEY}-longer`, HOME: '/home/somebody', SHORT_TOKEN: 'x' };

  it('are replaced by the name of their variable; other values and short ones stay', () => {
    const scrub = createScrub(environment);
    expect(scrub(`a ${KEY} b ${KEY}-longer c /home/somebody x`)).toBe(
      'a [OPENAI_API_KEY] b [MY_TOKEN] c /home/somebody x',
    );
  });

  it('that several variables hold have the name of the first one', () => {
    const twice = { A_TOKEN: KEY, OPENAI_API_KEY: KEY };
    expect(createScrub(twice)(KEY)).toBe('[A_TOKEN]');
  });

  it('are refused in settings without being named', () => {
    expect(() => refuseSecrets('--command', 'echo hello', environment)).not.toThrow();
    expect(() => refuseSecrets('--command', `curl -H ${KEY}`, environment)).toThrow(/^--command holds the value/);
  });
});

describe('templates', () => {
  it('of a folder replace those of the package, and the others stay', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'point.mustache'), 'Change {{what}} < {{> parent}}');
    const templates = readTemplates(['point', 'parent'], folder);
    expect(templates.parent).toContain('Program {{number}}');
    expect(renderTemplate({ ...templates, parent: '[{{what}}]' }, 'point', { what: 'a & b' })).toBe(
      'Change a & b < [a & b]',
    );
  });

  it('are refused where the folder is missing or empty, or a section stays open', () => {
    const folder = temporaryFolder();
    expect(() => readTemplates(['point'], join(folder, 'gone'))).toThrow('no such folder');
    expect(() => readTemplates(['point'], folder)).toThrow('holds no template');
    writeFileSync(join(folder, 'point.mustache'), '{{#parents}} …');
    expect(() => readTemplates(['point'], folder)).toThrow(/point\.mustache.*parents/);
  });
});
