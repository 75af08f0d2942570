import { request } from 'node:http';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type LiveServer, serveRuns } from '../../src/report/index.ts';
import { openRun, type Run } from '../../src/run/index.ts';
import { toyRun } from './sample.ts';

async function serve(runs: readonly Run[]): Promise<LiveServer> {
  const server = await serveRuns({
    host: '127.0.0.1',
    port: 0,
    runs: () => runs,
    openDataset: () => Promise.resolve(undefined),
  });
  onTestFinished(() => server.close());
  return server;
}

/** Names and data of the events of a stream, until `count` have come or the stream ends. */
async function events(url: string, count: number): Promise<readonly string[]> {
  const response = await fetch(url);
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body!) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if ((text.match(/\n\n/g)?.length ?? 0) >= count) break;
  }
  return text
    .trim()
    .split('\n\n')
    .map((event) => event.replaceAll(/^(?:event|data): ?/gm, ''));
}

describe('the server of live pages', () => {
  it('tells at once that a run is over, and ends the stream', async () => {
    const run = await toyRun({ generations: 2 });
    const { url } = await serve([run]);
    const [first, ...rest] = await events(`${url}/runs/toy/events`, 9);
    expect(first).toMatch(/^over\nThe run is over: generation 2 of 2/);
    expect(rest).toEqual([]);
  });

  it('tells of each change of a run that goes on', async () => {
    const run = await toyRun({ generations: 3 });
    const log = readFileSync(run.files.events, 'utf8');
    const cut = log.indexOf('{"type":"generation","generation":1,');
    const end = log.indexOf('\n', cut) + 1;
    writeFileSync(run.files.events, log.slice(0, end));
    writeFileSync(run.files.checkpoint, '');
    const { url } = await serve([openRun(run.directory)]);
    setTimeout(() => appendFileSync(run.files.events, log.slice(end)), 900);
    const [first, second] = await events(`${url}/runs/toy/events`, 2);
    expect(first).toMatch(/^changed\nLive: generation 1 of 3/);
    expect(second).toMatch(/^over\nThe run is over: generation 3 of 3/);
  });

  it('serves no run that is not listed, and answers to no other name', async () => {
    const { url } = await serve([await toyRun({ generations: 1 })]);
    expect((await fetch(`${url}/runs/other`)).status).toBe(404);
    expect((await fetch(`${url}/runs/..%2F..%2Fetc`)).status).toBe(404);
    const status = await new Promise((done, fail) => {
      request(url, { headers: { host: 'evil.example' } }, (response) => {
        response.resume();
        done(response.statusCode);
      })
        .on('error', fail)
        .end();
    });
    expect(status).toBe(403);
  });

  it('sends the policy of the page with it', async () => {
    const { url } = await serve([await toyRun({ generations: 1 })]);
    const response = await fetch(`${url}/runs/toy`);
    const policy = response.headers.get('content-security-policy');
    const inPage = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(await response.text())![1]!;
    expect(policy).toBe(`${inPage.replaceAll('&#39;', "'")}; frame-ancestors 'none'`);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('refuses a port that is taken and every address at once', async () => {
    const { url } = await serve([]);
    const options = { runs: () => [], openDataset: () => Promise.resolve(undefined) };
    await expect(serveRuns({ ...options, host: '127.0.0.1', port: Number(new URL(url).port) })).rejects.toThrow(
      /taken/,
    );
    for (const host of ['0.0.0.0', '0', '::', '[::]', '0:0::0', '::ffff:0.0.0.0', '']) {
      await expect(serveRuns({ ...options, host, port: 0 })).rejects.toMatchObject({ code: 'report.every-address' });
    }
  });
});
