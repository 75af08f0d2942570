export { demoDataset } from './cache.ts';
export { replayedDemo } from './replayed.ts';
export { DEMO_HASH, DEMO_SAMPLE_SHARE, DEMO_SEED, type DemoOptions, simulateDemo } from './dataset.ts';
export { scenariosWith, writeRawTree, type WrittenExperiment } from './raw/write-raw.ts';
