import { type BeyondData, type ResponsePoint, shownPoints } from '../evaluate/index.ts';
import { short, table } from './markdown.ts';

const CURVES = [
  ['promptTokens', 'prompt tokens'],
  ['contextTokens', 'context tokens'],
  ['requests', 'decodes'],
] as const;

const INTRO = `
Times in ms, with their 90 % intervals where single steps were measured: of one uncached prompt; of 64 decodes, or as many as there
may be, by the context of each; and of decodes of a quarter of the longest context each. Rows near: training rows at such a place;
where there are none, the answer is the program's own, and no measurement's.
`;

/** How the program answers where nothing was measured: the physical floor, and its response curves. */
export function beyondText({ floor, curves }: BeyondData): string {
  const shared = curves.length > 0 && curves.every(({ group }) => group === curves[0]!.group);
  const models = curves.map(({ group, model, ...own }) => {
    const of = shared || group === model ? '' : `, constants of \`${group}\``;
    const tables = CURVES.flatMap(([name, header]) => (own[name].length === 0 ? [] : [curveTable(header, own[name])]));
    return `### ${model}${of}\n\n${tables.join('\n')}`;
  });
  return `## Beyond the data

${floorText(floor)}
${models.length === 0 ? '' : `${INTRO}\n${models.join('\n')}`}`;
}

function floorText(floor: BeyondData['floor']): string {
  if (floor === null) return 'No physical floor is known for its models, so that none was held against it.';
  const { batches, violations, worst, rises, shortRises, questioned } = floor;
  const held =
    worst === null
      ? []
      : [
          'Physics lets no step be faster than its FLOPs at peak and its bytes at peak bandwidth, its floor, and none is believed to take',
          'many times as long.',
          `Of ${batches} batches far from the data ${broken(violations, 'break')} a bound; the least prediction is ${short(worst, 3)} times its floor.`,
          `Of ${rises} steps to more context ${broken(shortRises, 'cost')} less than it takes to read it.`,
        ];
  const aside = Object.entries(questioned).map(([model, why]) => `The floor is set aside for ${model}: ${why}.`);
  return [...held, ...aside].join('\n');
}

function broken(count: number, verb: string): string {
  return count === 0 ? `none ${verb}s` : `**${count}** ${verb}${count === 1 ? 's' : ''}`;
}

function curveTable(header: string, points: readonly ResponsePoint[]): string {
  const ms = (us: number): string => short(us / 1000, 4);
  return table(
    [header, 'predicted', 'floor', '90 % interval', 'rows near'],
    shownPoints(points).map(([x, us, floorUs, lowUs, highUs, rows]) => [
      String(x),
      ms(us),
      ms(floorUs),
      // Where there are no residuals, both ends are the prediction, which is no claim that it is exact.
      lowUs === highUs ? 'not known' : `${ms(lowUs)} – ${ms(highUs)}`,
      String(rows),
    ]),
  );
}
