import { describe, expect, it } from 'vitest';
import { contextWarnings } from '../../src/app/context-warnings.ts';
import { makeDataset } from '../../src/data/index.ts';
import { parseProgram, type Program } from '../../src/program/index.ts';
import { EXPERIMENT, range, sampleSteps } from '../data/sample.ts';

function programOf(expression: string): Program {
  const parsed = parseProgram(
    `export const constants = { a: 1 };\nexport function predictStepTime(batch, c) { return c.a * ${expression}; }`,
  );
  if (!parsed.ok) throw new Error('not a program');
  return parsed.program;
}

/** Batches of 10 requests that hold 320 blocks of 16 tokens, and clients that see so many tokens of context. */
function datasetWith(meanPromptTokens: number) {
  const steps = sampleSteps(range(0, 60));
  return makeDataset('memory', [
    {
      ...EXPERIMENT,
      steps: {
        ...steps,
        prefillRequests: steps.stepId.map(() => 1),
        decodeRequests: steps.stepId.map(() => 9),
        kvBlocksFree: steps.kvBlocksTotal.map((total) => total - 320),
      },
      measured: {
        e2eMs: 1000,
        ttftMs: 50,
        itlMs: 10,
        completed: 100,
        failed: 0,
        meanPromptTokens,
        meanOutputTokens: 200,
      },
    },
  ]);
}

describe('contexts in training and in serving', () => {
  it('are warned of where they differ and the program reads them', () => {
    expect(contextWarnings(programOf('batch.kvTokens + batch.decodeTokens'), datasetWith(500))).toEqual([
      'a: kvTokens saw 512 tokens of context a request in training, by KV blocks, and will see about 600 in serving',
    ]);
  });

  it('are nothing to warn of where they agree, or the program reads none', () => {
    expect(contextWarnings(programOf('batch.kvTokens'), datasetWith(412))).toEqual([]);
    expect(contextWarnings(programOf('batch.decodeTokens'), datasetWith(500))).toEqual([]);
  });
});
