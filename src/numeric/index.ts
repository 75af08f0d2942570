export { bootstrap, type BootstrapInterval, type BootstrapOptions } from './bootstrap.ts';
export { type Best, CmaEs, type CmaOptions } from './cma-es.ts';
export { cmaParameters, type CmaParameters } from './cma-parameters.ts';
export type { CmaStop } from './cma-stop.ts';
export { symmetricEigen, type SymmetricEigen } from './eigen.ts';
export {
  leastSquares,
  type LeastSquaresOptions,
  type LeastSquaresProblem,
  type LeastSquaresResult,
} from './least-squares.ts';
export { minimize, minimizeBatched, type MinimizeOptions, type MinimizeResult } from './minimize.ts';
export { createRandom, type Random } from './random.ts';
export { concatColumns, type RowRange } from './columns.ts';
export { pseudoHuber, QUADRATIC, type RobustLoss, smoothAbsolute } from './robust.ts';
export { mean, median, pearson, quantile, quantileOfSorted, weightedMedian } from './statistics.ts';
export {
  cholesky,
  invertSymmetric,
  solveSymmetric,
  solveWithFactor,
  type SymmetricInverse,
  type SymmetricSolution,
} from './symmetric.ts';
export { signedRankTest, type SignedRankTest } from './wilcoxon.ts';
