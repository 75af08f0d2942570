import { describeData, type RawDemoOptions, writeDemoData, writeRawDemo } from '../app/index.ts';
import type { Dataset } from '../data/index.ts';
import { describeText } from './data-text.ts';
import { note, print, printJson } from './output.ts';
import { UsageError } from './usage-error.ts';

interface DemoFlags {
  readonly out?: string;
  readonly raw?: string;
  readonly only?: string;
  readonly sample?: number;
  readonly json: boolean;
}

/** `evolve data demo --out DIR` and `evolve data demo --raw DIR`. */
export async function dataDemoCommand({ out, raw, only, sample, json }: DemoFlags): Promise<void> {
  if (out === undefined && raw === undefined) {
    throw new UsageError('no folder is named', 'name one for the dataset with --out, or for raw logs with --raw');
  }
  const idle = raw === undefined && (only !== undefined ? '--only' : sample !== undefined && '--sample');
  if (idle) throw new UsageError(`${idle} says something of raw logs alone`, 'leave it out, or add --raw DIR');
  const logs = { ...(only !== undefined && { only }), ...(sample !== undefined && { sampleShare: sample }) };
  let dataset = raw === undefined ? undefined : await writeLogs(raw, logs);
  if (out !== undefined) dataset = await writeDemoData(out);
  const description = describeData(dataset as Dataset);
  if (json) printJson(description);
  else print(describeText('demo', description));
  for (const folder of [raw, out]) if (folder !== undefined) note(`written to ${folder}`);
}

async function writeLogs(folder: string, options: RawDemoOptions): Promise<Dataset> {
  return writeRawDemo(folder, {
    ...options,
    onProgress: ({ id, number, of, requests, steps, bytes }) =>
      note(`${number} of ${of}: ${id}, ${steps} steps and ${requests} requests, ${(bytes / 1e6).toFixed(0)} MB`),
  });
}
