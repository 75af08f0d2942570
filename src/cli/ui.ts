import { type Pages, PAGES_HOST, servePages } from '../app/index.ts';
import type { Run } from '../run/index.ts';
import { onStopSignal } from './exit-codes.ts';
import { RUNS, runOf } from './find-run.ts';
import { noteMissingData } from './missing-data.ts';
import { note, print } from './output.ts';

/** A port, or true for the usual one. */
export type UiPort = number | true;

/** Serves the page of a run on this machine until it is closed. */
export async function openPage(run: Run, port: UiPort): Promise<Pages> {
  const pages = await servePages({
    runs: RUNS,
    first: run,
    onMissingData: noteMissingData,
    ...(port !== true && { port }),
  });
  note(`page       ${pages.pageOf(run)}`);
  return pages;
}

/** `evolve ui [RUN]`: serves until the user stops it. */
export async function uiCommand(
  name: string | undefined,
  { host, port }: { readonly port?: number; readonly host: string },
): Promise<void> {
  const run = name === undefined ? undefined : runOf(name);
  const pages = await servePages({
    runs: RUNS,
    host,
    onMissingData: noteMissingData,
    ...(run !== undefined && { first: run }),
    ...(port !== undefined && { port }),
  });
  print(run === undefined ? pages.url : pages.pageOf(run));
  if (host !== PAGES_HOST) note(`anyone who can reach ${host} can read the runs`);
  note('press Ctrl-C to stop');
  await new Promise<void>((done) => {
    onStopSignal(done);
  });
  await pages.close();
}
