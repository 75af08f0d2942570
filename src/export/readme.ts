import type { Package } from './package.ts';
import type { InterfaceName } from './types.ts';
import { deploymentName } from '../physics/index.ts';
import { printSource } from '../program/index.ts';
import { takesAnyModel } from './go/architecture.ts';
import { short, table } from './markdown.ts';
import { alphaText } from './readme-alpha.ts';
import { cautionsText } from './readme-cautions.ts';
import { beyondText } from './readme-beyond.ts';
import { closedLoopText } from './readme-closed-loop.ts';
import { rangesText } from './readme-ranges.ts';

const USE: Readonly<Record<InterfaceName, string>> = {
  standalone: `The folder is a Go module. Copy it into your project, or point to it from its \`go.mod\`:

    require steptime v0.0.0
    replace steptime => ./path/to/this/folder

A \`Request\` has the fields that a step time can depend on; fill them from your simulator's requests.`,
  'blis-research': `${inTree('`sim.LatencyModel` with `SchedulingProcessingTime` and `PreemptionProcessingTime`')}
Then let the factory ask it first. In \`sim/latency/latency.go\`, import the package as above and begin \`NewLatencyModel\` with

    if model, err := steptime.NewModel(hw.Model, hw.TP); err == nil {
    	return model, nil
    }

so that its models are answered by it and all others as before.`,
  'blis-main': `${inTree('`sim.LatencyModel` with `PostDecodeFixedOverhead`')}
A backend of \`--latency-model\` takes more than that: its name in a list and in the test that pins it, a case in the factory, a
block that finds the model's configuration, the gates for analytical backends, and a section of the strict \`defaults.yaml\`.
\`evolve export --blis-patch CHECKOUT\` prints a patch with all of it, this package included.`,
};

/** Of a package that a patch brings with all that makes it a backend. */
const AS_BACKEND = `The package is the formula of a latency backend of this simulator, and is chosen there by its name.`;

function inTree(what: string): string {
  return `The package implements ${what} over \`sim.Request\` and has no \`go.mod\`: it is built as a part of the
simulator. Copy the folder into its tree and it compiles with that tree's version of \`sim\`:

    cp -r . /path/to/inference-sim/sim/steptime

Its import path is \`github.com/inference-sim/inference-sim/sim/steptime\`, and \`*steptime.Model\` is a \`sim.LatencyModel\`.`;
}

/** What the package is, where it comes from and how to use it. */
export function readme(pack: Package): string {
  const { input, go, entries, facts, title, usedFeatures } = pack;
  const first = entries[0]!.context;
  const call = `${go.packageName}.NewModel("${first.architecture.id}", ${first.tensorParallelism})`;
  const source = printSource(input.program, { values: valuesOf(pack) });
  const fence = '`'.repeat(Math.max(3, ...[...source.matchAll(/`+/g)].map(([run]) => run.length + 1)));
  return `# ${go.packageName}

${title}
Exported by \`evolve\` as ${go.meaning}.
${cautionsText(input.cautions ?? [])}
## The program

${fence}js
${source.trimEnd()}
${fence}
${
  oneSet(pack)
    ? ''
    : `
The constants in it are those of ${first.architecture.id}; those of the others are below.
`
}
${facts.map(([name, value]) => `- ${name}: ${value}\n`).join('')}
What it reads of a batch:

${table(
  ['feature', 'unit', 'meaning'],
  usedFeatures.map(({ name, unit, meaning }) => [name, unit, meaning]),
)}
${rangesText(input.standing, pack)}
${beyondText(input.beyond)}
## Constants

\`coefficients.yaml\` and \`coefficients.go\` hold the same numbers, and a test compares the two. \`beta_coeffs\` are ${betaText(pack)}.
None is negative, since simulators refuse such: the sign of a constant stands in the code. The constants are:

${constantsTable(pack)}
± is the standard error; a constant without one could not be identified by the data. Units follow from those of the features and of
the result, µs; a constant that is named without one has a unit that cannot be told, or none.

${alphaText(pack)}${input.closedLoop === undefined ? '' : closedLoopText(input.closedLoop)}
## Use

${pack.options.packageName === undefined ? USE[pack.options.interface] : AS_BACKEND}

    model, err := ${call}
    // ...
    microseconds := model.StepTime(batch)
    guessed := model.Extrapolates(batch)

\`StepTime\` rounds to the nearest microsecond and is at least 1, for the empty batch too. It allocates nothing and changes
nothing, so one model may serve several goroutines.
\`Extrapolates\` tells whether a batch lies beyond the rows that the constants were fitted on, as told above: the time of such a
batch is supported by no measurement. A simulator that counts these batches knows how much of its result is a guess.
\`model.WithCoefficients(alpha, beta)\` takes other constants.${anyModelText(pack)}

## Tests

    go test . && go vet .
    go test -bench StepTime128 .

The parity test generates 10,000 batches and compares the value before rounding with the one that the program's reference
interpreter gave (\`testdata/expected.f64\`), within a relative deviation of 1e-12, and how many features of each lie outside of
the data (\`testdata/outside.u8\`). After a change of the constants it has to fail: export again instead of editing.
\`model.json\` holds the program with its constants, the ranges that they were fitted on and the rows that support these, and how
far off it was on validation rows: later data can be held against it.
\`export.json\` lists the files of this export; a later export into the same folder replaces them, and stops where it finds others.
`;
}

function anyModelText(pack: Package): string {
  return takesAnyModel(pack)
    ? `
\`${pack.go.packageName}.NewModelFor(architecture, hardware, tp)\` takes any decoder by the keys of its \`config.json\` and any GPU by its
peak figures: one set of constants was fitted for all models together. Nobody measured what is not in the table above.`
    : '';
}

function betaText({ coefficients }: Package): string {
  return coefficients.length === 0 ? 'none' : coefficients.map(({ name }) => `\`${name}\``).join(', ');
}

/** Whether all models have the same constants. */
function oneSet({ entries }: Package): boolean {
  return entries.every(({ constants }) => constants.every((value, at) => value === entries[0]!.constants[at]));
}

function valuesOf({ input, entries }: Package): Readonly<Record<string, number>> {
  return Object.fromEntries(input.program.constants.map(({ name }, at) => [name, entries[0]!.constants[at]!]));
}

function constantsTable({ fields, entries, units }: Package): string {
  const rows = entries.map(({ context, constants, standardErrors }) => [
    context.architecture.id,
    deploymentName(context).replace(/^tp/, ''),
    context.hardware.name,
    ...constants.map((value, i) => withError(value, standardErrors[i] ?? null)),
  ]);
  const headers = fields.map((field, i) => (units[i] === undefined ? field : `${field}, ${units[i]}`));
  return table(['model', 'tp', 'GPU', ...headers], rows);
}

function withError(value: number, error: number | null): string {
  return error === null ? short(value) : `${short(value)} ± ${short(error, 2)}`;
}
