import { expect, it } from 'vitest';
import { FORMAT_NAMES, SYSTEM_PART_NAMES } from '../../src/cli/names.ts';
import { FORMATS, SYSTEM_PARTS } from '../../src/data/index.ts';

it('help names every format that can be imported', () => {
  expect(FORMAT_NAMES).toEqual(FORMATS.map(({ name }) => name));
});

it('help names every part of a system that can be held out', () => {
  expect(SYSTEM_PART_NAMES).toEqual(SYSTEM_PARTS);
});
