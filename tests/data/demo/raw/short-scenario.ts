import { SCENARIOS, type Scenario } from '../../../../src/data/demo/scenarios.ts';

const roleplay = SCENARIOS.find(({ model, workload }) => model === 'llama-2-7b' && workload.name === 'roleplay')!;
const reasoning = SCENARIOS.find(({ model, workload }) => model === 'llama-2-7b' && workload.name === 'reasoning')!;

/** Half a minute of load among the quiet phases: about a second to simulate. */
export const SHORT: Scenario = {
  ...roleplay,
  stages: [
    { rate: 2, durationS: 15 },
    { rate: 3, durationS: 10 },
  ],
};

/** One with so few KV blocks that requests are preempted. */
export const CROWDED: Scenario = { ...reasoning, kvBlocks: 700, stages: [{ rate: 1.5, durationS: 20 }] };
