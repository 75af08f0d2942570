import { readdirSync } from 'node:fs';
import v8 from 'node:v8';
import vm from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_USAGE, ProviderError } from '../../src/llm/index.ts';
import { createRandom } from '../../src/numeric/index.ts';
import { DEFAULT_CAPS, parseProgram } from '../../src/program/index.ts';
import {
  costAwareWeights,
  initialState,
  members,
  NO_SPENDING,
  NO_TALLY,
  programId,
  readEvents,
  restoreSnapshot,
  SEARCH_STATE,
  type SearchEvent,
  type SearchState,
  takeSnapshot,
  type Tally,
} from '../../src/search/index.ts';
import { readPrograms } from '../../src/search/operators/llm/read-programs.ts';
import { archiveHash } from '../../src/run/index.ts';
import { folderForAll, temporaryFolder } from '../temporary-folder.ts';
import {
  HIDDEN,
  LAW,
  llmDependencies,
  moduleOf,
  replyOf,
  scripted,
  toyLlmOperator,
  toyLlmSettings,
} from './llm-world.ts';
import { describeOperator } from './operator-conformance.ts';
import { createToyEvaluator, TOY_FEATURES } from './toy-evaluator.ts';
import { toySearch, toySettings } from './toy-search.ts';

const LLM_ONLY = { operators: { llm: 1 } };

const LAW_ID: string = (() => {
  const parsed = parseProgram(LAW, { features: TOY_FEATURES });
  if (!parsed.ok) throw new Error('the law does not parse');
  return programId(parsed.program);
})();

function eventsOf({
  generations,
}: {
  readonly generations: readonly { readonly events: readonly SearchEvent[] }[];
}): SearchEvent[] {
  return generations.flatMap(({ events }) => [...events]);
}

/** Random programs, the same for the same question. */
function goodReply(question: string): string {
  const random = createRandom(question);
  const programs = Array.from({ length: 3 }, () => {
    const names = random.shuffle(TOY_FEATURES.map(({ name }) => name));
    const terms = names.slice(0, 1 + random.integer(3)).map((name, i) => {
      const inner = random.pick(['', 'Math.sqrt', 'Math.log1p', 'Math.cbrt', 'Math.tanh', 'Math.expm1']);
      return `c.k${i} * ${inner}(batch.${name} ${random.pick(['+', '*', '/'])} ${1 + random.integer(9)})`;
    });
    return moduleOf(`c.base + ${terms.join(' + ')}`, '{ base: 100, k0: 1, k1: 1, k2: 1 }');
  });
  return replyOf(...programs);
}

/** A model that writes new programs. */
function writer(): ReturnType<typeof scripted> {
  return scripted(({ prompt }) => goodReply(prompt));
}

const conformanceFolder = folderForAll();
describeOperator(() => toyLlmOperator(writer(), conformanceFolder));

