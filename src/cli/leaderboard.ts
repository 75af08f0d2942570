import { type LeaderboardDocument, rankPredictors } from '../app/index.ts';
import type { TargetName } from '../data/index.ts';
import { RUNS, runOf } from './find-run.ts';
import { leaderboardLegend, leaderboardMarkdown, leaderboardTable, winnerText } from './leaderboard-text.ts';
import { note, print, printJson } from './output.ts';
import { queueingText } from './queueing-text.ts';
import { queueOption } from './work.ts';
import { transferSections } from './transfer-text.ts';
import { UsageError } from './usage-error.ts';

interface LeaderboardFlags {
  readonly data?: string;
  readonly target?: TargetName;
  readonly benchData?: string;
  readonly traces?: string;
  readonly queue?: string;
  readonly queueData?: string;
  readonly transfer?: boolean;
  readonly json: boolean;
  readonly markdown: boolean;
}

/** `evolve leaderboard [RUN]`: every reference predictor and the run's programs on the same test rows. */
export async function leaderboardCommand(
  name: string | undefined,
  { json, markdown, queue, queueData, ...options }: LeaderboardFlags,
): Promise<void> {
  if (json && markdown) {
    throw new UsageError('--json and --markdown exclude each other', 'Give one of them.');
  }
  const document = await rankPredictors({
    ...options,
    ...queueOption({ ...(queue !== undefined && { queue }), ...(queueData !== undefined && { queueData }) }),
    ...(name === undefined ? { runs: RUNS } : { run: runOf(name) }),
    onNote: note,
  });
  if (json) printJson(document);
  else printLeaderboard(document, markdown);
}

function printLeaderboard(document: LeaderboardDocument, markdown: boolean): void {
  const { target, run, rows, bestBaseline, queueing, testAccess: access } = document;
  const title = `Leaderboard on the test rows and requests of ${document.data.source}, target ${target}${run === null ? '' : `, run ${run}`}`;
  const transfer = transferSections(document.transfer);
  const opened = `Test rows and requests were opened by \`evolve ${access.command}\` at ${access.at}${access.recordedIn.length > 0 ? `, recorded in ${access.recordedIn.join(' and ')}` : ''}.`;
  const legend = [...winnerText(rows), leaderboardLegend(rows, bestBaseline)].join('\n');
  const notes = rows.flatMap((row) => [
    ...row.notes.map((text) => `${row.name}: ${text}`),
    ...(row.unpredicted.length > 0 ? [`${row.name}: no prediction for ${row.unpredicted.join(', ')}`] : []),
    ...Object.entries(row.closedLoop?.missing ?? {}).map(([id, why]) => `${row.name}: ${id} not served, ${why}`),
  ]);
  if (markdown) {
    const list = notes.map((text) => `- ${text}`).join('\n');
    print(
      `# ${title}\n\n${leaderboardMarkdown(rows)}\n\n${legend}\n\n${list}\n\n${transfer.map((text) => `    ${text.replaceAll('\n', '\n    ')}\n\n`).join('')}${queueingText(queueing)}\n\n${opened}`,
    );
  } else {
    print(
      `${title}\n\n${leaderboardTable(rows)}\n\n${legend}\n\n${[...transfer, queueingText(queueing), opened].join('\n\n')}`,
    );
    note(notes.map((text) => `note: ${text}`).join('\n'));
  }
}
