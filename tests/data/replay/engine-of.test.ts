import { describe, expect, it } from 'vitest';
import { engineOf, makeDataset, servingContext } from '../../../src/data/index.ts';
import { SERVER } from '../../evaluate/closed-loop/served.ts';

describe('the engine of an experiment', () => {
  const { settings: _, ...unknown } = SERVER;
  const context = servingContext(makeDataset('made up', [unknown]), unknown);

  it('is as its source says, then as is tried, and what is assumed is said', () => {
    expect(engineOf(SERVER, context).settings).toMatchObject({
      maxNumSeqs: 8,
      maxNumBatchedTokens: 512,
      kvBlocks: 400,
      asyncScheduling: false,
    });
    expect(engineOf(SERVER, context, { maxNumSeqs: 16 }).settings.maxNumSeqs).toBe(16);
    const { settings, assumed } = engineOf(unknown, context);
    expect(settings.maxNumSeqs).toBe(256);
    // A real engine had 2588 blocks on this GPU and model.
    expect(Math.abs(settings.kvBlocks / 2588 - 1)).toBeLessThan(0.05);
    expect(assumed).toHaveLength(3);
  });

  it.each([
    ['0.13.2', false],
    ['0.14.0', true],
    ['0.19.0rc1', true],
    ['1.0', true],
    [undefined, false],
  ])('of vLLM %s schedules ahead: %s', (engineVersion, isAsync) => {
    const experiment = { ...unknown, settings: engineVersion === undefined ? {} : { engineVersion } };
    expect(engineOf(experiment, context).settings.asyncScheduling).toBe(isAsync);
  });

  it.each([
    ['0.18.1', false],
    ['0.19.0', true],
    [undefined, false],
  ])('of vLLM %s admits only what fits as a whole: %s', (engineVersion, isWhole) => {
    const experiment = { ...unknown, settings: engineVersion === undefined ? {} : { engineVersion } };
    expect(engineOf(experiment, context).settings.reserveFullPrompt).toBe(isWhole);
  });
});
