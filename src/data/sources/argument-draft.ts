import type { ServerSettings } from '../server-settings.ts';
import type { RunFacts } from './source.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What was read so far of an engine's arguments. */
export type Draft = Mutable<Omit<RunFacts, 'settings'>> & {
  settings: Mutable<ServerSettings>;
  /** Whether the data-parallel ranks are among the tensor-parallel GPUs. */
  hasSharedRanks?: boolean;
};

/** Writes what a value says into the draft; false where the value is of another kind. */
export type Take = (draft: Draft, value: unknown) => boolean;
