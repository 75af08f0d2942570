import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { importDataset, readJourneys } from '../../../src/data/index.ts';
import { traceFiles } from '../../../src/data/otlp/trace-files.ts';
import { STEP_COLUMNS } from '../../../src/physics/index.ts';
import { realCases } from '../../real-data.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { COLUMN_NAMES, range, sampleRecord, sampleSteps } from '../sample.ts';

type Json = Readonly<Record<string, unknown>>;

function attributes(id: number): readonly Json[] {
  const record = sampleRecord(id);
  return COLUMN_NAMES.map((name) => ({
    key: STEP_COLUMNS[name],
    value: name === 'kvUsageRatio' ? { doubleValue: record[name] } : { intValue: String(record[name]) },
  }));
}

/** One export with the steps of some ids, and beside them what traces are full of. */
function exported(ids: readonly number[]): Json {
  const steps = ids.map((id) => ({ name: 'step.BATCH_SUMMARY', attributes: attributes(id) }));
  const odd = {
    name: 'api.ARRIVED',
    attributes: [{ key: 'prompt', value: { stringValue: 'a "quoted" {brace} \\ [x' } }],
  };
  return {
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'about', value: { stringValue: 'step.BATCH_SUMMARY' } }] },
        scopeSpans: [{ scope: { name: 'vllm.scheduler.step' }, spans: [{ name: 's', events: [odd, ...steps, odd] }] }],
      },
    ],
  };
}

function folderWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = join(temporaryFolder(), '20260101-000000-llama-2-70b-tp4-general');
  mkdirSync(folder);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

function snake(text: string): string {
  return text.replaceAll(
    /"(\w+)":/g,
    (_, key: string) => `"${key.replaceAll(/[A-Z]/g, (c) => `_${c.toLowerCase()}`)}":`,
  );
}

/** A zstd frame of stored blocks (RFC 8878, section 3.1.1): nothing on Node 20 compresses. */
function zstd(text: string): Uint8Array {
  const content = Buffer.from(text, 'utf8');
  const size = Buffer.alloc(4);
  size.writeUInt32LE(content.length);
  const parts = [Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0]), size];
  const block = 1 << 16;
  for (let at = 0; at < content.length; at += block) {
    const part = content.subarray(at, at + block);
    const isLast = at + block >= content.length ? 1 : 0;
    const header = Buffer.alloc(3);
    header.writeUIntLE(2 ** 3 * part.length + isLast, 0, 3);
    parts.push(header, part);
  }
  return Buffer.concat(parts);
}

function framed(message: Uint8Array): Uint8Array {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(message.length);
  return Buffer.concat([length, message]);
}

const IDS = range(1, 301);
const first = JSON.stringify(exported(IDS.slice(0, 150)));
const second = JSON.stringify(exported(IDS.slice(150)));
const lines = `${first}\n${second}\n`;

