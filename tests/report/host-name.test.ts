import { describe, expect, it } from 'vitest';
import { hostName } from '../../src/report/live/host-name.ts';

describe('the name in a Host header', () => {
  it.each([
    ['localhost', 'localhost'],
    ['LocalHost:8787', 'localhost'],
    ['localhost.', 'localhost'],
    ['LOCALHOST.:8787', 'localhost'],
    ['127.0.0.1:80', '127.0.0.1'],
    ['[::1]:8787', '[::1]'],
    ['[0:0:0:0:0:0:0:1]', '[::1]'],
    ['::1', '[::1]'],
    ['FE80::A', '[fe80::a]'],
    ['0', '0.0.0.0'],
    ['::0', '[::]'],
    ['Box.Example:1', 'box.example'],
  ])('%j is %j', (text, name) => {
    expect(hostName(text)).toBe(name);
  });

  it.each([
    '',
    '.',
    ' localhost',
    'me@localhost',
    'localhost/x',
    'localhost?x',
    'localhost#x',
    'a:b:c',
    'localhost:99999',
  ])('%j is none', (text) => {
    expect(hostName(text)).toBeUndefined();
  });
});
