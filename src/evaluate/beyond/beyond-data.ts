import type { EvaluateSettings } from '../settings.ts';
import { floorCheck, type FloorCheck } from './floor-check.ts';
import { type FittedOnData, rootsOnGrid } from './grid-predictions.ts';
import type { CoverageReport } from './coverage.ts';
import { StepIntervals } from './intervals.ts';
import { type ResponseCurves, responseCurves } from './response-curves.ts';

/** How a program behaves where nothing was measured. */
export interface BeyondData {
  /** How it keeps to physics on a fine grid of batches; null where no floor is known. */
  readonly floor: FloorCheck | null;
  /** Its responses, one entry for each model under each group of constants. */
  readonly curves: readonly ResponseCurves[];
  /** How many validation rows lie within their 90 % interval; null where no single steps were measured. */
  readonly coverage: CoverageReport | null;
}

/** What becomes of a fitted program on batches far from its data. */
export function beyondData(
  input: FittedOnData,
  settings: Pick<EvaluateSettings, 'scope' | 'objective' | 'requestWeights' | 'sampleRows'>,
): BeyondData {
  const { program, fits, table } = input;
  const intervals = new StepIntervals(program, fits, table, settings);
  const names = table.features.map(({ name }) => name);
  const curves = responseCurves(input, (grid, p) => {
    const columns = Object.fromEntries(names.map((name, at) => [name, grid.floor.columns[at]]));
    const { low, high } = intervals.of(grid.fit.group, (graph) => rootsOnGrid(graph, grid, table), columns);
    if (grid.questioned !== undefined) return { low, high };
    // No step is faster than physics lets it be, whatever the residuals leave open.
    return { low: low.map((us, at) => Math.max(us, Math.min(p[at]!, grid.floor.floorUs[at]!))), high };
  });
  return { floor: floorCheck(input) ?? null, curves, coverage: intervals.validation };
}
