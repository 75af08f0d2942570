import fc from 'fast-check';
import { join } from 'node:path';
import { mkdirSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/base/index.ts';
import { importDataset } from '../../../src/data/index.ts';
import { folderForAll } from '../../temporary-folder.ts';
import { event, exported, lines, snapshot, summary } from './otlp-sample.ts';

const whole = lines(
  exported([summary(1), snapshot(1, 5, 8, 50, 0), snapshot(1, 30, 1, 20, 11), summary(2), summary(3)]),
  exported([event('journey.QUEUED', { 'ts.monotonic': 3 }), event('journey.FINISHED', { 'ts.monotonic': 4.5 })], {
    name: 'llm_core',
    span: { 'gen_ai.request.id': 'a "b"\\' },
  }),
);
const bytes = Buffer.from(whole);
const at = fc.nat(bytes.length - 1);

/** Ways in which files are damaged: cut, bytes changed, parts exchanged or repeated. */
const damaged: fc.Arbitrary<Uint8Array> = fc.oneof(
  at.map((end) => bytes.subarray(0, end)),
  fc.tuple(at, fc.nat(255)).map(([where, byte]) => Buffer.from(bytes).fill(byte, where, where + 1)),
  fc.tuple(at, at, at).map((cuts) => {
    const [a, b, c] = [...cuts].sort((x, y) => x - y) as [number, number, number];
    return Buffer.concat([bytes.subarray(0, a), bytes.subarray(b, c), bytes.subarray(a, b), bytes.subarray(c)]);
  }),
  fc.tuple(at, fc.constantFrom('null', '"x"', '-1', '1e999', '[]', '{}', '""')).map(([where, value]) => {
    const text = bytes.toString('latin1');
    return Buffer.from(text.slice(0, where) + text.slice(where).replace(/"\d+"/, value), 'latin1');
  }),
);

describe('damaged traces', () => {
  const root = folderForAll();

  it('are read or refused in one line that names the file and what to do', async () => {
    let folder = 0;
    await fc.assert(
      fc.asyncProperty(damaged, fc.constantFrom('plain', 'gzip', 'cut gzip'), async (content, packing) => {
        const run = join(root, String(folder++), '20260101-000000-llama-2-70b-tp4-general');
        mkdirSync(run, { recursive: true });
        const packed = packing === 'plain' ? content : gzipSync(content);
        writeFileSync(join(run, 'traces.json'), packing === 'cut gzip' ? packed.subarray(0, -9) : packed);
        const error: unknown = await importDataset(run).then(
          () => undefined,
          (refusal: unknown) => refusal,
        );
        if (error === undefined) return;
        expect(error).toBeInstanceOf(UserError);
        const { message, place, mend } = error as UserError;
        expect(message).not.toContain('\n');
        expect(place?.file).toContain('traces.json');
        expect(mend).toMatch(/\w/);
      }),
      { numRuns: 300 },
    );
  });
});
