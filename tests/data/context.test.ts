import { describe, expect, it } from 'vitest';
import { type Experiment, modelKey } from '../../src/data/index.ts';

function experiment(changes: Partial<Experiment>): Experiment {
  return {
    id: 'a',
    model: 'my-folder',
    workload: 'general',
    tp: 4,
    architecture: 'llama-2-70b',
    hardware: 'H100',
    blockSize: 16,
    ...changes,
  };
}

describe('the key of a model', () => {
  it('names the architecture, the number of GPUs and their kind as the catalog does', () => {
    expect(modelKey(experiment({}))).toBe('llama-2-70b-tp4-H100');
    expect(modelKey(experiment({ hardware: 'NVIDIA H100 80GB HBM3' }))).toBe('llama-2-70b-tp4-H100');
  });

  it('tells apart what may not share constants, and nothing else', () => {
    const keys = [{}, { hardware: 'A100' }, { tp: 8 }, { architecture: 'llama-2-7b' }].map((changes) =>
      modelKey(experiment(changes)),
    );
    expect(new Set(keys).size).toBe(4);
    expect(modelKey(experiment({ id: 'b', model: 'other', workload: 'codegen' }))).toBe(modelKey(experiment({})));
  });
});
