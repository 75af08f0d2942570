import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type Architecture,
  flopsPerToken,
  kvBytesPerToken,
  modelCosts,
  readHuggingFaceConfig,
} from '../../src/physics/index.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { PUBLISHED_MODELS, type PublishedModel } from './published-models.ts';

function read(name: string, config: PublishedModel['config']): Architecture {
  const path = join(temporaryFolder(), 'config.json');
  writeFileSync(path, JSON.stringify(config));
  return readHuggingFaceConfig(path, name);
}

function unvisited({ config }: PublishedModel, { hiddenSize, intermediateSize }: Architecture): number {
  const text = (config['text_config'] ?? config) as Readonly<Record<string, number>>;
  const count = text['n_routed_experts'] ?? text['num_experts'] ?? text['num_local_experts'] ?? 0;
  const active = text['num_experts_per_tok'] ?? text['num_experts_per_token'] ?? 0;
  const layers = text['num_hidden_layers']! - (text['first_k_dense_replace'] ?? 0);
  return layers * (count - active) * 3 * hiddenSize * intermediateSize;
}

function within(value: number, expected: number, share: number): void {
  expect(Math.abs(value / expected - 1)).toBeLessThan(share);
}

describe.each(Object.entries(PUBLISHED_MODELS))('%s has what was published of it', (name, published) => {
  const embeddingsOf = (model: Architecture): number => model.vocabularySize * model.hiddenSize;

  it('parameters within 0.5 %, bytes of the KV cache exactly', () => {
    const model = read(name, published.config);
    within(model.parameters, published.parameters, 0.005);
    expect(kvBytesPerToken(model)).toBe(published.kvBytesPerToken);
    expect(model.unmodelled).toBeUndefined();
  });

  it('parameters that a token visits, with or without embeddings', () => {
    const model = read(name, published.config);
    const { activeParameters } = modelCosts(model);
    const { activeB = (published.parameters / 1e9).toFixed(1) } = published;
    const halfDigit = 0.5 / 10 ** (activeB.split('.')[1]?.length ?? 0);
    const copies = model.tiedEmbeddings ? 1 : 2;
    expect(activeParameters / 1e9).toBeGreaterThan(Number(activeB) - halfDigit);
    expect((activeParameters - copies * embeddingsOf(model)) / 1e9).toBeLessThan(Number(activeB) + halfDigit);
  });

  it('FLOPs of a token within 1 %', () => {
    const model = read(name, published.config);
    // Two for each weight that is multiplied: all but embeddings that are looked up and experts that are not visited.
    const lookedUp = model.tiedEmbeddings ? 0 : embeddingsOf(model);
    const products = 2 * (published.parameters - lookedUp - unvisited(published, model));
    const { stateFlops } = modelCosts(model).attention;
    within(flopsPerToken(model, 0, 'decode') - stateFlops, products, 0.01);
    // Forward and twice as much backward; a token looks at half of the sequence.
    const { trainingGflops } = published;
    if (trainingGflops !== undefined) within((3 * flopsPerToken(model, 2048, 'prefill')) / 1e9, trainingGflops, 0.01);
  });
});
