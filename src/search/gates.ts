import { type FloorFigures, floorInUse, type IntervalCoverage } from '../evaluate/index.ts';
import { FEW_ROWS, LEAST_COVERAGE } from './choice-rule.ts';
import type { Individual } from './individual.ts';
import { weakConstants } from './weak-constants.ts';

/** Why a program is not to be trusted. */
export interface FailedGate {
  /** Name of the gate. */
  readonly gate: string;
  /** What was found, one line for people. */
  readonly reason: string;
}

interface Gate {
  readonly name: string;
  /** Whether an export is refused too; else a program is only picked last. */
  readonly stopsExport: boolean;
  /** What was found against a program; undefined where it passes. */
  readonly reason: (individual: Individual) => string | undefined;
}

/** Share of paired batches that may get a smaller time for more tokens. */
const MOST_VIOLATIONS = 0.05;

/** What a program must pass to be trusted; one more reason is one more row. */
const GATES: readonly Gate[] = [
  {
    name: 'INV-M-1',
    stopsExport: true,
    reason: ({ evaluation: { invariants } }) =>
      invariants.nonPositive > 0
        ? `${percent(invariants.nonPositive)} of the rows have no value that can be`
        : undefined,
  },
  {
    name: 'INV-M-2',
    stopsExport: true,
    reason: ({ evaluation: { invariants } }) =>
      invariants.deterministic ? undefined : 'two evaluations gave different times',
  },
  {
    name: 'INV-M-3',
    stopsExport: true,
    reason: ({ evaluation: { invariants } }) => (invariants.pure ? undefined : 'an evaluation changed its input'),
  },
  {
    name: 'INV-M-5',
    stopsExport: true,
    reason: ({ evaluation: { invariants } }) =>
      invariants.monotonicityViolations < MOST_VIOLATIONS
        ? undefined
        : `${percent(invariants.monotonicityViolations)} of paired batches with more tokens get a smaller time (bound ${percent(MOST_VIOLATIONS)})`,
  },
  {
    name: 'floor',
    stopsExport: true,
    reason: ({ evaluation }) => floorReason(floorInUse(evaluation)),
  },
  {
    name: 'identified',
    stopsExport: false,
    reason: (individual) => {
      const names = weakConstants(individual).map(({ name }) => name);
      return names.length === 0 ? undefined : `the data does not tell ${names.join(', ')} from 0`;
    },
  },
  {
    name: 'interval',
    stopsExport: false,
    reason: ({ evaluation: { coverage } }) => coverageReason(coverage),
  },
];

/** Intervals that hold more rows than nine of ten are wider than they need be, which misleads nobody. */
function coverageReason(found: IntervalCoverage | undefined): string | undefined {
  if (found === undefined || found.rows < FEW_ROWS || found.high >= 100 * LEAST_COVERAGE) return undefined;
  const { rows, coverage, high } = found;
  return `${percent(coverage / 100)} of ${rows} validation rows lie within their 90 % interval, and by chance no more than ${percent(high / 100)} do`;
}

function floorReason(floor: FloorFigures | undefined): string | undefined {
  if (floor === undefined || (floor.violations === 0 && floor.shortRises === 0)) return undefined;
  const { violations, batches, worst, shortRises, rises } = floor;
  return violations > 0
    ? `${violations} of ${batches} batches that nobody measured break a physical bound, the worst with ${Number(worst.toPrecision(2))} times its floor`
    : `${shortRises} of ${rises} steps to more context cost less than it takes to read it`;
}

/** The gates that a program fails, in the order of the table. */
export function failedGates(individual: Individual): readonly FailedGate[] {
  return failed(GATES, individual);
}

/** Those of them because of which it is not exported without being asked for twice. */
export function failedExportGates(individual: Individual): readonly FailedGate[] {
  return failed(
    GATES.filter(({ stopsExport }) => stopsExport),
    individual,
  );
}

function failed(gates: readonly Gate[], individual: Individual): readonly FailedGate[] {
  return gates.flatMap(({ name, reason }) => {
    const found = reason(individual);
    return found === undefined ? [] : [{ gate: name, reason: found }];
  });
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(2))} %`;
}
