import { SCENARIOS, type Scenario } from '../../../../src/data/demo/scenarios.ts';

const MODEL = 'llama-2-7b';
const of = (name: string): Scenario =>
  SCENARIOS.find(({ model, workload }) => model === MODEL && workload.name === name)!;

/** Two minutes of load with short answers, more requests than in the quiet phases: seconds to simulate. */
export const SHORT: Scenario = {
  ...of('roleplay'),
  workload: { ...of('roleplay').workload, outputTokens: 12 },
  stages: [
    { rate: 15, durationS: 60 },
    { rate: 25, durationS: 50 },
  ],
};

/** The same with long prompts and so few KV blocks that requests are preempted. */
export const CROWDED: Scenario = {
  ...of('reasoning'),
  workload: { ...of('reasoning').workload, outputTokens: 40 },
  kvBlocks: 700,
  stages: [{ rate: 16, durationS: 110 }],
};

/** Hardly more than the quiet phases. */
export const TINY: Scenario = { ...SHORT, stages: [{ rate: 5, durationS: 10 }] };
export const TINY_TOO: Scenario = { ...CROWDED, stages: [{ rate: 5, durationS: 5 }] };
