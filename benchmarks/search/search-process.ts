/** Does one search in a process of its own, so that its CPU time is its alone; takes a job as JSON, prints the outcome. */
import { DEFAULT_EVALUATE_SETTINGS } from '../../src/evaluate/index.ts';
import { ProgramEvaluator } from '../../src/evaluate/program-evaluator.ts';
import { mean } from '../../src/numeric/index.ts';
import { cpuSeconds } from '../laws/cpu-seconds.ts';
import { searchTable } from '../laws/search-table.ts';
import { ARMS } from './arms.ts';
import type { SearchJob, SearchOutcome } from './outcome.ts';
import { worldOf } from './world.ts';

const { arm, seed, seconds, data } = JSON.parse(process.argv[2]!) as SearchJob;
const world = await worldOf(data);
const from = cpuSeconds();
const { pick, candidates, fitted, generations, trainingError, hypervolume, profile } = await searchTable(
  world,
  seconds,
  seed,
  ARMS[arm],
);
const used = cpuSeconds() - from;
const judge = new ProgramEvaluator(world.judged, { ...DEFAULT_EVALUATE_SETTINGS, ...world.settings });
const judged = judge.score(pick.program, pick.evaluation.fits, world.split);
judge.dispose();
const outcome: SearchOutcome = {
  generations,
  candidates,
  fitted,
  cpuSeconds: used,
  trainingError,
  heldOutError: mean(judged.map(({ mape }) => mape)),
  operations: pick.criteria.operations,
  hypervolume,
  profile,
};
process.stdout.write(JSON.stringify(outcome));
