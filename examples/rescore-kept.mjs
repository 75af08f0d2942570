/**
 * Does a kept program still hold? Scores one from a hall of fame on new data, with the constants that it was kept with and with
 * constants fitted anew.
 *
 *     node examples/rescore-kept.mjs [KEPT.yaml] [DATASET]
 *
 * Without arguments it takes the program beside this script, which was found on the demo data, and other simulated traffic as the
 * new data.
 */
import { join } from 'node:path';
import { openDataset, readKeptProgram, scoreProgram } from 'evolve-steptime';
import { simulateDemo } from 'evolve-steptime/evaluate';

const [file = join(import.meta.dirname, 'kept-program.yaml'), folder] = process.argv.slice(2);

const kept = readKeptProgram(file);
const dataset = folder === undefined ? simulateDemo({ seed: 2 }) : await openDataset(folder);

const { constantsByGroup } = kept;
const asKept = await scoreProgram(kept.source, dataset, { constantsByGroup });
const fittedAnew = await scoreProgram(kept.source, dataset);

/** @param {import('evolve-steptime').ProgramScore} score */
const meanMape = ({ validationExperiments: experiments }) =>
  experiments.reduce((sum, { mape }) => sum + mape, 0) / experiments.length;

console.log(`program ${kept.program} on validation rows of ${dataset.experiments.length} experiments`);
console.log(`mean MAPE with the kept constants    ${meanMape(asKept).toFixed(2)} %`);
console.log(`mean MAPE with constants fitted anew ${meanMape(fittedAnew).toFixed(2)} %`);

const worst = [...asKept.validationExperiments].sort((a, b) => b.e2eError - a.e2eError).slice(0, 3);
console.log('\nWorst end-to-end errors with the kept constants:');
for (const { id, e2eError } of worst) console.log(`  ${id.padEnd(44)} ${e2eError.toFixed(1)} %`);
