import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UserError } from '../base/index.ts';
import { type LiveServer, serveRuns } from '../report/index.ts';
import { openRun, type Run, runFiles } from '../run/index.ts';
import { datasetIfThere } from './dataset-if-there.ts';
import { onStopSignal } from './exit-codes.ts';
import { note, print } from './output.ts';
import { resolveRun, RUNS } from './workspace.ts';

/** Where the pages are served when nothing else is asked for. */
export const UI_HOST = '127.0.0.1';
const UI_PORT = 8787;

/** The runs below `runs/`, the newest first, and before them `first` wherever it lies. Of equal names the first one stays. */
function runsToShow(first: Run | undefined): readonly Run[] {
  const below = existsSync(RUNS)
    ? readdirSync(RUNS)
        .map((name) => join(RUNS, name))
        .filter((directory) => existsSync(runFiles(directory).config))
        .map((directory) => ({ directory, madeAt: statSync(runFiles(directory).config).mtimeMs }))
        .toSorted((a, b) => b.madeAt - a.madeAt)
    : [];
  const shown = new Map<string, Run>(first === undefined ? [] : [[first.name, first]]);
  for (const { directory } of below) {
    if (first !== undefined && resolve(directory) === resolve(first.directory)) continue;
    try {
      const run = openRun(directory);
      if (!shown.has(run.name)) shown.set(run.name, run);
    } catch (error) {
      // A directory that is broken must not hide the others.
      if (!(error instanceof UserError)) throw error;
    }
  }
  return [...shown.values()];
}

async function serve(first: Run | undefined, host: string, port: number | undefined): Promise<LiveServer> {
  const options = { host, runs: () => runsToShow(first), openDataset: datasetIfThere };
  try {
    return await serveRuns({ ...options, port: port ?? UI_PORT });
  } catch (error) {
    // The usual port is nobody's wish: where it is taken any other one does.
    if (port !== undefined || !(error instanceof UserError)) throw error;
    return serveRuns({ ...options, port: 0 });
  }
}

/** Serves the page of a run while `work` goes on. */
export async function withUi(run: Run, port: number | undefined, work: () => Promise<void>): Promise<void> {
  const server = await serve(run, UI_HOST, port);
  note(`page       ${server.url}/runs/${encodeURIComponent(run.name)}`);
  try {
    await work();
  } finally {
    await server.close();
  }
}

/** `evolve ui [RUN]`: serves until the user stops it. */
export async function uiCommand(
  name: string | undefined,
  options: { readonly port?: number; readonly host: string },
): Promise<void> {
  const run = name === undefined ? undefined : resolveRun(name);
  const server = await serve(run, options.host, options.port);
  print(run === undefined ? server.url : `${server.url}/runs/${encodeURIComponent(run.name)}`);
  if (options.host !== UI_HOST) note(`anyone who can reach ${options.host} can read the runs`);
  note('press Ctrl-C to stop');
  await new Promise<void>((done) => {
    onStopSignal(done);
  });
  await server.close();
}
