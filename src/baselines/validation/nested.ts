import type { Program } from '../../program/index.ts';
import type { Predictor } from '../predictor.ts';
import type { Checked } from './checked.ts';
import {
  averageOf,
  absent,
  type Contender,
  type ContenderAverage,
  isJudged,
  judgeBaseline,
  judgeStructure,
  UNJUDGED,
} from './contenders.ts';
import { foldOf } from './folds.ts';
import type { GeneralisationInput } from './generalisation-input.ts';
import type { Part } from './parts.ts';

/** The pick of a search without a part, with the errors that it had there, percent. */
export interface FoldPick {
  /** As in the front of a run. */
  readonly id: string;
  /** Number of operations. */
  readonly operations: number;
  /** Number of fitted constants. */
  readonly constants: number;
  /** Number of distinct features. */
  readonly features: number;
  /** By the run's objective on training rows of the rest. */
  readonly error: number;
  /** The same on validation rows of the rest, in closed loop where it was fitted in it: what it was chosen by. */
  readonly validationError: number;
  /** The generation that it came from; 0 for a seed program. */
  readonly generation: number;
  /** The program with the median of its fitted constants as start values. */
  readonly source: string;
}

/** What a search without a part found. */
export interface FoldSearch {
  readonly part: Part;
  /** Its pick, or why there is none. */
  readonly pick: { readonly program: Program; readonly entry: FoldPick } | { readonly problem: string };
}

/** A part, and what those who learned nothing of it come to on it. */
export interface NestedFold {
  /** A model key, a workload, a kind of GPU, or what it is in words. */
  readonly heldOut: string;
  /** Ids of the experiments that were held out, or whose heavy batches were. */
  readonly ids: readonly string[];
  /** Null where the search without the part came to nothing. */
  readonly pick: FoldPick | null;
  /** The searched structure, the run's own one, then every baseline. */
  readonly contenders: readonly Contender[];
}

/** One way of holding out, with the structure searched again without each part. */
export interface NestedCheck {
  readonly folds: readonly NestedFold[];
  /** Over all folds, in the order of their contenders. */
  readonly averages: readonly ContenderAverage[];
}

const SEARCHED = { name: 'searched without it', kind: 'searched' } as const;
const REFITTED = { name: "the run's structure", kind: 'refitted' } as const;

/**
 * Judges what was learned without each part on the part: the structure that a search found without it, the run's own structure, which
 * was chosen with it, and the baselines. All are fitted on the same rows.
 *
 * @param onFold is told what is judged next.
 */
export async function judgeFolds(
  input: GeneralisationInput,
  searches: readonly FoldSearch[],
  baselines: readonly Predictor[],
  onFold: (heldOut: string) => void,
): Promise<Checked<NestedCheck>> {
  const judged = searches.filter(({ part }) => isJudged(input, part));
  if (judged.length === 0) return { impossible: UNJUDGED };
  const folds: NestedFold[] = [];
  for (const { part, pick } of judged) {
    onFold(part.heldOut);
    const fold = foldOf(input, part);
    const searched =
      'problem' in pick
        ? absent(SEARCHED, pick.problem)
        : await judgeStructure(input, fold, part, { ...SEARCHED, program: pick.program });
    const refitted = await judgeStructure(input, fold, part, { ...REFITTED, program: input.program });
    folds.push({
      heldOut: part.heldOut,
      ids: part.ids,
      pick: 'problem' in pick ? null : pick.entry,
      contenders: [searched, refitted, ...baselines.map((each) => judgeBaseline(input, fold, part, each))],
    });
  }
  const averages = folds[0]!.contenders.map(({ name, kind }) => ({
    name,
    kind,
    ...averageOf(folds.flatMap(({ contenders }) => contenders.filter((each) => each.name === name))),
  }));
  return { folds, averages };
}
