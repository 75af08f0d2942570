import { describe, expect, it } from 'vitest';
import { changedLines } from '../../src/cli/prompt.ts';
import { diffLines } from '../../src/report/index.ts';

describe('the difference of two prompts', () => {
  const lines = Array.from({ length: 20 }, (_, i) => `line ${i}\n`);

  it('is its changed lines with two around them', () => {
    const after = lines.with(10, 'another\n');
    expect(changedLines(diffLines(lines.join(''), after.join('')))).toBe(
      ['  … 8 lines', '  line 8', '  line 9', '- line 10', '+ another', '  line 11', '  line 12', '  … 7 lines'].join(
        '\n',
      ),
    );
  });

  it('says where there is none', () => {
    expect(changedLines(diffLines('a\n', 'a\n'))).toBe('the prompts are the same');
  });
});
