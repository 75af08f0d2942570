import { BATCH_REGIMES, type Explanation, type FoundSign, type TermShares } from '../baselines/index.ts';
import { formatNumber, formatPercent, renderTable } from '../report/index.ts';

const WIDTH = 80;
const right = 'right' as const;

type Cells = readonly string[];

/** What a program's times are made of, for the terminal, in lines of 80 characters. */
export function explanationText(explanation: Explanation): string {
  const { terms, regimes, importance, signs, residuals, components, replayed } = explanation;
  return [
    section('Terms; their values add up to the step time:', termList(terms)),
    section('Share of the predicted time, %:', shareTable(explanation)),
    ...deciding(explanation),
    ...groupShares(terms),
    section(
      'Regimes, with their training and validation rows:',
      renderTable(
        [{ header: 'regime' }, { header: 'rows', align: right }, { header: 'meaning' }],
        regimes.map(({ regime, rows, meaning }) => [regime, String(rows), short(meaning, 60)]),
      ),
    ),
    ...(importance.length === 0
      ? []
      : [
          section(
            'Importance: points of MAPE on validation rows when a feature is shuffled:',
            renderTable(
              [
                { header: 'feature' },
                { header: 'increase', align: right },
                { header: '±', align: right },
                { header: 'unit' },
              ],
              importance.map(({ feature, unit, increase, spread }) => [
                short(feature, 44),
                formatPercent(increase),
                formatPercent(spread),
                unit,
              ]),
            ),
          ),
        ]),
    section('Signs: what the time does where something grows:', signTable(signs)),
    ...(residuals.valid.length + residuals.train.length === 0 ? [] : [section(RESIDUALS, residualTable(residuals))]),
    ...(components.length === 0
      ? []
      : [
          section(
            'Residuals where a component takes little time and where it takes much, %:',
            renderTable(
              [
                { header: 'component' },
                ...['low: bias', 'middle 80 %', 'high: bias', 'middle 80 %'].map((header) => ({
                  header,
                  align: right,
                })),
              ],
              components.map(({ component, low, high }) => [component, ...spreadCells(low), ...spreadCells(high)]),
            ),
          ),
        ]),
    ...(replayed.length === 0
      ? []
      : [
          `Not measured, but batches of a replay: ${replayed.join(', ')}. Shares and signs hold these rows, residuals do not.`,
        ]),
  ].join('\n\n');
}

const RESIDUALS = 'Residuals by regime, predicted minus measured in % of measured:';

function section(title: string, body: string): string {
  return `${title}\n${body}`;
}

/** Each term on lines of its own: most are longer than a column of a table. */
function termList(terms: readonly TermShares[]): string {
  return terms
    .flatMap(({ place, role, text, when }) => {
      const head = `${'  '.repeat(place.split('.').length)}${place}  `;
      const [first = '', ...others] = wrapped(`${role === 'side' ? 'side ' : ''}${text}`, WIDTH - head.length);
      const condition = when === null ? [] : wrapped(`when ${when}`, WIDTH - head.length);
      return [`${head}${first}`, ...[...others, ...condition].map((line) => `${' '.repeat(head.length)}${line}`)];
    })
    .join('\n');
}

/** A text in lines that are no longer than a width, where its words are not. */
function wrapped(text: string, width: number): Cells {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function regimesOf({ regimes }: Explanation): readonly string[] {
  return BATCH_REGIMES.filter((regime) => regimes.some((each) => each.regime === regime));
}

function shareTable(explanation: Explanation): string {
  const names = regimesOf(explanation);
  return renderTable(
    [{ header: 'term' }, ...names.map((header) => ({ header, align: right }))],
    explanation.terms.map(({ place, share }) => [place, ...names.map((name) => oneDecimal(share[name]))]),
  );
}

/** Of sides and branches, where there are some. */
function deciding(explanation: Explanation): Cells {
  const names = regimesOf(explanation);
  const sides = explanation.terms.flatMap(({ place, decides }) => (decides === null ? [] : [{ place, decides }]));
  if (sides.length === 0) return [];
  return [
    section(
      'Rows in which a side or a branch decides, % of those of the term above:',
      renderTable(
        [{ header: 'term' }, ...names.map((header) => ({ header, align: right }))],
        sides.map(({ place, decides }) => [place, ...names.map((name) => oneDecimal(decides[name]))]),
      ),
    ),
  ];
}

/** Groups are rows, as their names are long and there may be many of them. */
function groupShares(terms: readonly TermShares[]): Cells {
  const top = terms.filter(({ place }) => !place.includes('.'));
  const groups = Object.keys(top[0]?.shareByGroup ?? {});
  if (groups.length < 2 || top.length < 2) return [];
  return [
    section(
      'Share of the predicted time by group of constants, %:',
      renderTable(
        [{ header: 'group' }, ...top.map(({ place }) => ({ header: place, align: right }))],
        groups.map((group) => [group, ...top.map(({ shareByGroup }) => oneDecimal(shareByGroup[group]))]),
      ),
    ),
  ];
}

function signTable(signs: readonly FoundSign[]): string {
  return renderTable(
    [
      { header: 'where it grows' },
      { header: 'expected' },
      { header: 'found' },
      { header: 'rises %', align: right },
      { header: 'falls %', align: right },
      { header: 'median µs', align: right },
    ],
    signs.map(({ of, name, unit, expected, found, rises, falls, medianUs }) => [
      short(of === 'batch' ? `batch: ${name}` : name, 27),
      expected ?? '–',
      expected !== null && found !== expected ? `${found} !` : found,
      oneDecimal(rises),
      oneDecimal(falls),
      `${formatNumber(medianUs)}${unit === '1' ? '' : `/${unit}`}`,
    ]),
  );
}

function residualTable({ train, valid }: Explanation['residuals']): string {
  const names = BATCH_REGIMES.filter((regime) => [...train, ...valid].some((each) => each.regime === regime));
  const cells = (of: typeof train, name: string): Cells => {
    const figures = of.find(({ regime }) => regime === name);
    return figures === undefined ? ['0', '–', '–'] : [String(figures.rows), ...spreadCells(figures)];
  };
  return renderTable(
    [
      { header: 'regime' },
      ...['train rows', 'bias', 'middle 80 %', 'valid rows', 'bias', 'middle 80 %'].map((header) => ({
        header,
        align: right,
      })),
    ],
    names.map((name) => [name, ...cells(train, name), ...cells(valid, name)]),
  );
}

function spreadCells({ bias, p10, p90 }: { readonly bias: number; readonly p10: number; readonly p90: number }): Cells {
  return [oneDecimal(bias), `${oneDecimal(p10)} … ${oneDecimal(p90)}`];
}

function oneDecimal(value: number | undefined): string {
  if (value === undefined) return '–';
  const text = value.toFixed(1);
  return text === '-0.0' ? '0.0' : text.replace('-', '−');
}

function short(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}
