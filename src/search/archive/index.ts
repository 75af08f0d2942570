export { type Entry, type Criteria, type Size, compareByError, isBetter } from './entry.ts';
export { GRID, NICHES, nicheOf } from './niche.ts';
export { dominates, insertIntoFront, weaklyDominates } from './pareto-front.ts';
export { hypervolume } from './hypervolume.ts';
export {
  type Archive,
  type ArchiveFigures,
  type Insertion,
  type Island,
  archiveFigures,
  createArchive,
  eliteUnion,
  entryLimit,
  frontTarget,
  insert,
  members,
  migrate,
  replace,
} from './archive.ts';
