import { UserError } from '../base/index.ts';
import { type LiveServer, serveRuns } from '../report/index.ts';
import type { Run } from '../run/index.ts';
import { datasetIfThere, listRuns } from './workspace.ts';

/** Where pages are served when nothing else is asked for: to this machine alone. */
export const PAGES_HOST = '127.0.0.1';
const PORT = 8787;

/** Which runs are served, and where. */
export interface PagesOptions {
  /** Folder of runs. */
  readonly runs: string;
  /** A run to begin with, wherever it lies. */
  readonly first?: Run;
  /** Address to listen on; default `PAGES_HOST`. Whoever can reach it can read the runs. */
  readonly host?: string;
  /** Default: 8787, or any free one. */
  readonly port?: number;
  /** Told why the data of a run is not at hand; figures row by row are then left out. */
  readonly onMissingData?: (why: UserError) => void;
}

/** Pages of runs that are being served. */
export interface Pages extends LiveServer {
  /** Address of the page of a run. */
  pageOf(run: Run): string;
}

/**
 * Serves the pages of runs, live for those that go on, until it is closed. Reads only.
 *
 * @throws UserError where the port is taken or the address is not this machine's.
 */
export async function servePages({ runs, first, host, port, onMissingData }: PagesOptions): Promise<Pages> {
  const options = {
    host: host ?? PAGES_HOST,
    runs: () => listRuns(runs, first),
    openDataset: (run: Run) => datasetIfThere(run, onMissingData),
  };
  const server = await serve(options, port);
  return {
    url: server.url,
    close: () => server.close(),
    pageOf: ({ name }) => `${server.url}/runs/${encodeURIComponent(name)}`,
  };
}

async function serve(
  options: Omit<Parameters<typeof serveRuns>[0], 'port'>,
  port: number | undefined,
): Promise<LiveServer> {
  try {
    return await serveRuns({ ...options, port: port ?? PORT });
  } catch (error) {
    // The usual port is nobody's wish: where it is taken any other one does.
    if (port !== undefined || !(error instanceof UserError)) throw error;
    return serveRuns({ ...options, port: 0 });
  }
}
