import { describe, expect, it } from 'vitest';
import { type Heat, outraced } from '../../src/evaluate/race.ts';
import type { ObjectiveName } from '../../src/evaluate/types.ts';

const LIMIT = 8;

describe('a program is out of the race', () => {
  it.each([
    ['e2e', 'explore', 2.5],
    ['e2e', 'search', 2],
    ['e2e', 'widen', 2],
    ['mape', 'explore', 1.15],
    ['mape', 'search', 1.1],
    ['mape', 'widen', 1.1],
  ] as const)('by %s, after %s, above %d times what the archive takes, and not before', (objective, heat, margin) => {
    const most = margin * LIMIT;
    expect(outraced(objective, heat, most, LIMIT)).toBeUndefined();
    expect(outraced(objective, heat, most * (1 + 1e-12), LIMIT)).toMatchObject({ status: 'rejected', reason: 'race' });
  });

  it('where its error is no number', () => {
    expect(outraced('e2e', 'explore', Number.NaN, LIMIT)?.reason).toBe('race');
    expect(outraced('e2e', 'explore', Number.POSITIVE_INFINITY, LIMIT)?.reason).toBe('race');
  });

  it('but never where the archive takes anything', () => {
    const heats: readonly Heat[] = ['explore', 'search', 'widen'];
    for (const objective of ['e2e', 'mape'] as const satisfies readonly ObjectiveName[]) {
      for (const heat of heats) expect(outraced(objective, heat, 1e9, Number.POSITIVE_INFINITY)).toBeUndefined();
    }
  });

  it('with its error and the one that would do in the answer', () => {
    expect(outraced('mape', 'search', 12.345, 8.001)?.detail).toBe(
      'with constants fitted on a part of the rows its error is 12.3 %; of its size the archive takes less than 8.00 %',
    );
  });
});
