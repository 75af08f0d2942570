import { describe, expect, it } from 'vitest';
import { reproduceCommands } from '../../src/report/index.ts';
import { toyConfig } from '../run/toy-run.ts';

function commandsOf(changes: object): readonly string[] {
  return reproduceCommands({ directory: 'runs/toy', config: { ...toyConfig(), seeds: [], ...changes } }).map(
    ({ text }) => text,
  );
}

describe('the commands that make a run again', () => {
  it('spell out every setting', () => {
    const { search } = toyConfig();
    expect(commandsOf({ data: { source: 'data/my set', hash: '0' } })).toEqual([
      "evolve run --data 'data/my set' --target cycle --objective mape --floor off --scope global --operator grammar" +
        ` --generations ${search.generations} --children ${search.children} --islands ${search.islands} --seed 3` +
        ' --max-operations 30 --max-conditionals 3 --max-constants 10 --timeout 30',
    ]);
  });

  it('leave out the data of the demo', () => {
    expect(commandsOf({ data: { source: 'demo', hash: '0' } })[0]).not.toContain('--data');
  });

  it('say what was weighed of requests', () => {
    expect(commandsOf({ objective: 'replay', requestWeights: { e2e: 1, ttft: 0.3, itl: 2 } })[0]).toContain(
      '--objective replay --request-weights 1,0.3,2 --floor',
    );
  });

  it('say what was left out', () => {
    expect(commandsOf({ closedLoop: false, floor: true })[0]).toContain('--no-closed-loop --floor on --scope');
  });

  it('say which priors there were', () => {
    const units = { µs: { median: 1, sigma: 1 } };
    expect(commandsOf({ priors: { units: {}, constants: {} } })[0]).toContain('--scope global --priors off --operator');
    expect(commandsOf({ priors: { units, constants: {} } })[0]).toContain('--priors priors.yaml --operator');
  });

  it('name the hall of fame where the run started from it', () => {
    expect(commandsOf({ seeds: [{ name: 'kept-abc', source: '' }] })[0]).toMatch(/--seed-from archive$/);
  });

  it('repeat a run that asked models from its stored replies', () => {
    const llm = {
      provider: { name: 'anthropic', stream: true },
      settings: { models: [{ model: 'm', weight: 1 }], limits: { maxCostUsd: 2 }, childrenPerCall: 4 },
    };
    const [replay, anew] = commandsOf({ operator: 'anthropic', llm });
    expect(replay).toBe('evolve run --replay runs/toy');
    expect(anew).toContain('--operator anthropic --model m --max-cost 2 --children-per-call 4');
  });
});
