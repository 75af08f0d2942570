import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { Dataset } from '../../data/index.ts';
import type { Run } from '../../run/index.ts';
import { html } from '../html/markup.ts';
import { type Page, renderPlainPage } from '../html/document.ts';
import { hostName } from './host-name.ts';
import { LiveRun } from './live-run.ts';

/** What the server shows. */
export interface LiveSource {
  /** The runs that there are now, the newest first; names are unique. */
  readonly runs: () => readonly Run[];
  /** The data of a run; undefined where it is gone. */
  readonly openDataset: (run: Run) => Promise<Dataset | undefined>;
  /** Names by which the server may be called in a request's `Host`, in any spelling; others are refused. */
  readonly hostNames: readonly string[];
  /** Aborted shortly before the server ends: pages are then told the last state at once. */
  readonly ending: AbortSignal;
}

const POLL_MS = 500;
/** A page is made again after at least this many times what the last one took, so that a run keeps the processor. */
const PAUSE_FACTOR = 10;

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) return done();
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
    function end(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      done();
    }
  });
}

function headersOf({ policy }: Page): Record<string, string> {
  return {
    'Content-Security-Policy': `${policy}; frame-ancestors 'none'`,
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cache-Control': 'no-store',
  };
}

/** The web application: a list of runs, the page of each, and a stream that tells a page that its run has moved on. */
export function createLiveApp({ runs, openDataset, hostNames, ending }: LiveSource): Hono {
  const app = new Hono();
  const live = new Map<string, LiveRun>();
  const served = new Set(hostNames.map(hostName));

  const find = (name: string): LiveRun | undefined => {
    const known = live.get(name);
    if (known !== undefined) return known;
    const run = runs().find((candidate) => candidate.name === name);
    if (run === undefined) return undefined;
    const found = new LiveRun(run, `/runs/${encodeURIComponent(name)}/events`, openDataset);
    live.set(name, found);
    return found;
  };

  // A page of another site cannot reach this server under its own name (DNS rebinding).
  app.use(async (context, next) => {
    const host = hostName(context.req.header('host') ?? '');
    if (host === undefined || !served.has(host)) return context.text('This name is not served here.\n', 403);
    return next();
  });

  app.get('/', (context) => {
    const list = runs().map(
      ({ name, config }) =>
        html`<li><a href="/runs/${encodeURIComponent(name)}">${name}</a>: ${config.target}, ${config.objective}, ${config.data.source}, seed ${config.search.seed}</li>`,
    );
    const page = renderPlainPage(
      'evolve: runs',
      html`<h1>Runs</h1>${list.length === 0 ? html`<p>None yet.</p>` : html`<ul>${list}</ul>`}`,
    );
    return context.html(page.html, 200, headersOf(page));
  });

  app.get('/runs/:name', async (context) => {
    const run = find(context.req.param('name'));
    if (run === undefined) return context.text('No such run.\n', 404);
    const page = await run.page();
    return context.html(page.html, 200, headersOf(page));
  });

  app.get('/runs/:name/events', (context) => {
    const run = find(context.req.param('name'));
    if (run === undefined) return context.text('No such run.\n', 404);
    return streamSSE(context, async (stream) => {
      let restMs = 0;
      let shown: string | undefined;
      while (!stream.aborted) {
        const startMs = performance.now();
        const isEnding = ending.aborted;
        if (shown === undefined || isEnding || run.isStale) {
          const { text, isOver } = await run.status(isEnding);
          if (isOver || isEnding) {
            await stream.writeSSE({ event: 'over', data: text });
            return;
          }
          if (text !== shown) await stream.writeSSE({ event: 'changed', data: text });
          shown = text;
          restMs = PAUSE_FACTOR * (performance.now() - startMs);
        }
        await pause(Math.max(POLL_MS, restMs), ending);
        restMs = 0;
      }
    });
  });

  return app;
}
