/** The library's public face: what the command line is made of. Rooms in the order of their dependence. */
export * from './base/index.ts';
export * from './numeric/index.ts';
export * from './program/index.ts';
export * from './physics/index.ts';
export * from './data/index.ts';
export * from './evaluate/index.ts';
export * from './llm/index.ts';
export * from './search/index.ts';
export * from './run/index.ts';
export * from './baselines/index.ts';
export * from './export/index.ts';
export * from './report/index.ts';
