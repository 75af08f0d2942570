import type { GroupFit } from '../evaluate/index.ts';
import { allFeatures } from '../physics/index.ts';
import { constantInfos, type FeatureTable, type Program } from '../program/index.ts';
import { formatNumber } from './format.ts';
import { renderTable } from './table.ts';

/** A fitted constant of one group of experiments. */
export interface FittedConstant {
  /** The experiments that share it, see `scope` of the run. */
  readonly group: string;
  /** As the program calls it. */
  readonly name: string;
  /** Inferred from the units of the features, e.g. `µs/token`; null where it cannot be told. */
  readonly unit: string | null;
  /** In that unit. */
  readonly value: number;
  /** In that unit; null where the data cannot identify the constant, and of thresholds. */
  readonly standardError: number | null;
  /** Whether the training rows determine the value; false of thresholds, which derivatives do not see. */
  readonly identified: boolean;
  /** Between which values the fit kept it, lower and upper; null where nothing bounds it on that side. */
  readonly bounds: readonly [number | null, number | null];
}

/**
 * The constants of a program's fits, group by group, in the order of the program.
 *
 * @param features what its data has, for the units; default: all that is known of steps
 */
export function fittedConstants(
  program: Program,
  fits: readonly GroupFit[],
  features: FeatureTable = allFeatures(),
): readonly FittedConstant[] {
  const infos = constantInfos(program, features);
  return fits.flatMap(({ group, constants, standardErrors, bounds }) =>
    infos.map(({ name, unit }): FittedConstant => {
      const standardError = standardErrors[name] ?? null;
      return {
        group,
        name,
        unit: unit ?? null,
        value: constants[name] ?? Number.NaN,
        standardError,
        identified: standardError !== null,
        bounds: bounds?.[name] ?? [null, null],
      };
    }),
  );
}

/** What there is to say of how sure a constant is; `at its bound` where the rows push it there. */
export function spreadText({ value, standardError, bounds }: FittedConstant): string {
  if (bounds.includes(value)) return 'at its bound';
  return standardError === null ? 'not identified' : `± ${formatNumber(standardError)}`;
}

/** Constants by group as a table, each with its unit and its standard error. */
export function constantsTable(constants: readonly FittedConstant[]): string {
  const groups = [...new Set(constants.map(({ group }) => group))];
  const names = [...new Set(constants.map(({ name }) => name))];
  const at = (group: string, name: string): FittedConstant | undefined =>
    constants.find((constant) => constant.group === group && constant.name === name);
  return renderTable(
    [{ header: 'constant' }, { header: 'unit' }, ...groups.map((header) => ({ header, align: 'right' as const }))],
    names.map((name) => [
      name,
      at(groups[0]!, name)?.unit ?? '?',
      ...groups.map((group) => {
        const constant = at(group, name);
        return constant === undefined ? '' : `${formatNumber(constant.value)} ${spreadText(constant)}`;
      }),
    ]),
  );
}
