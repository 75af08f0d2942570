import type { FittedRange, Standing } from '../baselines/index.ts';
import { short, table } from './markdown.ts';
import type { Package } from './package.ts';

/** Where the rows lie that the constants were fitted on, by group of constants, and what `Extrapolates` goes by. */
export function rangesText({ groups }: Standing, { entries, prediction }: Package): string {
  const used = groups.filter(({ group }) => entries.some((entry) => entry.group === group));
  const judged = [...prediction.features.fields.keys(), ...prediction.figures.fields.keys()];
  const tables = used.map(({ group, ranges }) => {
    const title = used.length > 1 ? `Constants of \`${group}\`:\n\n` : '';
    const own = judged.flatMap((name) => ranges.find(({ feature }) => feature === name) ?? []);
    return `${title}${own.length === 0 ? 'No rows are known: `Extrapolates` says yes to every batch.\n' : rangesTable(own)}`;
  });
  return `## Where it was measured

The training rows, recorded and replayed ones, by what the program reads of a batch and by what a batch is made of. \`Extrapolates\`
goes by the middle 99 % of the rows and a tenth of that width on either side. The last two columns tell how many rows support the
ends: those in the lowest and in the highest tenth of the way from the least to the most.

${tables.join('\n')}`;
}

function rangesTable(ranges: readonly FittedRange[]): string {
  return table(
    ['feature', 'middle 99 %', 'least – most', 'median', 'rows', 'lowest tenth', 'highest tenth'],
    ranges.map(({ feature, least, low, high, most, support }) => [
      feature,
      span(low, high),
      span(least, most),
      ...(support === undefined
        ? ['', '', '', '']
        : [
            short(support.median, 5),
            String(support.rows),
            rowsText(support.lowestTenth),
            rowsText(support.highestTenth),
          ]),
    ]),
  );
}

function span(least: number, most: number): string {
  return least === most ? short(least, 5) : `${short(least, 5)} – ${short(most, 5)}`;
}

function rowsText(rows: number): string {
  return rows === 1 ? '1 row' : `${rows} rows`;
}
