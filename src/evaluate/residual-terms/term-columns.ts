import { evaluateColumns } from '../../program/index.ts';
import type { GroupLayout, Layout } from '../layout.ts';
import { type LibraryTerm, termLibrary } from './library.ts';

/** Rows of all groups together that terms are scored on: enough to rank them by. */
const ROWS = 480;
const MIN_ROWS = 100;
/** Terms of a library are about so many, to tell how much memory their columns may take. */
const USUAL_TERMS = 1000;

/** Some measured rows of a group's subsample, and what each weighs in the group's loss. */
export interface ScanRows {
  /** Rows of the layout. */
  readonly rows: Int32Array;
  readonly y: Float64Array;
  /** What errors are relative to: the target, or the scale of the table where it has one. */
  readonly sizes: Float64Array;
  readonly weights: Float64Array;
  /** Of each term of the library its values. */
  readonly columns: readonly Float64Array[];
}

/** The terms that residuals are searched for, with their values on some rows of each group: made when they are first wanted. */
export class TermColumns {
  readonly #layout: Layout;
  #made: { readonly terms: readonly LibraryTerm[]; readonly groups: readonly ScanRows[] } | undefined;

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  /** Memory that the columns take, about. */
  get bytes(): number {
    return 8 * USUAL_TERMS * Math.max(ROWS, MIN_ROWS * this.#layout.groups.length);
  }

  get terms(): readonly LibraryTerm[] {
    return this.#all().terms;
  }

  /** In the order of the layout's groups. */
  get groups(): readonly ScanRows[] {
    return this.#all().groups;
  }

  #all(): { readonly terms: readonly LibraryTerm[]; readonly groups: readonly ScanRows[] } {
    return (this.#made ??= this.#make());
  }

  #make(): { readonly terms: readonly LibraryTerm[]; readonly groups: readonly ScanRows[] } {
    const { groups, features, columns, y, scale = y, rowWeights } = this.#layout;
    const most = Math.max(MIN_ROWS, Math.floor(ROWS / groups.length));
    const chosen = groups.map((group) => chooseRows(group, most));
    const gathered = chosen.map(({ rows }) => columns.map((column) => Float64Array.from(rows, (row) => column[row]!)));
    const varies = (at: number): boolean => gathered.some((all) => all[at]!.some((value) => value !== all[at]![0]));
    const varying = new Set(features.flatMap(({ name }, at) => (varies(at) ? [name] : [])));
    const terms = termLibrary(features, varying);
    return {
      terms,
      groups: chosen.map(({ rows, weights }, i) => {
        const named = Object.fromEntries(features.map(({ name }, at) => [name, gathered[i]![at]!]));
        return {
          rows,
          weights: rowWeights === undefined ? weights : weights.map((weight, k) => weight * rowWeights[rows[k]!]!),
          sizes: Float64Array.from(rows, (row) => scale[row]!),
          y: Float64Array.from(rows, (row) => y[row]!),
          columns: terms.map(({ graph }) => evaluateColumns(graph, named, {}, rows.length)[0]!),
        };
      }),
    };
  }
}

/** Every so manyth row of each experiment. */
function chooseRows({ sample }: GroupLayout, most: number): Pick<ScanRows, 'rows' | 'weights'> {
  const all = sample.parts.reduce((sum, { rows: [start, end] }) => sum + end - start, 0);
  const stride = Math.max(1, Math.ceil(all / most));
  const rows: number[] = [];
  const weights: number[] = [];
  for (const {
    rows: [start, end],
    share,
  } of sample.parts) {
    const taken = Math.ceil((end - start) / stride);
    for (let k = 0; k < taken; k++) {
      rows.push(start + k * stride);
      weights.push(share / taken);
    }
  }
  return { rows: Int32Array.from(rows), weights: Float64Array.from(weights) };
}
