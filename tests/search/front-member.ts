import type {
  BlockErrors,
  ClosedLoopFit,
  GroupFit,
  IntervalCoverage,
  InvariantFigures,
} from '../../src/evaluate/index.ts';
import { mean } from '../../src/numeric/index.ts';
import type { Individual } from '../../src/search/index.ts';
import { programOf } from '../evaluate/tables.ts';

const SOUND: InvariantFigures = { nonPositive: 0, deterministic: true, pure: true, monotonicityViolations: 0 };

/** What a test says of a program of a front. */
export interface Member {
  readonly operations?: number;
  readonly features?: number;
  /** Errors on validation rows by block of time, of each experiment. */
  readonly blocks?: readonly (readonly number[])[];
  /** Rows of each experiment. */
  readonly rows?: number;
  /** Default: the mean over blocks. */
  readonly validationError?: number;
  readonly invariants?: Partial<InvariantFigures>;
  readonly fits?: readonly GroupFit[];
  readonly program?: Individual['program'];
  readonly closedLoop?: Partial<ClosedLoopFit>;
  readonly coverage?: IntervalCoverage;
}

export function blocksOf(errors: readonly (readonly number[])[], rows = 100): readonly BlockErrors[] {
  return errors.map((each) => ({ weight: 1, rows, errors: each }));
}

/** A program of a front, with what choosing among programs looks at and no more. */
export function frontMember(id: string, member: Member): Individual {
  const { operations = 1, features = 1, blocks = [], rows = 100 } = member;
  const validationBlocks = blocksOf(blocks, rows);
  const evaluation = {
    validationError: member.validationError ?? mean(blocks.map(mean)),
    validationBlocks,
    metrics: { train: [], valid: [] },
    fits: member.fits ?? [],
    invariants: { ...SOUND, ...member.invariants },
    ...(member.closedLoop && { closedLoop: member.closedLoop }),
    ...(member.coverage && { coverage: member.coverage }),
  };
  const program = member.program ?? programOf({ a: 1 }, 'c.a * batch.tokens');
  return { id, criteria: { operations, features, error: 1 }, program, evaluation } as unknown as Individual;
}
