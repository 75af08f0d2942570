/** Does one search in a process of its own, so that its CPU time is its alone; takes a job as JSON, prints the outcome. */
import { askEvolve } from './evolve.ts';
import { judge } from './judge.ts';
import { askOperon } from './operon.ts';
import type { Job, Outcome } from './outcome.ts';
import { problemOf } from './problem.ts';

const job = JSON.parse(process.argv[2]!) as Job;
const problem = await problemOf(job);
const { test, wide, ...answer } =
  job.searcher === 'evolve'
    ? await askEvolve(problem, job, job.seconds)
    : askOperon(problem, job, job.seconds, job.python);
const verdict = judge({ predicted: test, y: problem.test.y }, { predicted: wide, y: problem.wide.y });
const outcome: Outcome = { ...answer, ...verdict };
process.stdout.write(JSON.stringify(outcome));
