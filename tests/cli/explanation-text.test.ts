import { describe, expect, it } from 'vitest';
import { explainProgram } from '../../src/baselines/index.ts';
import { explanationText } from '../../src/cli/explanation-text.ts';
import { makeDataset } from '../../src/data/index.ts';
import { batchAt, CONSTANTS, experimentOf, GROUP, programOf } from '../baselines/steps-of-a-law.ts';

describe('an explanation for the terminal', () => {
  const program = programOf(
    'c.base + batch.decodeGemmUs * (batch.decodeRequests * c.perDecode + batch.prefillTokensPerRequest) / Math.max(1, batch.requests * c.perKv) + (batch.kvTokens > c.base ? batch.kvTokens : Math.max(c.perPrefill * batch.prefillTokens, c.perDecode))',
  );
  const dataset = makeDataset('memory', [experimentOf(batchAt)]);
  const fits = [{ group: GROUP, constants: CONSTANTS }];
  const text = explanationText(explainProgram({ dataset, target: 'cycle', program, fits, scope: 'model' }));

  it('has no line of more than 80 characters', () => {
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it('lists terms with their parts, and marks signs that nobody expects', () => {
    expect(text).toMatch(/^ {2}1 {2}c\.base$/m);
    expect(text).toMatch(/^ {4}4\.2 {2}Math\.max\(/m);
    expect(text).toMatch(/^ +when !\(batch\.kvTokens > /m);
    expect(text).toMatch(/^ {6}4\.2\.1 {2}side c\.perPrefill \* batch\.prefillTokens$/m);
    expect(text).toMatch(/^4\.2\.1 +100\.0|^4\.2\.1 +\d/m);
    expect(text).toMatch(/ rises +(flat|mixed) !/);
  });
});
