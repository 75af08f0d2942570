import { concatColumns, type Random } from '../../numeric/index.ts';
import { concatMatrices, groupOfRows, groupParts, SCOPE_WORDS } from '../groups.ts';
import type { Predictor } from '../predictor.ts';
import { publishedFeatures } from '../published-features.ts';
import type { LabelledRows } from '../rows.ts';
import { boost, type Booster, predictBooster } from './boost.ts';
import { addTree } from './tree.ts';

const DEPTHS = [4, 6, 8];
const RATES = [0.05, 0.1];
const TREES = [100, 300];
const FIXED = { minChildRows: 5, lambda: 1, rowShare: 0.8, columnShare: 0.8 };
const SCOPE = 'experiment';

interface Choice {
  readonly booster: Booster;
  readonly validMape: number;
  readonly label: string;
}

/**
 * Gradient-boosted trees on the published 30 features, one ensemble for each experiment: depth {4, 6, 8} × trees {100, 300} ×
 * rate {0.05, 0.1}, chosen by MAPE on validation rows (on training rows where there are none).
 */
export function boostedTrees(): Predictor {
  return {
    name: 'trees-30',
    description: 'gradient-boosted trees on 30 features, settings chosen from a grid of 12',
    fittedOn: `train, ${SCOPE_WORDS[SCOPE]}; chosen on valid`,
    fit: ({ train, valid }, random) => {
      const choices = new Map(
        [...groupParts(train, SCOPE)].map(([group, parts]) => {
          const held = valid.filter((part) => groupOfRows(part, SCOPE) === group);
          return [group, choose(parts, held.length > 0 ? held : parts, random.split('trees', group))];
        }),
      );
      return {
        parameters: [...choices.values()].reduce((sum, { booster }) => sum + nodesOf(booster), 0),
        notes: [...choices].map(([group, { label }]) => `${group}: ${label}`),
        predict: (rows) => {
          const choice = choices.get(groupOfRows(rows, SCOPE));
          return choice && predictBooster(choice.booster, publishedFeatures(rows), rows.steps.stepId.length);
        },
      };
    },
  };
}

/** The settings with the least validation error; a smaller ensemble wins a tie. */
function choose(train: readonly LabelledRows[], valid: readonly LabelledRows[], random: Random): Choice {
  const columns = concatMatrices(train.map(publishedFeatures));
  const y = concatColumns(train.map((part) => part.y));
  const validColumns = concatMatrices(valid.map(publishedFeatures));
  const validY = concatColumns(valid.map((part) => part.y));
  const choices = DEPTHS.flatMap((depth) =>
    RATES.flatMap((rate) => {
      const settings = { ...FIXED, depth, rate, trees: Math.max(...TREES) };
      const booster = boost(columns, y, settings, random.split(depth, rate));
      const mapes = mapeByTrees(booster, validColumns, validY);
      return TREES.map((trees): Choice => {
        const label = `depth ${depth}, ${trees} trees, rate ${rate}`;
        return { booster: { ...booster, trees: booster.trees.slice(0, trees) }, validMape: mapes[trees - 1]!, label };
      });
    }),
  );
  return choices.reduce((best, choice) => (choice.validMape < best.validMape ? choice : best));
}

/** MAPE after each tree. */
function mapeByTrees({ start, rate, trees }: Booster, columns: readonly Float64Array[], y: Float64Array): number[] {
  const p = new Float64Array(y.length).fill(start);
  return trees.map((tree) => {
    addTree(tree, columns, rate, p);
    let sum = 0;
    for (let row = 0; row < y.length; row++) sum += Math.abs(p[row]! - y[row]!) / y[row]!;
    return (100 * sum) / y.length;
  });
}

/** Leaves and splits of all trees, and the start value. */
function nodesOf({ trees }: Booster): number {
  return trees.reduce((sum, tree) => sum + tree.column.length, 1);
}