describe('traces of steps', () => {
  it.each<[string, Readonly<Record<string, string | Uint8Array>>]>([
    ['one export a line', { 'traces.json': lines }],
    ['lines with carriage returns and a byte-order mark', { 'traces.json': `\uFEFF${first}\r\n${second}\r\n` }],
    ['one array', { 'traces.json': `[${first},${second}]` }],
    ['one pretty document', { 'traces.json': JSON.stringify(exported(IDS), null, 2) }],
    ['snake case', { 'traces.json': snake(lines) }],
    ['the old name of scopes', { 'traces.json': lines.replaceAll('scopeSpans', 'instrumentationLibrarySpans') }],
    ['integers as numbers', { 'traces.json': lines.replaceAll(/"intValue":"(\d+)"/g, '"intValue":$1') }],
    ['packed by gzip', { 'traces.json.gz': gzipSync(lines) }],
    ['packed by zstd', { 'traces.json.zst': zstd(lines) }],
    [
      'packed by the exporter, message by message',
      { 'traces.json': Buffer.concat([first, second].map((text) => framed(zstd(text)))) },
    ],
    ['rotated', { 'traces-2026-01-01T00-10-00.000.json': first, 'traces.json': second }],
    [
      'rotated just now, one file packed',
      { 'traces-2026-01-01T00-10-00.000.json.gz': gzipSync(lines), 'traces.json': '' },
    ],
  ])('are read as %s', async (_, files) => {
    const { experiments } = await importDataset(folderWith(files));
    expect(experiments[0]!.steps).toEqual(sampleSteps(IDS));
  });

  it('may have a document that is longer than a chunk, and hold half a megabyte in one text', async () => {
    const long = { name: 'api.ARRIVED', attributes: [{ key: 'prompt', value: { stringValue: '"{'.repeat(3e5) } }] };
    const spans = Array.from({ length: 4 }, () => ({ events: [long] }));
    const padded = JSON.stringify({
      resourceSpans: [{ scopeSpans: [{ spans }] }, ...(exported(IDS)['resourceSpans'] as Json[])],
    });
    const { experiments } = await importDataset(folderWith({ 'traces.json': padded }));
    expect(experiments[0]!.steps).toEqual(sampleSteps(IDS));
  });

  it.each<[string, Readonly<Record<string, string | Uint8Array>>, RegExp]>([
    [
      'ends early',
      { 'traces.json': lines.slice(0, -40) },
      /traces\.json:2: not an OTLP export in JSON: the file ends within/,
    ],
    [
      'ends early when it is packed',
      { 'traces.json.gz': gzipSync(lines).subarray(0, -20) },
      /traces\.json\.gz: its gzip data/,
    ],
    [
      'is no JSON',
      { 'traces.json': 'hello' },
      /traces\.json:1: not an OTLP export in JSON: no JSON document begins here/,
    ],
    [
      'is protobuf',
      { 'traces.json': Uint8Array.of(0x0a, 0x05, 0x12, 0x00) },
      /traces\.json:2: not an OTLP export in JSON/,
    ],
    [
      'has brackets that do not match',
      { 'traces.json': `${first}\n{"a":[}` },
      /traces\.json:2: .*brackets do not match/,
    ],
    [
      'lacks an attribute',
      { 'traces.json': lines.replace('"step.id"', '"step.ID"') },
      /traces\.json:1: .*no number `step\.id`/,
    ],
  ])('are refused in one line where the file %s', async (_, files, words) => {
    const error = await importDataset(folderWith(files)).catch((refusal: unknown) => refusal as Error);
    expect((error as Error).message).toMatch(words);
    expect((error as Error).message).not.toContain('\n');
  });

  it.skipIf(realCases === undefined)(
    'give one dataset in every form (skipped where the cases are not beside the checkout)',
    async () => {
      const forms = readdirSync(join(realCases!, 'otlp')).filter((form) => form !== 'two-ranks');
      const hashes = await Promise.all(
        forms.map(async (form) => (await importDataset(join(realCases!, 'otlp', form))).hash),
      );
      expect(forms).toHaveLength(8);
      expect(new Set(hashes).size).toBe(1);
    },
  );
});

describe('traces of requests', () => {
  const event = (name: string, seconds: number): Json => ({
    name,
    attributes: [
      { key: 'ts.monotonic', value: { doubleValue: seconds } },
      { key: 'prefill.total_tokens', value: { intValue: '500' } },
    ],
  });
  const span = (...events: readonly Json[]): string =>
    JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [{ name: 'llm_core', events }] }] }] });
  const journeys = [
    span(event('journey.QUEUED', 5), event('journey.SCHEDULED', 5.25), event('journey.FINISHED', 9)),
    span(event('journey.QUEUED', 2), event('journey.SCHEDULED', 2.5)),
    span(event('journey.QUEUED', 3)),
  ];

  it('say when requests were queued and scheduled, in order, and leave out those that never were', async () => {
    for (const text of [journeys.join('\n'), `[\n${journeys.join(',\n')}\n]`, snake(journeys.join('\n'))]) {
      expect(await readJourneys(traceFiles(folderWith({ 'traces.json': `${text}\n${first}` })))).toEqual([
        { queuedS: 2, scheduledS: 2.5, promptTokens: 500 },
        { queuedS: 5, scheduledS: 5.25, promptTokens: 500 },
      ]);
    }
  });

  it('name the line on which they end', async () => {
    const files = traceFiles(folderWith({ 'traces.json': `${journeys[0]}\n{"events":[` }));
    await expect(readJourneys(files)).rejects.toThrow(/traces\.json:2: not an OTLP export/);
  });
});
