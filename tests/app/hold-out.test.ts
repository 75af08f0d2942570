import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type RunOptions, startRun } from '../../src/app/index.ts';
import { importDataset, saveDataset, withReplays } from '../../src/data/index.ts';
import { reproduceCommands } from '../../src/report/reproduce.ts';
import { latestRun, readState } from '../../src/run/index.ts';
import { folderForAll } from '../temporary-folder.ts';
import { laterRefusalOf } from '../user-error.ts';

const root = folderForAll();
const data = join(root, 'data');

/** Serving points of two models on one kind of GPU. */
beforeAll(async () => {
  const rows = ['meta-llama/Llama-3.1-8B-Instruct', 'meta-llama/Llama-2-70b-hf'].flatMap((model, size) =>
    [4, 8, 16, 32, 64].map((clients, at) =>
      [model, 'h100_sxm', 'vllm', 'bf16', clients, clients, 500, 100, 4, 40 + clients, 8 + 20 * size + at].join(','),
    ),
  );
  const header = 'model_path,system,backend,precision,concurrency,batch_size,isl,osl,tp_size,ttft_ms,tpot_ms';
  const path = join(root, 'serving.csv');
  writeFileSync(path, [header, ...rows].join('\n'));
  saveDataset(withReplays(await importDataset(path)), data);
});

function options(more: Partial<RunOptions>): RunOptions {
  return {
    runs: join(root, 'runs'),
    data,
    objective: 'mape',
    jobs: 1,
    search: { generations: 1, children: 2, islands: 1 },
    ...more,
  };
}

describe('a run that holds models out', () => {
  it('judges programs by what their constants saw nothing of, in scope global', async () => {
    const { stopped } = await startRun(options({ holdOut: ['model'] }));
    expect(stopped).not.toBeNull();
    const run = latestRun(join(root, 'runs'));
    expect(run.config).toMatchObject({ scope: 'global', holdOut: ['model'], closedLoop: false });
    for (const { evaluation } of readState(run).state.archive.front) {
      expect(evaluation.ownError).toBeLessThanOrEqual(evaluation.error);
    }
    expect(reproduceCommands(run)[0]!.text).toContain('--scope global --hold-out model');
  });

  it.each([
    ['another scope', { holdOut: ['model'], scope: 'model' }, 'app.hold-out-in-scope'],
    ['one kind of GPU', { holdOut: ['hardware'] }, 'evaluate.nothing-to-hold-out'],
  ] as const)('is refused for %s', async (_, more, code) => {
    expect(await laterRefusalOf(() => startRun(options(more)))).toMatchObject({ code });
  });
});
