import type { AlphaSource } from './alpha.ts';
import type { ModelEntry } from './entries.ts';
import type { Package } from './package.ts';
import { short, table } from './markdown.ts';

const NAMES = ['α0', 'α1', 'α2'] as const;

/** What a coefficient is worth, by where it is from. */
const WORTH: Readonly<Record<AlphaSource, (value: number) => string>> = {
  given: (value) => `${short(value)}, given`,
  fitted: (value) => (value === 0 ? '0, none was seen' : `${short(value)}, fitted`),
  none: () => '0, not fitted',
};

/** The coefficients alpha: what each of them is, and its value for each model. */
export function alphaText({ entries, go, options }: Package): string {
  const isFitted = entries.some(({ alpha }) => alpha.sources.includes('fitted'));
  const isZero = options.alpha === undefined && !isFitted;
  return `\`alpha_coeffs\` are what clients see beyond steps. None of them takes the engine's time:

${table(
  ['', 'unit', 'what it is'],
  go.alpha.map(({ unit, meaning }, i) => [NAMES[i]!, unit, meaning]),
)}
${table(
  ['model', 'tp', 'GPU', ...NAMES],
  entries.map(({ context, alpha }) => [
    context.architecture.id,
    String(context.tensorParallelism),
    context.hardware.name,
    ...alpha.values.map((value, i) => WORTH[alpha.sources[i]!](value)),
  ]),
)}${isZero ? WHY_ZERO : ''}${options.alpha === undefined ? withoutPlace(entries, go.alpha) : ''}`;
}

const WHY_ZERO = `
They are zero because step traces say nothing of them, and request logs only where a program is fitted in closed loop; give them
at the export, or by \`WithCoefficients\`.
`;

/** What was fitted and can be said to no one in this interface. */
function withoutPlace(entries: readonly ModelEntry[], places: Package['go']['alpha']): string {
  if (places.some(({ overhead }) => overhead === 'completionUs')) return '';
  const times = entries.flatMap(({ context, overheads }) =>
    overheads === undefined || overheads.completionUs === 0
      ? []
      : [`${short(overheads.completionUs)} µs for ${context.architecture.id} tp ${context.tensorParallelism}`],
  );
  if (times.length === 0) return '';
  return `
From its last token to its end an answer takes a time as well: ${times.join(', ')}. This interface has no place for it, so that a
request ends with its last token.
`;
}
