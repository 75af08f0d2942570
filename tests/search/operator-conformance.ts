import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/numeric/index.ts';
import { checkCaps, DEFAULT_CAPS, measure, parseProgram, printSource, simplify } from '../../src/program/index.ts';
import {
  type Archive,
  createSelector,
  type Individual,
  members,
  type Operator,
  type Proposal,
  type ProposalContext,
} from '../../src/search/index.ts';
import { TOY_FEATURES } from './toy-evaluator.ts';
import { sharedToySearch } from './toy-search.ts';

/** What every operator must keep, whatever it does. */
export function describeOperator(
  create: () => Operator,
  { hasParents = true }: { readonly hasParents?: boolean } = {},
): void {
  describe(`operator ${create().name}`, () => {
    const propose = async (
      archive: Archive<Individual>,
      label: number,
      changes: Partial<ProposalContext> = {},
    ): Promise<Proposal> => {
      const context: ProposalContext = {
        generation: 1,
        child: 0,
        features: TOY_FEATURES,
        caps: DEFAULT_CAPS,
        select: createSelector(archive, label % archive.islands.length),
        credits: {},
        ...changes,
      };
      return create().propose(context, createRandom(11).split(label));
    };
    const labels = Array.from({ length: 250 }, (_, i) => i);

    it('proposes simplified programs inside the caps that read known features and start from finite constants', async () => {
      const { archive } = (await sharedToySearch()).state;
      let made = 0;
      for (const label of labels) {
        const proposal = await propose(archive, label);
        if (!proposal.ok) continue;
        made++;
        const { program } = proposal;
        expect(checkCaps(program, DEFAULT_CAPS)).toEqual([]);
        expect(program.graph).toEqual(simplify(program).graph);
        expect(measure(program).features.length).toBeGreaterThan(0);
        expect(program.constants.every(({ start }) => Number.isFinite(start))).toBe(true);
        expect(parseProgram(printSource(program), { features: TOY_FEATURES }).ok).toBe(true);
      }
      expect(made).toBeGreaterThan(labels.length * 0.9);
    });

    it('keeps tight caps', async () => {
      const { archive } = (await sharedToySearch()).state;
      const caps = { ...DEFAULT_CAPS, operations: 5, conditionals: 0, constants: 3 };
      for (const label of labels) {
        const proposal = await propose(archive, label, { caps });
        if (proposal.ok) expect(checkCaps(proposal.program, caps)).toEqual([]);
      }
    });

    it('names parents from the archive and the mutation', async () => {
      const { archive } = (await sharedToySearch()).state;
      const ids = new Set(members(archive).map(({ id }) => id));
      for (const label of labels) {
        const { parents, mutation } = await propose(archive, label);
        expect(parents.length > 0).toBe(hasParents);
        expect(parents.every((id) => ids.has(id))).toBe(true);
        expect(mutation).toMatch(/^[a-z][a-z-]*$/);
      }
    });

    it('depends on nothing but the context and the random stream', async () => {
      const { archive } = (await sharedToySearch()).state;
      const before = JSON.stringify(archive);
      const text = (proposal: Proposal): string =>
        proposal.ok ? printSource(simplify(proposal.program)) : proposal.detail;
      const forwards = await Promise.all(labels.map((label) => propose(archive, label)));
      const backwards = await Promise.all([...labels].reverse().map((label) => propose(archive, label)));
      expect(backwards.reverse().map(text)).toEqual(forwards.map(text));
      expect(JSON.stringify(archive)).toBe(before);
      expect(new Set(forwards.map(text)).size).toBeGreaterThan(labels.length / 2);
    });
  });
}