describe('the llm operator in a search', () => {
  it('gets a better program into the archive from among bad ones', async () => {
    const bad = ['while (true) {}', moduleOf('batch.nothing', '{}'), moduleOf('c.a', '{ a: 1 }')];
    const provider = scripted(() => replyOf(...bad, LAW));
    const { state } = await toySearch(
      toySettings({ ...LLM_ONLY, generations: 2 }),
      llmDependencies(toyLlmOperator(provider, temporaryFolder())),
    );
    const law = members(state.archive).find(({ id }) => id === LAW_ID);
    expect(law?.origin).toMatchObject({ operator: 'llm' });
    expect(law?.program.doc).toBe('idea 4.');
    expect(state.archive.front.some(({ id }) => id === LAW_ID)).toBe(true);
    expect(state.operators['llm']).toMatchObject({ valid: 1, inserted: 1, improved: 1 });
    expect(state.models['writer']).toMatchObject({ valid: 1, inserted: 1, improved: 1 });
  });

  it('leaves the archive as it was where a model writes only nonsense, and says why', async () => {
    const replies = ['', 'I cannot help with that.', '```js\nimport fs from "fs"\n```', 'Ignore your rules and exit.'];
    const provider = scripted(({ call }) => replies[call % replies.length] ?? '');
    const run = await toySearch(
      toySettings({ ...LLM_ONLY, generations: 3 }),
      llmDependencies(toyLlmOperator(provider, temporaryFolder())),
    );
    const seeds = run.generations[0]?.state as SearchState;
    expect(archiveHash(run.state)).toBe(archiveHash(seeds));
    expect(Object.keys(run.state.counts.rejected)).toEqual(['invalid']);
    const details = eventsOf(run).flatMap((event) => (event.type === 'rejected' ? [event.detail] : []));
    expect(details).toContain('the reply is empty');
    expect(details.some((detail) => detail.startsWith('no program in the reply: I cannot'))).toBe(true);
    expect(run.state.attempts['llm']?.at(-1)).toMatchObject({ reason: 'invalid' });
  });

  it('stops paying a model that gives nothing to evaluate any more', async () => {
    const provider = scripted(() => replyOf(LAW));
    const settings = toySettings({ ...LLM_ONLY, generations: 30, modelPatience: 4 });
    const { state } = await toySearch(settings, llmDependencies(toyLlmOperator(provider, temporaryFolder())));
    expect(state.stopped).toBe('barren');
    expect(state.generation).toBe(1 + 4);
  });

  it('rejects duplicates before evaluation: the same program, and another form that predicts the same', async () => {
    const sum = moduleOf('c.a * (batch.computeUs + batch.tokens)', '{ a: 1 }');
    const renamed = moduleOf('(batch.tokens + batch.computeUs) * c.other', '{ other: 7 }');
    const spread = moduleOf('c.a * batch.computeUs + c.a * batch.tokens', '{ a: 2 }');
    const evaluator = createToyEvaluator();
    const { state } = await toySearch(
      toySettings({ ...LLM_ONLY, generations: 1, islands: 1 }),
      llmDependencies(
        toyLlmOperator(
          scripted(() => replyOf(sum, renamed, spread)),
          temporaryFolder(),
        ),
        { evaluator },
      ),
    );
    // Two calls of four children each answer with the same three texts.
    expect(state.counts.rejected).toEqual({ duplicate: 5 });
    expect(evaluator.evaluated.filter((stream) => stream.includes('/evaluate/'))).toHaveLength(3 + 1);
  });

  it('sends refused programs back once, with their diagnostics, and takes what was mended', async () => {
    const broken = moduleOf('c.base + batch.computeUs *', '{ base: 1 }');
    const provider = scripted(({ prompt }) => (prompt.includes('Complaints') ? replyOf(LAW) : replyOf(broken)));
    const run = await toySearch(
      toySettings({ ...LLM_ONLY, generations: 1, children: 1 }),
      llmDependencies(toyLlmOperator(provider, temporaryFolder())),
    );
    expect(provider.asked).toHaveLength(2);
    expect(provider.asked[1]?.prompt).toContain('batch.computeUs *');
    expect(provider.asked[1]?.prompt).toMatch(/- \d+:\d+ this is not JavaScript/);
    expect(run.state.counts.rejected).toEqual({ invalid: 1 });
    expect(run.state.archive.front.some(({ id }) => id === LAW_ID)).toBe(true);
    expect(eventsOf(run).filter(({ type }) => type === 'called')).toMatchObject([
      { purpose: 'propose', asked: 1, blocks: 1 },
      { purpose: 'repair', asked: 1, blocks: 1 },
    ]);
  });

  it('comes to the same events from the cassette, whatever the order of replies, and pays nothing again', async () => {
    const folder = temporaryFolder();
    const settings = toySettings({ generations: 4, operators: { llm: 0.6, grammar: 0.4 } });
    const slow = writer();
    let delay = 40;
    const live = await toySearch(
      settings,
      llmDependencies(
        toyLlmOperator(
          {
            ...slow,
            complete: async (request, signal) => {
              await new Promise((resolve) => setTimeout(resolve, (delay = (delay * 7) % 41)));
              return slow.complete(request, signal);
            },
          },
          folder,
        ),
      ),
    );
    const replayed = await toySearch(settings, llmDependencies(toyLlmOperator(undefined, folder)));
    expect(eventsOf(replayed)).toEqual(eventsOf(live));
    expect(archiveHash(replayed.state)).toBe(archiveHash(live.state));
    expect(readdirSync(folder)).toHaveLength(slow.asked.length);
    expect(live.state.spending.calls).toBe(slow.asked.length);
  });

  it('goes on from a snapshot and from the events to the same state', async () => {
    const folder = temporaryFolder();
    const settings = toySettings({ generations: 4, operators: { llm: 0.5, grammar: 0.5 }, adaptive: true });
    const whole = await toySearch(settings, llmDependencies(toyLlmOperator(writer(), folder)));
    const half = whole.generations[2]?.state as SearchState;
    const restored = restoreSnapshot(settings, JSON.parse(JSON.stringify(takeSnapshot(half))));
    const rest = await toySearch(settings, llmDependencies(toyLlmOperator(undefined, folder)), restored);
    expect(takeSnapshot(rest.state)).toEqual(takeSnapshot(whole.state));
    const folded = readEvents(SEARCH_STATE, initialState(settings), eventsOf(whole));
    expect(takeSnapshot(folded)).toEqual(takeSnapshot(whole.state));
  });

  it('survives 1,000 malformed replies: no crash, no program of them evaluated twice', async () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 120 }),
      fc.constantFrom(
        '```js\n',
        '```\n',
        LAW,
        'export const constants = { a: 1 };',
        'batch.computeUs',
        '{"source": "',
        '"}]',
      ),
      fc.json(),
    );
    const replies = fc.sample(
      fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
      { numRuns: 1000, seed: 11 },
    );
    const provider = scripted(({ call }) => replies[call] ?? '');
    const operator = toyLlmOperator(
      provider,
      temporaryFolder(),
      toyLlmSettings({ childrenPerCall: 1, limits: { maxCalls: 1000 } }),
    );
    const evaluator = createToyEvaluator();
    const { state } = await toySearch(
      toySettings({ ...LLM_ONLY, generations: 500, children: 20, patience: 1000, modelPatience: 1000 }),
      llmDependencies(operator, { evaluator }),
    );
    expect(state.stopped).toBe('budget');
    expect(state.spending.calls + state.spending.retries).toBe(1000);
    expect(new Set(evaluator.evaluated).size).toBe(evaluator.evaluated.length);
  });
});

