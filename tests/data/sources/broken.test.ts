import { basename, join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/base/index.ts';
import { FORMATS } from '../../../src/data/sources/formats.ts';
import { importDataset } from '../../../src/data/index.ts';
import { folderForAll } from '../../temporary-folder.ts';
import { broken } from './breakages.ts';
import { SAMPLES, writeSample } from './samples.ts';

/** Of each file of a sample, so that all samples together make far more than 500. */
const BREAKAGES = 36;

const folder = folderForAll();
const FILES = SAMPLES.flatMap((sample, at) =>
  Object.entries(sample.files).map(([file, content]) => ({
    sample,
    file,
    content,
    title: `${sample.format}, ${basename(file)}`,
    place: join(folder, String(at)),
  })),
);

/** What is wrong with an error; undefined where it is as errors have to be. */
function complaint(error: unknown, place: string): string | undefined {
  if (!(error instanceof UserError)) return `not for a user: ${error instanceof Error ? error.stack : String(error)}`;
  const { code, message, mend, place: where } = error;
  if (!/^(?:data|physics)\./.test(code)) return `code ${code}: ${message}`;
  if (message.includes('\n') || mend.includes('\n')) return `several lines: ${message}. ${mend}`;
  if (mend === '') return `no mend: ${message}`;
  // A name that the project does not know is said without its file.
  return code.startsWith('physics.') || where.file?.startsWith(place) ? undefined : `no file: ${message}`;
}

describe('a broken source', () => {
  it('is made in more than 500 ways', () => {
    expect(FILES.length * BREAKAGES).toBeGreaterThan(500);
  });

  it.each(FILES)('is imported or refused in one line: $title', async ({ sample, file, content, place }) => {
    const source = writeSample(sample, place);
    let refused = 0;
    for (let n = 0; n < BREAKAGES; n++) {
      writeFileSync(join(place, file), broken(content, `${sample.format} ${file}`, n));
      // The format is named every other time: content that shows nothing any more has to be refused by its reader too.
      const named = n % 2 === 0 && FORMATS.some(({ name }) => name === sample.format);
      const options = { ...sample.options, ...(named && { format: sample.format }) };
      try {
        await importDataset(source, options);
      } catch (error) {
        refused++;
        expect(complaint(error, place), `breakage ${n}`).toBeUndefined();
      }
    }
    writeFileSync(join(place, file), content);
    await importDataset(source, sample.options);
    expect(refused).toBeGreaterThan(0);
  });
});
