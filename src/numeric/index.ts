export { bootstrap, type BootstrapInterval } from './bootstrap.ts';
export { boundedQuadratic } from './bounded-quadratic.ts';
export { CmaEs } from './cma-es.ts';
export { cmaParameters } from './cma-parameters.ts';
export { symmetricEigen } from './eigen.ts';
export {
  leastSquares,
  type LeastSquaresProblem,
  type LeastSquaresResult,
} from './least-squares.ts';
export { minimize, minimizeBatched } from './minimize.ts';
export { createRandom, type Random } from './random.ts';
export { concatColumns, type RowRange } from './columns.ts';
export { pseudoHuber, QUADRATIC, type RobustLoss, smoothAbsolute } from './robust.ts';
export { mean, median, pearson, quantile, quantileOfSorted, sum, weightedMedian } from './statistics.ts';
export {
  cholesky,
  invertSymmetric,
  solveSymmetric,
} from './symmetric.ts';
export { signedRankTest, type SignedRankTest } from './wilcoxon.ts';
export { weightedSpread } from './weighted-spread.ts';
