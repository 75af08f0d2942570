/**
 * A search on a table of your own: no run directory, no dataset folder, just rows.
 *
 * A table is columns of features beside one column to predict. Rows are grouped into experiments, and each experiment into rows that
 * drive the search, rows that choose among what it found, and rows that stay closed.
 *
 *     node examples/own-table.mjs
 */
import { createPool, tableOf } from 'evolve-steptime/evaluate';
import { DEFAULT_CAPS, parseProgram, printSource } from 'evolve-steptime/program';
import {
  columnSeeds,
  createGrammarOperator,
  createRandom,
  DEFAULT_SETTINGS,
  initialState,
  pickProgram,
  search,
} from 'evolve-steptime/search';

const ROWS = 400;

// What would be read from a file: the drag on a body in a wind tunnel. The law behind it is 0.61 · area · speed², with 1 % noise.
const random = createRandom('wind tunnel');
const speed = Float64Array.from({ length: ROWS }, () => 5 + 40 * random.uniform());
const area = Float64Array.from({ length: ROWS }, () => 0.2 + 2 * random.uniform());
const drag = speed.map((v, row) => 0.61 * /** @type {number} */ (area[row]) * v ** 2 * (1 + 0.01 * random.normal()));

// Rows are shuffled; 60 % drive the search, 20 % choose among what it found, 20 % stay closed.
const table = tableOf({ speed, area, drag }, 'drag', { units: { speed: 'm/s', area: 'm²', drag: 'N' } });

/** @param {string} source */
function programOf(source) {
  const parsed = parseProgram(source);
  if (!parsed.ok) throw new Error(parsed.diagnostics.map(({ message }) => message).join('; '));
  return parsed.program;
}

// A search starts from a constant, a line, a linear form and a product of powers of the columns.
const seeds = columnSeeds(table).map(({ name, source }) => ({ name, program: programOf(source) }));

const settings = { ...DEFAULT_SETTINGS, seed: 2, generations: 15, caps: { ...DEFAULT_CAPS, operations: 12 } };
const objective = 'mape';
const evaluator = await createPool(table, { objective, scope: 'global', caps: settings.caps, jobs: 1 });
try {
  let state = initialState(settings);
  for await (const generation of search(state, {
    evaluator,
    objective,
    operators: [createGrammarOperator()],
    features: table.features,
    seeds,
  })) {
    state = generation.state;
  }
  console.log('operations  features  error %');
  for (const { criteria } of state.archive.front) {
    const { operations, features, error } = criteria;
    console.log(`${String(operations).padStart(10)}  ${String(features).padStart(8)}  ${error.toFixed(2).padStart(7)}`);
  }
  const pick = pickProgram(state.archive.front, objective);
  if (pick !== undefined) {
    console.log(`\nThe pick, and its constants as fitted:\n\n${printSource(pick.program)}`);
    console.log(pick.evaluation.fits[0]?.constants);
  }
} finally {
  // The evaluator holds a child process.
  await evaluator.close();
}