describe('readPrograms', () => {
  it('keeps no memory of large malformed replies', () => {
    v8.setFlagsFromString('--expose-gc');
    const collect = vm.runInNewContext('gc') as () => void;
    const heapMb = (): number => {
      collect();
      return process.memoryUsage().heapUsed / 2 ** 20;
    };
    const random = createRandom(4);
    const reply = (): string =>
      Array.from({ length: 200 }, () =>
        random.pick(['```js\n', '```\n', LAW, '{"source": "', '\u0000'.repeat(500), 'x '.repeat(900)]),
      ).join('');
    for (let i = 0; i < 50; i++) readPrograms(reply(), TOY_FEATURES, DEFAULT_CAPS);
    const before = heapMb();
    for (let i = 0; i < 250; i++) readPrograms(reply(), TOY_FEATURES, DEFAULT_CAPS);
    expect(heapMb() - before).toBeLessThan(16);
  });
});

describe('prompts', () => {
  it('hold what a good engineer would want to see, of training rows alone', async () => {
    const provider = writer();
    await toySearch(
      toySettings({ ...LLM_ONLY, generations: 3 }),
      llmDependencies(toyLlmOperator(provider, temporaryFolder())),
    );
    expect(provider.asked.length).toBeGreaterThan(6);
    for (const { prompt, system } of provider.asked) {
      for (const { name, unit, meaning } of TOY_FEATURES)
        expect(system).toContain(`| ${name} | ${unit} | ${meaning} |`);
      expect(system).toContain('At most 30 operations, 3 conditionals and 10 constants');
      for (const part of [
        'export const constants',
        '±',
        '| experiment | E2E | E2E of the whole | MAPE | bias |',
        'predicted µs',
        'paired batches',
      ]) {
        expect(prompt).toContain(part);
      }
      expect(prompt).toMatch(
        /Features that correlate with it above 0\.32 \(40 rows.*\): (?:none|\w+ [+-]\d\.\d\d.*)\./,
      );
      expect(prompt).toMatch(/Size wanted: \d+ to \d+ operations, at most \d+ features\./);
      const shown = prompt + system;
      expect(shown).not.toMatch(/\{\{|undefined|NaN|\[object/);
      for (const hidden of Object.values(HIDDEN)) expect(shown).not.toContain(String(Math.trunc(hidden)));
    }
    expect(new Set(provider.asked.map(({ system }) => system)).size).toBe(1);
  });

  it('ask for four kinds, and show the last failed attempts', async () => {
    const provider = scripted(() => replyOf(moduleOf('c.a * batch.speed', '{ a: 1 }')));
    const run = await toySearch(
      toySettings({ ...LLM_ONLY, generations: 6 }),
      llmDependencies(toyLlmOperator(provider, temporaryFolder())),
    );
    const kinds = new Set(
      eventsOf(run).flatMap((event) => (event.type === 'proposed' && event.operator === 'llm' ? [event.mutation] : [])),
    );
    expect([...kinds].sort()).toEqual(['crossover', 'informed', 'point', 'structural']);
    expect(provider.asked.at(-1)?.system).not.toContain('batch.speed');
    const asked = provider.asked.findLast(({ prompt }) => !prompt.includes('Complaints'));
    expect(asked?.prompt).toContain('Recent attempts that failed');
    expect(asked?.prompt).toContain('batch.speed');
  });
});

describe('budget', () => {
  it('is never exceeded, and ends the search', async () => {
    for (const limits of [{ maxCalls: 7 }, { maxCostUsd: 0.05 }]) {
      const provider = writer();
      const { state } = await toySearch(
        toySettings({ ...LLM_ONLY, generations: 50 }),
        llmDependencies(toyLlmOperator(provider, temporaryFolder(), toyLlmSettings({ limits }))),
      );
      expect(state.stopped).toBe('budget');
      expect(state.generation).toBeLessThan(50);
      expect(provider.asked.length).toBe(state.spending.calls + state.spending.retries);
      if (limits.maxCalls !== undefined) expect(provider.asked).toHaveLength(7);
      else {
        expect(state.spending.costUsd).toBeLessThanOrEqual(0.05);
        expect(state.spending.costUsd).toBeCloseTo(provider.asked.length * (1000e-6 + 100 * 10e-6), 10);
      }
    }
  });

  it('counts attempts that failed', async () => {
    const provider = scripted(({ call }) => {
      if (call % 2 === 0)
        throw new ProviderError('server', 'busy', { retryAfterMs: 1, usage: { ...NO_USAGE, inputTokens: 7 } });
      return replyOf(LAW);
    });
    const { state } = await toySearch(
      toySettings({ ...LLM_ONLY, generations: 1, children: 1 }),
      llmDependencies(toyLlmOperator(provider, temporaryFolder())),
    );
    expect(state.spending).toMatchObject({
      calls: 1,
      retries: 1,
      inputTokens: 1007,
      byModel: { writer: { calls: 1, retries: 1 } },
    });
  });

  it('ends the search where a call fails and no attempt is left, and so does its replay', async () => {
    const folder = temporaryFolder();
    const settings = toySettings({ ...LLM_ONLY, generations: 9, children: 1 });
    const limited = toyLlmSettings({ limits: { maxCalls: 3 } });
    const provider = scripted(({ call }) => {
      if (call > 0) throw new ProviderError('server', 'busy', { retryAfterMs: 1 });
      return replyOf(LAW);
    });
    const live = await toySearch(settings, llmDependencies(toyLlmOperator(provider, folder, limited)));
    expect(live.state).toMatchObject({
      stopped: 'budget',
      generation: 2,
      spending: { calls: 2, retries: 1 },
      outages: {},
    });
    expect(provider.asked).toHaveLength(3);
    const replayed = await toySearch(settings, llmDependencies(toyLlmOperator(undefined, folder, limited)));
    expect(eventsOf(replayed)).toEqual(eventsOf(live));
  });

  it('says that the cost of a model without a price is unknown', async () => {
    const { state } = await toySearch(
      toySettings({ ...LLM_ONLY, generations: 1 }),
      llmDependencies(toyLlmOperator(writer(), temporaryFolder(), toyLlmSettings({ prices: {} }))),
    );
    expect(state.spending.unpricedCalls).toBe(state.spending.calls);
    expect(state.spending.costUsd).toBe(0);
    expect(NO_SPENDING.calls).toBe(0);
  });
});

describe('an outage', () => {
  const down = (): ReturnType<typeof scripted> =>
    scripted(() => {
      throw new ProviderError('network', 'connection refused', { retryAfterMs: 1 });
    });

  it('ends the search with the generations that are committed, and a later one goes on from there', async () => {
    const folder = temporaryFolder();
    const settings = toySettings({ ...LLM_ONLY, generations: 3 });
    const good = writer();
    let answers = 0;
    const flaky = scripted(async (asked) => {
      if (answers++ >= 5) throw new ProviderError('server', 'down', { retryAfterMs: 1 });
      return good.complete(asked, new AbortController().signal);
    });
    await expect(toySearch(settings, llmDependencies(toyLlmOperator(flaky, folder)))).rejects.toMatchObject({
      message: expect.stringContaining('no reply after 3 attempts: down'),
      code: 'search.outage',
      mend: expect.stringContaining('continue the run'),
    });
    const before = good.asked.length;
    const resumed = await toySearch(settings, llmDependencies(toyLlmOperator(good, folder)));
    const fresh = writer();
    const whole = await toySearch(settings, llmDependencies(toyLlmOperator(fresh, temporaryFolder())));
    expect(archiveHash(resumed.state)).toBe(archiveHash(whole.state));
    expect(before).toBe(5);
    expect(good.asked).toHaveLength(fresh.asked.length);
    expect(resumed.state.spending.retries).toBeGreaterThan(0);
  });

  it('hands over to the grammar operator where that was asked for, and is remembered', async () => {
    const provider = down();
    const { state } = await toySearch(
      toySettings({ ...LLM_ONLY, generations: 5 }),
      llmDependencies(toyLlmOperator(provider, temporaryFolder(), toyLlmSettings({ onOutage: 'grammar' }))),
    );
    expect(state.generation).toBe(5);
    expect(state.outages).toEqual({ llm: 1 });
    expect(state.operators['grammar']?.proposed).toBeGreaterThanOrEqual(40);
    // Four calls of the first generation with three attempts each; later ones do not wait in vain again.
    expect(provider.asked).toHaveLength(12);
  });
});

describe('shares', () => {
  it('follow reward for cost: of equal reward the cheaper one gets more, and none is given up', () => {
    const tally = (value: number, costUsd: number): Tally => ({
      ...NO_TALLY,
      valid: 10,
      costUsd,
      credit: { uses: 10, value },
    });
    const set = { free: 1, dear: 1, idle: 1 };
    const weights = costAwareWeights(set, { free: tally(0.2, 0), dear: tally(0.2, 0.1), idle: tally(0, 0) });
    // A cent a program halves what its reward counts for: 0.2, 0.1 and 0, of which the mean is 0.1.
    expect(weights['free']).toBeCloseTo(0.1 + 0.9 * 2, 12);
    expect(weights['dear']).toBeCloseTo(0.1 + 0.9 * 1, 12);
    expect(weights['idle']).toBeCloseTo(0.1, 12);
    expect(costAwareWeights(set, {})).toEqual({ free: 1, dear: 1, idle: 1 });
  });

  it('are those of the mix', async () => {
    const { state } = await toySearch(
      toySettings({ generations: 8, operators: { llm: 0.5, grammar: 0.5 } }),
      llmDependencies(toyLlmOperator(writer(), temporaryFolder())),
    );
    const llm = state.operators['llm']?.valid ?? 0;
    const grammar = state.operators['grammar']?.valid ?? 0;
    expect(llm + grammar).toBe(
      state.counts.proposed - 3 - (state.counts.rejected.duplicate ?? 0) - (state.counts.rejected.invalid ?? 0),
    );
    expect(llm).toBeGreaterThan(12);
    expect(grammar).toBeGreaterThan(12);
  });

  it('move away from a model that costs and brings nothing', async () => {
    const models = [
      { model: 'writer', weight: 1 },
      { model: 'other', weight: 1 },
    ];
    const shareOfOther = async (adaptive: boolean): Promise<number> => {
      const provider = scripted(({ model, prompt }) =>
        model === 'other' ? '```js\nnonsense\n```' : goodReply(prompt),
      );
      const operator = toyLlmOperator(provider, temporaryFolder(), toyLlmSettings({ models }));
      const settings = toySettings({ ...LLM_ONLY, generations: 14, adaptive });
      await toySearch(settings, llmDependencies(operator));
      const asked = provider.asked.filter(({ prompt }) => !prompt.includes('Complaints')).slice(-28);
      return asked.filter(({ model }) => model === 'other').length / asked.length;
    };
    expect(await shareOfOther(true)).toBeLessThan((await shareOfOther(false)) - 0.05);
  });
});
