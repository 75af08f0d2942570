import type { SearchSettings } from '../../src/search/index.ts';

/** A way of searching: what differs from the defaults. */
type Arm = Partial<SearchSettings>;

/** What the defaults are held against, by name. */
export const ARMS: Readonly<Record<string, Arm>> = {
  defaults: {},
  'no drafts': { drafts: 1 },
  'one island': { islands: 1 },
  'fewer children': { children: 4 },
  'no migrants': { migrants: 0 },
};
