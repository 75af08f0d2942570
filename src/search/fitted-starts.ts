import { median } from '../numeric/index.ts';
import type { Program } from '../program/index.ts';
import type { Individual } from './individual.ts';

/** The program of an individual with the median over groups of each fitted constant as its start value. */
export function withFittedStarts({ program, evaluation }: Pick<Individual, 'program' | 'evaluation'>): Program {
  return {
    ...program,
    constants: program.constants.map(({ name, start }) => {
      const fitted = evaluation.fits.map(({ constants }) => constants[name] ?? NaN).filter(Number.isFinite);
      return { name, start: fitted.length > 0 ? median(fitted) : start };
    }),
  };
}
