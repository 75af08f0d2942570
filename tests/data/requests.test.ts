import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadDataset, saveDataset } from '../../src/data/index.ts';
import { makeDataset } from '../../src/data/make-dataset.ts';
import { requestColumns } from '../../src/data/requests.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { EXPERIMENT } from './sample.ts';

describe('columns of requests', () => {
  it('have unknown arrivals after all others, in the order as given', () => {
    const { arrivalUs, promptTokens } = requestColumns([
      { arrivalUs: Number.NaN, sentUs: 0, promptTokens: 1, outcome: 'ok' },
      { arrivalUs: 7, promptTokens: 2, outcome: 'ok' },
      { outcome: 'ok', promptTokens: 3 },
      { sentUs: 5, promptTokens: 4, outcome: 'ok' },
    ]);
    expect([...promptTokens]).toEqual([4, 2, 1, 3]);
    expect([...arrivalUs]).toEqual([0, 2, Number.NaN, Number.NaN]);
  });

  it('keep latencies where no arrival is known, in a dataset too', async () => {
    const requests = requestColumns([
      { arrivalUs: Number.NaN, sentUs: 0, firstTokenUs: 9, outcome: 'ok', tokenUs: [9, 10] },
      { arrivalUs: Number.NaN, sentUs: 0, firstTokenUs: 4, outcome: 'failed' },
    ]);
    expect([...requests.firstTokenUs]).toEqual([9, 4]);
    expect([...requests.tokenTimes!.us]).toEqual([9, 10]);
    const dataset = makeDataset('a', [
      {
        ...EXPERIMENT,
        requests,
      },
    ]);
    const folder = join(temporaryFolder(), 'set');
    saveDataset(dataset, folder);
    expect((await loadDataset(folder)).experiments).toEqual(dataset.experiments);
  });
});
