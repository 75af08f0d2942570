import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/numeric/index.ts';
import { DEFAULT_CAPS } from '../../src/program/index.ts';
import { compareByError, createSelector, members } from '../../src/search/index.ts';
import { createBestOnlyOperator } from '../../src/search/operators/controls/best-only.ts';
import { createRandomOperator } from '../../src/search/operators/controls/random-programs.ts';
import { describeOperator } from './operator-conformance.ts';
import { TOY_FEATURES } from './toy-evaluator.ts';
import { sharedToySearch } from './toy-search.ts';

describeOperator(createBestOnlyOperator);
describeOperator(createRandomOperator, { hasParents: false });

describe('the best-only control', () => {
  it('changes nothing but the program of the lowest error', async () => {
    const { archive } = (await sharedToySearch()).state;
    const select = createSelector(archive, 0);
    const best = [...members(archive)].sort(compareByError)[0]!;
    expect(select.best.criteria.error).toBe(best.criteria.error);
    for (let child = 0; child < 30; child++) {
      const context = { generation: 1, child, features: TOY_FEATURES, caps: DEFAULT_CAPS, select, credits: {} };
      const { parents } = await createBestOnlyOperator().propose(context, createRandom(child));
      expect(parents).toEqual([select.best.id]);
    }
  });
});

describe('the random control', () => {
  it('has no parents and makes programs of many sizes', async () => {
    const { archive } = (await sharedToySearch()).state;
    const select = createSelector(archive, 0);
    const sizes = new Set<number>();
    for (let child = 0; child < 60; child++) {
      const context = { generation: 1, child, features: TOY_FEATURES, caps: DEFAULT_CAPS, select, credits: {} };
      const proposal = await createRandomOperator().propose(context, createRandom(child));
      expect(proposal.parents).toEqual([]);
      if (proposal.ok) sizes.add(proposal.program.graph.nodes.length);
    }
    expect(sizes.size).toBeGreaterThan(8);
  });
});
