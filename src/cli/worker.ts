import { createServer, type Server } from 'node:http';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { serveQueue } from '../app/index.ts';
import { UserError } from '../base/index.ts';
import { EXIT, onStopSignal } from './exit-codes.ts';
import { watchLauncher } from './launcher.ts';
import { note } from './output.ts';
import { queueUrl } from './queue-url.ts';

interface WorkerFlags {
  readonly queue?: string;
  readonly jobs: number;
  readonly cache?: string;
  readonly queueData?: string;
  readonly health?: number;
}

/** `evolve worker`: works until it is told to stop. */
export async function workerCommand(flags: WorkerFlags): Promise<void> {
  const { jobs, queueData, cache = cacheFolder(process.env), health } = flags;
  const worker = await serveQueue({
    url: queueUrl(flags),
    jobs,
    cache,
    ...(queueData !== undefined && { shared: queueData }),
    onNote: note,
  });
  const { version } = worker.profile;
  note(`worker ${worker.id} of ${worker.queue}: evolve ${version}, ${jobs} at a time, datasets in ${cache}`);
  const server = health === undefined ? undefined : await serveHealth(health, () => worker.isReady);
  const forgetLauncher = watchLauncher(() => process.exit(EXIT.failed));
  const stopped = new Promise<undefined>((resolve) => {
    onStopSignal(() => {
      note('taking no more jobs, ending those in hand; once more ends it at once');
      resolve(undefined);
    });
  });
  const refused = await Promise.race([stopped, worker.refused]);
  await worker.close();
  server?.close();
  forgetLauncher();
  if (refused !== undefined) throw refused;
}

/** Where programs of this user keep what they can get again. */
function cacheFolder({ XDG_CACHE_HOME: folder }: NodeJS.ProcessEnv): string {
  return join(folder === undefined || folder === '' ? join(homedir(), '.cache') : folder, 'evolve', 'datasets');
}

function serveHealth(port: number, isReady: () => boolean): Promise<Server> {
  const server = createServer((request, response) => {
    const isHealth = request.method === 'GET' && request.url === '/health';
    response.writeHead(isHealth ? (isReady() ? 200 : 503) : 404, { 'content-type': 'text/plain' });
    response.end(isHealth ? (isReady() ? 'ready\n' : 'not ready\n') : 'not found\n');
  });
  return new Promise((resolve, reject) => {
    server.once('error', ({ message }) => {
      reject(
        new UserError({
          code: 'cli.no-health',
          place: { at: `port ${port}` },
          problem: `cannot listen: ${message}`,
          mend: 'give another port with --health',
        }),
      );
    });
    server.listen(port, () => resolve(server));
  });
}
