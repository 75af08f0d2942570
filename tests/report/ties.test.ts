import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type FrontPlotPoint, plotFront, kneeOf, lowerEnvelope, readHistory } from '../../src/report/index.ts';
import { bestOther } from '../../src/report/html/program-plots.ts';
import { createRun } from '../../src/run/index.ts';
import type { SearchEvent, SearchRejectReason } from '../../src/search/index.ts';
import { toyConfig } from '../run/toy-run.ts';
import { temporaryFolder } from '../temporary-folder.ts';

function point(id: string, operations: number, error: number): FrontPlotPoint {
  return {
    id,
    operations,
    error,
    features: 1,
  };
}

describe('the knee, where programs tie', () => {
  it('looks at the lower error of as many operations, and at the first of equal programs', () => {
    const points = [point('worse', 5, 4), point('a', 1, 9), point('first', 5, 3), point('second', 5, 3)];
    expect(lowerEnvelope(points).map(({ id }) => id)).toEqual(['a', 'first']);
    expect(lowerEnvelope(points.toReversed()).map(({ id }) => id)).toEqual(['a', 'second']);
  });

  it('leaves out what costs more and is no better', () => {
    expect(lowerEnvelope([point('b', 2, 5), point('a', 1, 5)]).map(({ id }) => id)).toEqual(['a']);
  });

  it('is the smaller of two programs that lie equally far below the chord', () => {
    const bent = [point('a', 0, 256), point('b', 2, 16), point('c', 4, 4), point('d', 8, 1)];
    expect(kneeOf(bent)?.id).toBe('b');
    expect(kneeOf(bent.toReversed())?.id).toBe('b');
  });

  it('is none where all programs lie on the chord, but for rounding', () => {
    const powers = [64, 16, 8, 4, 1].map((error) => point(`${error}`, 6 - Math.log2(error), error));
    expect(kneeOf(powers)).toBeUndefined();
  });
});

describe('the plot of a front, where programs fall on one place', () => {
  const ends = [
    { ...point('a', 1, 1000), features: 7 },
    { ...point('z', 90, 1), features: 8 },
  ];
  const middle = [
    { ...point('less', 40, 30.001), features: 1 },
    { ...point('more', 40, 30), features: 2 },
    { ...point('pick', 40, 30.002), features: 3 },
    { ...point('knee', 40, 30.003), features: 4 },
  ];
  const signs = (ids: readonly string[], marks: Parameters<typeof plotFront>[1]): string => {
    const plot = plotFront([...ends, ...middle.filter(({ id }) => ids.includes(id))], marks);
    // The signs in the plot itself, behind its left axis.
    return plot
      .replace(/^.*[┤└]/gm, '')
      .replace(/^\s+\S+ +operations.*$|error %/gm, '')
      .replace(/[^1-9*K]/g, '');
  };

  it('shows the pick before the knee, the knee before others, of these the more accurate one', () => {
    const marks = { pick: 'pick', knee: 'knee' };
    expect(signs(['less', 'more', 'pick', 'knee'], marks)).toBe('7*8');
    expect(signs(['less', 'more', 'knee'], marks)).toBe('7K8');
    expect(signs(['less', 'more'], marks)).toBe('728');
  });
});

describe('lists of a report, where figures tie', () => {
  it('name the first of references that are equally good on an experiment', () => {
    const reference = (name: string, e2eError: number) =>
      ({ name, kind: 'baseline', error: 1, experiments: [{ id: 'x', e2eError, mape: 1 }] }) as never;
    const references = [
      reference('poor', 9),
      reference('first', 4),
      reference('second', 4),
      reference('no number', NaN),
    ];
    expect(bestOther(references, 'baseline', 'x', 'e2eError')).toEqual({ name: 'first', value: 4 });
    expect(bestOther(references, 'baseline', 'x', 'mape')).toEqual({ name: 'poor', value: 1 });
    expect(bestOther(references, 'seed', 'x', 'mape')).toBeUndefined();
  });

  it('have reasons of rejection by number, then by name, and mutations by name where they brought the same', () => {
    const run = createRun(join(temporaryFolder(), 'run'), toyConfig());
    const rejected: readonly (readonly [mutation: string, reason: SearchRejectReason])[] = [
      ['tweak', 'no-proposal'],
      ['graft', 'caps'],
      ['tweak', 'invalid'],
      ['drop', 'caps'],
      ['graft', 'invalid'],
    ];
    const events = rejected.flatMap(([mutation, reason], sequence): readonly SearchEvent[] => [
      {
        type: 'proposed',
        sequence,
        generation: 0,
        island: 0,
        operator: 'grammar',
        mutation,
        parents: [],
        child: sequence,
        id: null,
        source: '',
      },
      { type: 'rejected', sequence, reason, detail: 'of a test' },
    ]);
    const all: readonly SearchEvent[] = [...events, { type: 'generation', generation: 0, stopped: null }];
    appendFileSync(run.files.events, all.map((event) => `${JSON.stringify(event)}\n`).join(''));
    const { rejections, operators } = readHistory(run);
    expect(rejections.map(({ reason, count }) => `${count} ${reason}`)).toEqual([
      '2 caps',
      '2 invalid',
      '1 no-proposal',
    ]);
    expect(operators.map(({ mutation }) => mutation)).toEqual(['drop', 'graft', 'tweak']);
  });
});
