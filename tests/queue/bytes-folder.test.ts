import { readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { BytesFolder, hashOf } from '../../src/queue/bytes-folder.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const bytesOf = (text: string): Buffer => Buffer.from(text);

it('gives what was put in, and nothing that was changed since', () => {
  const folder = temporaryFolder();
  const store = new BytesFolder(join(folder, 'made', 'when', 'needed'));
  const hash = hashOf(bytesOf('rows'));
  expect(store.read(hash)).toBeUndefined();
  store.write(hash, bytesOf('rows'));
  expect(store.read(hash)?.toString()).toBe('rows');
  writeFileSync(join(folder, 'made', 'when', 'needed', hash), 'sows');
  expect(store.read(hash)).toBeUndefined();
});

it('makes room by what was used longest ago', () => {
  const folder = temporaryFolder();
  const store = new BytesFolder(folder, 10);
  const hashes = ['aaaa', 'bbbb', 'cccc'].map((text) => hashOf(bytesOf(text)));
  store.write(hashes[0]!, bytesOf('aaaa'));
  store.write(hashes[1]!, bytesOf('bbbb'));
  for (const [at, hash] of hashes.slice(0, 2).entries()) utimesSync(join(folder, hash), 100 + at, 100 + at);
  store.read(hashes[0]!);
  store.write(hashes[2]!, bytesOf('cccc'));
  expect(readdirSync(folder).sort()).toEqual([hashes[0]!, hashes[2]!].sort());
});
