import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { frontierText } from '../../src/cli/frontier-text.ts';
import { PICK_DETAILS, PICK_RULE } from '../../src/search/index.ts';

const ROOT = join(import.meta.dirname, '../..');

function textOf(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8').replaceAll(/\s+/g, ' ');
}

it('the rule of the pick that documents tell is the one that is used', () => {
  expect(textOf('README.md')).toContain(PICK_RULE);
  for (const sentence of PICK_DETAILS) expect(textOf('README.md')).toContain(sentence);
  expect(textOf('docs/closed-loop.md')).toContain(PICK_RULE);
  for (const file of ['README.md', 'docs/closed-loop.md', 'docs/data.md', 'CHANGELOG.md']) {
    expect(textOf(file)).not.toMatch(/within 5 % of the best|by a standard error/);
  }
});

it('the legend of the front has it', () => {
  expect(frontierText([], 'x').replaceAll(/\s+/g, ' ')).toContain(`the pick: ${PICK_RULE}`);
});
