import { describe, expect, it } from 'vitest';
import { type Dataset, systemKeys } from '../../src/data/index.ts';
import { demoDataset } from '../../src/data/demo/index.ts';
import { architecture } from '../../src/physics/index.ts';

describe('what an experiment is of', async () => {
  const demo = await demoDataset();
  const [first] = demo.experiments;
  const named = (name: string): Dataset['architectures'] => [{ ...architecture(first!.architecture), name, id: name }];

  it('are model, hardware, its generation and the engine', () => {
    expect(systemKeys(demo).get(first!)).toEqual({
      model: first!.architecture,
      hardware: first!.hardware,
      generation: 'Hopper',
      engine: first!.settings?.engine ?? 'unknown',
    });
  });

  it('are one model where dimensions are equal, whatever the weights are called', () => {
    const twin = { ...first!, id: 'twin', architecture: 'twin', settings: { engine: 'sglang' } };
    const keys = systemKeys({ ...demo, architectures: named('twin')!, experiments: [first!, twin] });
    const models = [...keys.values()].map(({ model }) => model);
    expect(models).toEqual([`${first!.architecture}/twin`, `${first!.architecture}/twin`]);
    expect(keys.get(twin)!.engine).toBe('sglang');
  });
});
