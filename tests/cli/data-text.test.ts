import { describe, expect, it } from 'vitest';
import { describeText } from '../../src/cli/data-text.ts';
import { describeDataset, makeDataset } from '../../src/data/index.ts';
import { requestColumns } from '../../src/data/requests.ts';
import { EXPERIMENT, range, sampleSteps } from '../data/sample.ts';

function textOf(experiment: object): string {
  const dataset = makeDataset('memory', [{ ...EXPERIMENT, ...experiment }]);
  return describeText('memory', describeDataset(dataset));
}

describe('the description of a dataset in words', () => {
  it('says what step records are worth, and which cycles are left out', () => {
    const steps = sampleSteps(range(0, 40));
    steps.startNs[5] = steps.startNs[4]!;
    const text = textOf({ steps, removed: { duplicates: 3, bad: 2 }, treatment: { dropWarmup: 2 } });
    expect(text).toMatch(/^signal +engines +idle waits +stalls +below peak +clock steps +twice +bad +left out/m);
    expect(text).toMatch(/^a +1 +0 +0 +0 +0 +3 +2 +3 +own batch \(\d+ triples/m);
    expect(text).toContain('a: left out, first steps of an engine: 2 cycles of step 0, 1\n');
    expect(text).toContain('a: left out, no time passed, or the clock was set back: 1 cycle of step 4\n');
    expect(text).toContain('a: few cycles (8 valid, 7 test)');
  });

  it('sets steps beside clients, and says why contexts differ', () => {
    const steps = sampleSteps(range(0, 60));
    const measured = {
      e2eMs: 1000,
      ttftMs: 50,
      itlMs: 10,
      completed: 100,
      failed: 0,
      meanPromptTokens: 5000,
      meanOutputTokens: 200,
    };
    const text = textOf({ steps, measured });
    expect(text).toMatch(/^steps against clients +context of steps +of clients +E2E ms of steps/m);
    expect(text).toMatch(/a: clients see \d+ % more context a request than blocks tell: requests that share a prefix/);
  });

  it('says that clients count two events a token where they do', () => {
    const measured = {
      e2eMs: 1000,
      ttftMs: 50,
      itlMs: 10,
      completed: 9,
      failed: 0,
      meanPromptTokens: 1,
      meanOutputTokens: 1,
    };
    expect(textOf({ steps: sampleSteps(range(0, 60)), measured })).toContain('twice what was reported');
  });

  it('counts what a load generator reported, and its time between tokens as that of tokens', () => {
    const of = (mean: number) => ({ mean, p50: mean, p90: mean, p99: mean });
    const overall = { completed: 990, failed: 10, ttftMs: of(50), itlMs: of(20), e2eMs: of(1000) };
    const text = textOf({
      steps: undefined,
      measured: {
        e2eMs: 1000,
        ttftMs: 50,
        itlMs: 10,
        completed: 990,
        failed: 10,
        meanPromptTokens: 9,
        meanOutputTokens: 48,
      },
      load: { arrivals: 'constant', stages: [{ rate: 10, durationS: 100 }], groups: 1, promptsPerGroup: 9 },
      reports: { overall, stages: [overall] },
    });
    expect(text).toMatch(/^a +report of 1000 +1000 +50\.0 +20\.00$/m);
    expect(text).toContain('a: ITL of clients is twice what was reported');
  });

  it('says where blocks tell of longer contexts than clients do', () => {
    const measured = {
      e2eMs: 1000,
      ttftMs: 50,
      itlMs: 10,
      completed: 9,
      failed: 0,
      meanPromptTokens: 1,
      meanOutputTokens: 1,
    };
    expect(textOf({ steps: sampleSteps(range(0, 60)), measured })).toMatch(
      /a: blocks tell \d+ % more context a request than clients see/,
    );
  });

  it('counts requests by how they ended, with the latencies of those that are ok', () => {
    const requests = requestColumns([
      { arrivalUs: 0, firstTokenUs: 20_000, lastTokenUs: 120_000, outputTokens: 11, outcome: 'ok' },
      { arrivalUs: 10, firstTokenUs: 40_010, lastTokenUs: 240_010, outputTokens: 11, outcome: 'ok' },
      { arrivalUs: 20, outcome: 'failed' },
    ]);
    const text = textOf({ requests });
    expect(text).toMatch(/^a +3 requests +180 +30\.0 +15\.00$/m);
    expect(text).toContain('a: requests: 2 ok, 1 failed\n');
    expect(textOf({ requests: requestColumns([{ arrivalUs: 0, outcome: 'ok' }]) })).not.toContain('requests: ');
  });

  it('says what is missing where there are no cycles', () => {
    const steps = sampleSteps(range(0, 40));
    expect(textOf({ steps: { ...steps, startNs: steps.startNs.map(() => Number.NaN) } })).toContain(
      'a: no cycles: no starts of steps were recorded',
    );
    expect(textOf({ steps: { ...steps, stepId: steps.stepId.map((id) => 2 * id) } })).toContain(
      'a: no cycles: no two consecutive steps were recorded',
    );
  });

  it('has no such tables without step records', () => {
    const text = textOf({});
    expect(text).not.toContain('idle waits');
    expect(text).not.toContain('steps against clients');
  });
});
