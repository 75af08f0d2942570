import { compareRuns as compareSearches } from '../baselines/index.ts';
import { buildTable } from '../data/index.ts';
import { fitsInUse, type ResponseCurves, responseCurves } from '../evaluate/index.ts';
import { readState, type Run } from '../run/index.ts';
import { pickProgram } from '../search/index.ts';
import type { Agreement, CompareDocument } from './documents.ts';
import { datasetIfThere } from './workspace.ts';

const CURVES = ['promptTokens', 'contextTokens', 'requests'] as const;

/**
 * Compares runs; where their data is at hand, also what their picks say where nothing was measured.
 *
 * @throws UserError where they are on different data, or for different targets or objectives, or one has no program.
 */
export async function compareRuns(runs: readonly Run[]): Promise<CompareDocument> {
  const comparison = compareSearches(runs);
  const [first] = runs;
  const dataset = first && (await datasetIfThere(first, undefined));
  if (dataset === undefined) return comparison;
  const all = runs.flatMap((run) => {
    const { target, scope, objective } = run.config;
    const pick = pickProgram(readState(run).state.archive.front, objective);
    if (pick === undefined) return [];
    const table = buildTable(dataset, { target, splits: ['train', 'valid'] });
    const fits = fitsInUse(pick.evaluation);
    return [{ curves: responseCurves({ program: pick.program, fits, scope, dataset, table }) }];
  });
  const agreement = (all[0]?.curves ?? []).flatMap((own) => {
    const alike = all.flatMap(({ curves }) => curves.find((other) => isAlike(own, other)) ?? []);
    // With other scopes constants hold for other experiments.
    return alike.length < runs.length ? [] : [agreementOf(alike)];
  });
  return agreement.length === 0 ? comparison : { ...comparison, agreement };
}

function isAlike(a: ResponseCurves, b: ResponseCurves): boolean {
  return a.group === b.group && a.model === b.model;
}

/** @param curves of each run, of one model and group. */
function agreementOf(curves: readonly ResponseCurves[]): Agreement {
  const { group, model } = curves[0]!;
  const of = (name: (typeof CURVES)[number]): Agreement[typeof name] =>
    curves[0]![name].map(([x, , floorUs, , , rowsNear], at) => {
      const us = curves.map((own) => own[name][at]![1]);
      return { x, us, ratio: Math.max(...us) / Math.min(...us), floorUs, rowsNear };
    });
  return {
    group,
    model,
    promptTokens: of('promptTokens'),
    contextTokens: of('contextTokens'),
    requests: of('requests'),
  };
}
