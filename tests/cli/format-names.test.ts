import { expect, it } from 'vitest';
import { FORMAT_NAMES } from '../../src/cli/format-names.ts';
import { FORMATS } from '../../src/data/index.ts';

it('help names every format that can be imported', () => {
  expect(FORMAT_NAMES).toEqual(FORMATS.map(({ name }) => name));
});
