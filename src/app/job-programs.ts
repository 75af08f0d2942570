import { type ChildProgram, childProgram } from '../base/index.ts';

/** What the process of a search runs that a worker of a queue makes. */
export const SEARCH_PROGRAM: ChildProgram = childProgram('app/search-process', import.meta.url);

/** What the process runs that fits and scores a predictor of a leaderboard. */
export const CONTESTANT_PROGRAM: ChildProgram = childProgram('app/contestant-process', import.meta.url);
