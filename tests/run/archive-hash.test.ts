import { describe, expect, it } from 'vitest';
import { archiveHash } from '../../src/run/index.ts';
import type { Individual, SearchState } from '../../src/search/index.ts';
import { sharedToySearch } from '../search/toy-search.ts';

describe('the hash of an archive', () => {
  const withFirst = (state: SearchState, change: (individual: Individual) => Individual): SearchState => {
    const [first, ...others] = state.archive.front as readonly [Individual, ...Individual[]];
    return { ...state, archive: { ...state.archive, front: [change(first), ...others] } };
  };

  it('changes with each thing that a program of it is and came to', async () => {
    const { state } = await sharedToySearch();
    const changes: readonly ((individual: Individual) => Individual)[] = [
      (one) => ({ ...one, id: 'ffffffff' }),
      (one) => ({ ...one, objectives: { ...one.objectives, error: one.objectives.error + 1e-9 } }),
      (one) => ({ ...one, objectives: { ...one.objectives, features: 99 } }),
      (one) => ({ ...one, tieBreak: one.tieBreak + 1e-9 }),
      (one) => ({ ...one, source: `${one.source} ` }),
      (one) => ({ ...one, evaluation: { ...one.evaluation, fits: [] } }),
      (one) => ({ ...one, evaluation: { ...one.evaluation, validationError: 7 } }),
    ];
    const hashes = [state, ...changes.map((change) => withFirst(state, change))].map(archiveHash);
    expect(new Set(hashes).size).toBe(1 + changes.length);
  });

  it('changes with the places of programs, and with nothing else', async () => {
    const { state } = await sharedToySearch();
    const moved = { ...state.archive, islands: state.archive.islands.toReversed() };
    expect(archiveHash({ ...state, archive: moved })).not.toBe(archiveHash(state));
    const spent = { ...state, generation: 77, spending: { ...state.spending, calls: 7 } };
    expect(archiveHash(spent)).toBe(archiveHash(state));
  });
});
