import type { Scope } from '../evaluate/index.ts';
import { concatColumns } from '../numeric/index.ts';
import { evaluateColumns, differentiate, type Program } from '../program/index.ts';
import { fittedProgram, shippedProgram } from './fitted-program.ts';
import { concatMatrices, groupParts, SCOPE_WORDS } from './groups.ts';
import { ordinaryLeastSquares } from './linear.ts';
import type { Predictor } from './predictor.ts';
import { featureColumns } from './feature-columns.ts';

const NAIVE_MEAN: Program = shippedProgram(`
/** Naive mean: every step takes as long as the mean step. */
export const constants = { meanUs: 10000 };
export function predictStepTime(batch, c) {
  return c.meanUs;
}
`);

const BLACKBOX: Program = shippedProgram(`
/** Blackbox: a line in the two token counts. */
export const constants = { overheadUs: 8000, perPrefillTokenUs: 20, perDecodeTokenUs: 50 };
export function predictStepTime(batch, c) {
  return c.overheadUs + c.perPrefillTokenUs * batch.prefillTokens + c.perDecodeTokenUs * batch.decodeTokens;
}
`);

/** The mean of the training rows. */
export function naiveMean(scope: Scope): Predictor {
  return linearProgram(`naive-mean-${scope}`, 'mean of the training rows', NAIVE_MEAN, 'meanUs', scope);
}

/** Ordinary least squares on [1, prefill tokens, decode tokens], without clipping. */
export function blackbox(scope: Scope): Predictor {
  return linearProgram(
    `blackbox-${scope}`,
    'least squares on prefill and decode tokens',
    BLACKBOX,
    'overheadUs',
    scope,
  );
}

/**
 * A program that is linear in all its constants, fitted by ordinary least squares; `intercept` names the one that stands alone.
 */
function linearProgram(
  name: string,
  description: string,
  program: Program,
  intercept: string,
  scope: Scope,
): Predictor {
  const slopes = program.constants.map((constant) => constant.name).filter((constant) => constant !== intercept);
  const derivatives = differentiate(program, slopes);
  const zero = Object.fromEntries(program.constants.map((constant) => [constant.name, 0]));
  return {
    name,
    description,
    fittedOn: `train, ${SCOPE_WORDS[scope]}`,
    fit: ({ train }) => {
      const fits = [...groupParts(train, scope)].map(([group, parts]) => {
        const columns = parts.map((part) =>
          evaluateColumns(derivatives, featureColumns(derivatives, part), zero, part.y.length).slice(1),
        );
        const fitted = ordinaryLeastSquares(concatMatrices(columns), concatColumns(parts.map(({ y }) => y)));
        const constants = Object.fromEntries(slopes.map((slope, i) => [slope, fitted.coefficients[i]!]));
        return { group, constants: { ...constants, [intercept]: fitted.intercept } };
      });
      return fittedProgram(program, fits, scope);
    },
  };
}
