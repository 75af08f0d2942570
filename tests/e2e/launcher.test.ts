import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { builtChild } from '../built-child.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { BIN } from './evolve.ts';
import { saveSmallData } from './small-data.ts';

const NODE = JSON.stringify(process.execPath);
const CHAIN = `${NODE} ${JSON.stringify(builtChild(resolve(import.meta.dirname, '../cli/child.ts')))}`;

function lengthUnder(...command: readonly string[]): number {
  const [file = '', ...args] = command;
  return Number(spawnSync(file, args, { cwd: temporaryFolder(), encoding: 'utf8' }).stdout);
}

describe.skipIf(process.platform === 'win32')('a command under a package runner', () => {
  it('knows the runner, unless it was detached from it', () => {
    expect(lengthUnder('npm', 'exec', '-c', CHAIN)).toBeGreaterThanOrEqual(2);
    expect(lengthUnder('npm', 'exec', '-c', `setsid ${CHAIN}`)).toBe(0);
  });

  it('leaves no process that calls a model when the runner is killed', { timeout: 60_000 }, async () => {
    const folder = temporaryFolder();
    await saveSmallData(folder);
    const sockets: Socket[] = [];
    const server = createServer((request) => {
      sockets.push(request.socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const line = `${NODE} ${JSON.stringify(BIN)} run --data small --jobs 1 --concurrency 1 --children 1 --operator command --command 'curl -sN ${url}'`;
    // `; true` keeps the shell between the runner and the command.
    const runner = spawn('npm', ['exec', '-c', `${line}; true`], { cwd: folder, stdio: 'ignore' });
    await once(server, 'request');
    const closed = Promise.all(sockets.map((socket) => once(socket, 'close')));
    runner.kill('SIGKILL');
    await closed;
    expect(sockets).toHaveLength(1);
  });
});
