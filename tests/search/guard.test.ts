import { describe, expect, it } from 'vitest';
import { DEFAULT_CAPS, type FeatureTable, parseProgram } from '../../src/program/index.ts';
import type { Operator, ProposedEvent, Seed } from '../../src/search/index.ts';
import { TOY_FEATURES } from './toy-evaluator.ts';
import { toyDependencies, toySearch, toySettings } from './toy-search.ts';

/** The small world, in which batches without requests may exist. */
const features: FeatureTable = TOY_FEATURES.map((feature) =>
  feature.unit === 'requests' ? { ...feature, range: [0, 64], isCount: true } : feature,
);

function seed(name: string, value: string): Seed {
  const text = `export const constants = { a: 300, b: 1 };\nexport function predictStepTime(batch, c) { return ${value}; }`;
  const parsed = parseProgram(text, { features });
  if (!parsed.ok) throw new Error(parsed.diagnostics[0]?.message);
  return { name, program: parsed.program };
}

const ratio = seed('ratio', 'c.a + c.b * batch.computeUs / batch.requests');
const plain = seed('plain', 'c.a + c.b * batch.memoryUs');
async function proposalsOf(seeds: readonly Seed[], changes: Parameters<typeof toySettings>[0] = {}, copies = false) {
  const copyist: Operator = {
    name: 'copyist',
    redraws: 0,
    propose: () => Promise.resolve({ ok: true, mutation: 'copy', parents: [], program: ratio.program }),
  };
  const { generations, state } = await toySearch(
    toySettings({ generations: copies ? 1 : 0, operators: { copyist: 1 }, ...changes }),
    toyDependencies({ features, seeds, operators: [copyist] }),
  );
  const events = generations.flatMap((generation) => generation.events);
  return { state, proposed: events.filter((event): event is ProposedEvent => event.type === 'proposed') };
}

describe('proposals', () => {
  it('are guarded against counts of 0 in the log and in the archive, whoever wrote them', async () => {
    const guarded = 'c.b * batch.computeUs / Math.max(batch.requests, 1)';
    const fromSeed = await proposalsOf([ratio]);
    expect(fromSeed.proposed[0]?.source).toContain(guarded);
    expect(fromSeed.state.archive.front[0]?.source).toContain(guarded);
    const fromOperator = await proposalsOf([plain], {}, true);
    expect(fromOperator.proposed[1]?.source).toContain(guarded);
  });

  it('stay as they are where there is nothing to guard', async () => {
    const { proposed } = await proposalsOf([plain]);
    expect(proposed[0]?.source).toContain('return c.a + c.b * batch.memoryUs;');
  });

  it('stay unguarded where the guard does not fit under the caps', async () => {
    const { proposed, state } = await proposalsOf([ratio], { caps: { ...DEFAULT_CAPS, operations: 3 } });
    expect(proposed[0]?.source).toContain('c.b * batch.computeUs / batch.requests');
    expect(state.counts.evaluated).toBe(1);
  });

  it('count as known where they differ from a known program by the guard alone', async () => {
    const written = seed('written', 'c.a + c.b * batch.computeUs / Math.max(batch.requests, 1)');
    const { state } = await proposalsOf([written, ratio]);
    expect(state.counts.rejected).toEqual({ duplicate: 1 });
  });
});
