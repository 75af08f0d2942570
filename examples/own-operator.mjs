/**
 * A mutation operator of your own beside the built-in one: it makes a program read another feature of the same unit.
 *
 *     node examples/own-operator.mjs [RUNS]
 *
 * The run goes into a new directory below RUNS, by default a temporary folder. A run that names an operator of yours needs it again
 * when it is resumed: `resumeRun(run, { ownOperators: [swapFeature] })`.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRun } from 'evolve-steptime';
import { GraphBuilder } from 'evolve-steptime/program';

/**
 * An operator keeps no state, and all its chance comes from `random`: then the same seed gives the same run.
 *
 * @type {import('evolve-steptime/search').Operator}
 */
const swapFeature = {
  name: 'swap-feature',
  // How often a child is drawn again when the run knows the program already.
  redraws: 3,
  async propose({ features, select }, random) {
    const parent = select(random);
    const origin = { mutation: 'swap', parents: [parent.id] };
    const { program } = parent;
    const read = random.pick(parent.complexity.features);
    const unit = features.find(({ name }) => name === read)?.unit;
    const others = features.filter((feature) => feature.unit === unit && feature.name !== read);
    if (others.length === 0) {
      return { ...origin, ok: false, reason: 'no-proposal', detail: `no other feature in ${unit}`, source: '' };
    }
    const other = random.pick(others).name;
    const builder = new GraphBuilder();
    const root = /** @type {number} */ (program.graph.roots[0]);
    const copied = builder.copy(program.graph, root, (node) =>
      node.kind === 'feature' && node.name === read ? builder.feature(other) : undefined,
    );
    return { ...origin, ok: true, program: { ...program, graph: builder.build([copied]) } };
  },
};

const document = await startRun({
  runs: process.argv[2] ?? mkdtempSync(join(tmpdir(), 'evolve-runs-')),
  ownOperators: [swapFeature],
  search: { operators: { grammar: 0.5, 'swap-feature': 0.5 }, generations: 3, children: 6, seed: 3 },
  scope: 'global',
  jobs: 1,
  follow: () => ({
    onGeneration: ({ state }) =>
      console.log(`generation ${state.generation}: ${state.archive.front.length} on the front`),
  }),
});

console.log(`\nrun ${document.run}, best ${document.best?.id} with ${document.best?.error.toFixed(2)} %`);
for (const [name, { proposed, valid, inserted }] of Object.entries(document.operators)) {
  console.log(`${name.padEnd(14)} ${proposed} proposed, ${valid} new, ${inserted} taken by the archive`);
}
