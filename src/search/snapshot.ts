import type { Accepted } from '../evaluate/index.ts';
import type { Complexity } from '../program/index.ts';
import { type Island, members, NICHES } from './archive/index.ts';
import { loggedProgram } from './checked-program.ts';
import { createIndividual, type Individual, type Origin } from './individual.ts';
import type { SearchSettings } from './settings.ts';
import type { Counts, SearchState } from './search-state.ts';

interface IndividualSnapshot {
  readonly origin: Origin;
  readonly source: string;
  readonly complexity: Complexity;
  readonly evaluation: Accepted;
}

/** The parts of a state that are plain JSON as they are. */
const PLAIN = [
  'generation',
  'counts',
  'credits',
  'operators',
  'models',
  'spending',
  'attempts',
  'outages',
  'barren',
  'stopped',
] as const;

type PlainParts = Pick<SearchState, (typeof PLAIN)[number]>;

function plainParts(from: PlainParts): PlainParts {
  return Object.fromEntries(PLAIN.map((key) => [key, from[key]])) as unknown as PlainParts;
}

/** A committed state as plain JSON; individuals are stored once and named by id elsewhere. */
export interface SearchSnapshot extends PlainParts {
  readonly progress: { readonly error: number | null; readonly generation: number };
  readonly known: readonly string[];
  readonly fingerprints: readonly (readonly [fingerprint: string, id: string])[];
  readonly individuals: Readonly<Record<string, IndividualSnapshot>>;
  /** For each island its filled niches and their elites. */
  readonly islands: readonly (readonly (readonly [niche: number, id: string])[])[];
  readonly front: readonly string[];
}

/** Puts a state between two generations in a form that can be stored. */
export function takeSnapshot(state: SearchState): SearchSnapshot {
  const { archive, progress } = state;
  const individuals = members(archive).map(
    ({ id, origin, source, complexity, evaluation }) => [id, { origin, source, complexity, evaluation }] as const,
  );
  return {
    ...plainParts(state),
    progress: { ...progress, error: Number.isFinite(progress.error) ? progress.error : null },
    known: [...state.known],
    fingerprints: [...state.fingerprints],
    individuals: Object.fromEntries(individuals),
    islands: archive.islands.map((elites) =>
      elites.flatMap((elite, niche) => (elite === undefined ? [] : [[niche, elite.id] as const])),
    ),
    front: archive.front.map(({ id }) => id),
  };
}

/** The state that a snapshot was taken from. */
export function restoreSnapshot(settings: SearchSettings, snapshot: SearchSnapshot): SearchState {
  const individuals = new Map<string, Individual>(
    Object.entries(snapshot.individuals).map(([id, { origin, source, complexity, evaluation }]) => [
      id,
      createIndividual(origin, loggedProgram(id, source, complexity), evaluation),
    ]),
  );
  const individual = (id: string): Individual => {
    const found = individuals.get(id);
    if (found === undefined) throw new Error(`the snapshot names ${id} but does not hold it`);
    return found;
  };
  const island = (elites: SearchSnapshot['islands'][number]): Island<Individual> => {
    const filled = new Map(elites);
    return Array.from({ length: NICHES }, (_, niche) => {
      const id = filled.get(niche);
      return id === undefined ? undefined : individual(id);
    });
  };
  const { progress, front } = snapshot;
  return {
    settings,
    ...plainParts(snapshot),
    // Earlier versions drew none.
    counts: { ...snapshot.counts, drafts: (snapshot.counts as Partial<Counts>).drafts ?? 0 },
    progress: { ...progress, error: progress.error ?? Infinity },
    known: new Set(snapshot.known),
    fingerprints: new Map(snapshot.fingerprints),
    archive: {
      islands: snapshot.islands.map((elites) => island(elites)),
      front: front.map(individual),
    },
  };
}
