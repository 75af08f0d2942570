import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { UserError } from '../../base/index.ts';
import { createLiveApp, type LiveSource } from './app.ts';
import { hostName } from './host-name.ts';

export interface ServeOptions extends Omit<LiveSource, 'hostNames' | 'ending'> {
  /** Address to listen on. */
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
}

/** A server that listens. */
export interface LiveServer {
  /** Ends without a slash. */
  readonly url: string;
  /** Tells open pages the last state, gives them time to fetch it, and ends. */
  close(): Promise<void>;
}

/** Time for open pages to hear of the end and to ask for the last state, and then for that to be sent. */
const FAREWELL_MS = 1000;
const LAST_PAGE_MS = 5000;

const LOOPBACK: readonly string[] = ['127.0.0.1', 'localhost', '[::1]'];

/** In the spelling of `hostName`; `[::ffff:0:0]` is IPv4's within IPv6. An empty address would be taken for them, too. */
const EVERYWHERE: readonly string[] = ['0.0.0.0', '[::]', '[::ffff:0:0]'];

function isEverywhere(host: string): boolean {
  return host === '' || EVERYWHERE.includes(hostName(host) ?? '');
}

/**
 * Serves the pages of runs. Nothing can be changed through it: it only reads run directories.
 *
 * @throws UserError where the port is taken or the address is not this machine's.
 */
export async function serveRuns({ host: given, port, runs, openDataset }: ServeOptions): Promise<LiveServer> {
  const host = given.replace(/^\[(.*)\]$/, '$1');
  if (isEverywhere(host)) {
    throw new UserError({
      code: 'report.every-address',
      problem: `${host}: every address of the machine at once`,
      mend: 'name the one address to listen on',
    });
  }
  const shownHost = host.includes(':') ? `[${host}]` : host;
  const ending = new AbortController();
  const app = createLiveApp({ runs, openDataset, hostNames: [...LOOPBACK, shownHost], ending: ending.signal });
  const server = createAdaptorServer({ fetch: app.fetch, hostname: host }) as Server;
  await new Promise<void>((done, fail) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      fail(
        new UserError({
          code: 'report.cannot-listen',
          problem: `${host}:${port}: ${error.code === 'EADDRINUSE' ? 'the port is taken' : error.message}`,
          mend: 'give another port or address',
        }),
      ),
    );
    server.listen(port, host, done);
  });
  const address = server.address();
  const actualPort = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://${shownHost}:${actualPort}`,
    close: async () => {
      const connections = await new Promise<number>((done) => server.getConnections((_, count) => done(count)));
      ending.abort();
      if (connections > 0) await new Promise((done) => setTimeout(done, FAREWELL_MS));
      // Pages that are being sent may end; nothing holds the process for long.
      const force = setTimeout(() => server.closeAllConnections(), LAST_PAGE_MS);
      await new Promise((done) => server.close(done));
      clearTimeout(force);
    },
  };
}
