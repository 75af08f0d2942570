import { type Program, splitTerms } from '../../../../program/index.ts';
import { type Archive, members } from '../../../archive/index.ts';
import type { Individual } from '../../../individual.ts';
import { short } from './text.ts';

/** A form that programs of the archive share. */
export interface Concept {
  /** A term with `k` for each constant. */
  readonly form: string;
  /** How many programs have it. */
  readonly programs: number;
  /** The lowest error among them, percent. */
  readonly error: string;
}

const MOST_CONCEPTS = 6;
/** A form of one program alone is not shared. */
const LEAST_PROGRAMS = 2;
const LONGEST_FORM = 70;

/** Terms that recur in the programs of an archive, those of the best programs first. */
export function recurringForms(archive: Archive<Individual>): readonly Concept[] {
  const found = new Map<string, { programs: number; error: number }>();
  for (const { program, criteria } of members(archive)) {
    for (const form of formsOf(program)) {
      const { programs, error } = found.get(form) ?? { programs: 0, error: Infinity };
      found.set(form, { programs: programs + 1, error: Math.min(error, criteria.error) });
    }
  }
  return [...found]
    .filter(([, { programs }]) => programs >= LEAST_PROGRAMS)
    .sort(([, a], [, b]) => a.error - b.error || b.programs - a.programs)
    .slice(0, MOST_CONCEPTS)
    .map(([form, { programs, error }]) => ({ form, programs, error: short(error, 3) }));
}

/** An archive's programs stay for many generations. */
const FORMS = new WeakMap<Program, ReadonlySet<string>>();

/** The terms of a program that say more than a constant, each once. */
function formsOf(program: Program): ReadonlySet<string> {
  const known = FORMS.get(program);
  if (known !== undefined) return known;
  const forms = splitTerms(program).terms.map(({ text }) => text.replace(/\bc\.\w+/g, 'k').replaceAll('batch.', ''));
  const telling = new Set(forms.filter((form) => form.length <= LONGEST_FORM && /[a-z]{2}/i.test(form)));
  FORMS.set(program, telling);
  return telling;
}
