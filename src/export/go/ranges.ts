import type { Package } from '../package.ts';
import { struct } from './features.ts';
import { GENERATED, indented } from './text.ts';

/** Whether a batch lies beyond the rows that constants were fitted on. */
export function rangesGo({ go, prediction: { features, figures } }: Package): string {
  const sources = [features, figures].filter(({ fields }) => fields.size > 0);
  const fields = sources.flatMap((each) => [...each.fields.values()]);
  const sim = go.simImport === '' ? '' : `import "${go.simImport}"\n\n`;
  const held = sources.flatMap(({ name, fields: own }) =>
    [...own.values()].map((field) => `\twithin.${field}.holds(${name}.${field}),`),
  );
  const body =
    held.length === 0
      ? ['return 1']
      : [
          'within := &m.ranges',
          ...sources.map(({ name }) => `${name} := m.${name}(batch)`),
          'count := 0',
          'for _, isWithin := range [...]bool{',
          ...held,
          '} {',
          '\tif !isWithin {',
          '\t\tcount++',
          '\t}',
          '}',
          'return count',
        ];
  return `${GENERATED}package ${go.packageName}

${sim}// interval holds the numbers from low to high; where low lies above high, none.
type interval struct {
	low  float64
	high float64
}

func (i interval) holds(value float64) bool {
	return value >= i.low && value <= i.high
}

// ranges are the values that the constants of a model were fitted on: of what the program reads of a batch, and of what a
// batch is made of. They hold the middle 99 % of the training rows, and a tenth of that width on either side.
${struct(
  'ranges',
  fields.map((field) => [field, 'interval']),
)}
// Extrapolates tells whether a batch lies beyond the rows that the constants of this model were fitted on: whether what the
// program reads of it, or its prompt tokens, decoded tokens, requests or contexts, lie outside of their ranges. StepTime
// answers for such a batch too, but no measurement supports it. WithCoefficients changes no range.
func (m *Model) Extrapolates(batch []*${go.request}) bool {
	return m.outside(batch) > 0
}

// outside counts what lies outside of its range; of a package that knows no ranges, everything does.
func (m *Model) outside(batch []*${go.request}) int {
${indented(body)}}
`;
}
