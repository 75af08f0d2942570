import { describe, expect, it } from 'vitest';
import type { FloorFigures } from '../../src/evaluate/index.ts';
import { failedExportGates, type Individual } from '../../src/search/index.ts';

const INVARIANTS = { nonPositive: 0, deterministic: true, pure: true, monotonicityViolations: 0 };
const KEPT: FloorFigures = { batches: 44, violations: 0, worst: 1.02, rises: 20, shortRises: 0, error: 0 };

function reasons(floor: FloorFigures | undefined, looped?: FloorFigures): readonly string[] {
  const evaluation = { invariants: INVARIANTS, floor, ...(looped && { closedLoop: { floor: looped } }) };
  return failedExportGates({ evaluation } as unknown as Individual).map(({ gate, reason }) => `${gate}: ${reason}`);
}

describe('the gate of the physical floor', () => {
  it('is passed where all bounds are kept, and where there are none', () => {
    expect(reasons(KEPT)).toEqual([]);
    expect(reasons(undefined)).toEqual([]);
  });

  it('says how many batches are too fast, and by how much', () => {
    expect(reasons({ ...KEPT, violations: 3, worst: 0.41, shortRises: 2 })).toEqual([
      'floor: 3 of 44 batches that nobody measured break a physical bound, the worst with 0.41 times its floor',
    ]);
  });

  it('says where context costs nothing', () => {
    expect(reasons({ ...KEPT, shortRises: 2 })).toEqual([
      'floor: 2 of 20 steps to more context cost less than it takes to read it',
    ]);
  });

  it('goes by the constants in use', () => {
    expect(reasons({ ...KEPT, violations: 3 }, KEPT)).toEqual([]);
    expect(reasons(KEPT, { ...KEPT, shortRises: 1 })).toHaveLength(1);
  });
});
