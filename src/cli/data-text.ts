import { groupBy } from '../base/index.ts';
import type { DatasetDescription } from '../data/index.ts';
import { renderTable } from '../report/index.ts';
import { signalText } from './signal-text.ts';

type Described = DatasetDescription['experiments'][number];

/** A dataset's description for people. */
export function describeText(source: string, description: DatasetDescription): string {
  if (description.table !== undefined) return tableText(source, description, description.table);
  const { experiments, features, hash } = description;
  const experimentRows = experiments.map((experiment) => {
    const { id, rows, split, testIds, cyclePairs, measured, requests, points, reported } = experiment;
    return [
      id,
      rows > 0 ? String(rows) : clientsText(experiment),
      rows === 0 && points === undefined ? '' : splitText(points?.split ?? split),
      testIds === null ? '' : testIds.join('–'),
      rows === 0 ? '' : `${cyclePairs.train} / ${cyclePairs.valid} / ${cyclePairs.test}`,
      (measured?.e2eMs ?? requests?.e2eMs)?.toFixed(0) ?? '',
      (measured?.ttftMs ?? requests?.ttftMs ?? points?.ttftMs)?.toFixed(1) ?? '',
      (reported?.itlMs ?? measured?.itlMs ?? requests?.itlMs ?? points?.tpotMs)?.toFixed(2) ?? '',
    ];
  });
  const experimentTable = renderTable(
    [
      { header: 'experiment' },
      { header: 'rows', align: 'right' },
      { header: 'train / valid / test', align: 'right' },
      { header: 'test ids', align: 'right' },
      { header: 'cycle pairs', align: 'right' },
      { header: 'E2E ms', align: 'right' },
      { header: 'TTFT ms', align: 'right' },
      { header: 'ITL ms', align: 'right' },
    ],
    experimentRows,
  );
  const featureTable = renderTable(
    [{ header: 'feature' }, { header: 'unit' }, { header: 'meaning' }],
    features.map(({ name, unit, meaning }) => [name, unit, meaning]),
  );
  return [
    `${source}  (hash ${hash.slice(0, 12)})`,
    experimentTable,
    ...leftOutLines(description),
    ...signalText(experiments),
    featureTable,
    ...unavailableLines(description),
  ].join('\n\n');
}

/** A table of plain rows for people. */
function tableText(
  source: string,
  { features, hash }: DatasetDescription,
  { target, description, order, leftOut, groups }: NonNullable<DatasetDescription['table']>,
): string {
  const rows = groups.map(({ id, train, valid, test }) => [
    id,
    String(train + valid + test),
    `${train} / ${valid} / ${test}`,
  ]);
  const columns = [
    { name: target.name, meaning: target.header, unit: target.unit, role: 'target' },
    ...features.map(({ name, meaning, unit }) => ({ name: `batch.${name}`, meaning, unit, role: 'feature' })),
  ];
  return [
    `${source}  (hash ${hash.slice(0, 12)})`,
    ...(description === undefined ? [] : [description]),
    renderTable(
      [
        { header: 'group' },
        { header: 'rows', align: 'right' },
        { header: `train / valid / test, ${order}`, align: 'right' },
      ],
      rows,
    ),
    ...(leftOut === 0 ? [] : [`${leftOut} rows are left out: a cell of theirs is empty or no finite number`]),
    renderTable(
      [{ header: 'column' }, { header: 'in programs' }, { header: 'unit' }, { header: 'is' }],
      columns.map(({ name, meaning, unit, role }) => [meaning, role === 'target' ? '' : name, unit, role]),
    ),
  ].join('\n\n');
}

function splitText({ train, valid, test }: Described['split']): string {
  return `${train} / ${valid} / ${test}`;
}

function clientsText({ requests, points, reported }: Pick<Described, 'requests' | 'points' | 'reported'>): string {
  if (points !== undefined) return `${points.count} ${points.count === 1 ? 'point' : 'points'}`;
  if (requests !== undefined) return `${requests.count} requests`;
  return reported === undefined ? 'summary only' : `report of ${reported.count}`;
}

/** Serving points that are not used. */
function leftOutLines({ leftOut = [] }: DatasetDescription): readonly string[] {
  if (leftOut.length === 0) return [];
  const all = leftOut.reduce((sum, { points }) => sum + points, 0);
  const table = renderTable(
    [{ header: 'rule' }, { header: 'points', align: 'right' }, { header: 'why' }],
    leftOut.map(({ rule, points, meaning }) => [rule, String(points), meaning]),
  );
  return [`${all} serving points are left out:\n${table}`];
}

/** Features that the data cannot give, together where the same columns are missing. */
function unavailableLines({ unavailable = [] }: DatasetDescription): readonly string[] {
  return [...groupBy(unavailable, ({ missing }) => missing.join(', '))].map(
    ([columns, own]) => `not available without ${columns}: ${own.map(({ name }) => name).join(', ')}`,
  );
}
