export { demoDataset } from './cache.ts';
export { DEMO_HASH, type DemoOptions, simulateDemo } from './dataset.ts';
