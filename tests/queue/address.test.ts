import { describe, expect, it } from 'vitest';
import { queueAddress } from '../../src/queue/index.ts';

describe('queueAddress', () => {
  it.each([
    ['redis://queue', 'redis://queue:6379'],
    ['redis://queue:7000/3', 'redis://queue:7000/3'],
    ['rediss://me:se%3Acret@queue:7000/0?name=team-a', 'rediss://queue:7000?name=team-a'],
    ['redis://[::1]:7000', 'redis://[::1]:7000'],
  ])('shows %s without user and password', (text, shown) => {
    expect(queueAddress(text).shown).toBe(shown);
  });

  it('reads all that it takes to connect', () => {
    expect(queueAddress('rediss://me:se%3Acret@queue/5?name=a')).toMatchObject({
      host: 'queue',
      port: 6379,
      database: 5,
      usesTls: true,
      username: 'me',
      password: 'se:cret',
      name: 'a',
    });
    expect(queueAddress('redis://[::1]').host).toBe('::1');
  });

  it.each([
    'http://:secret@queue',
    ':secret@queue:6379',
    'redis://:secret@queue/first',
    'redis://:secret@queue?password=secret',
    'redis://:secret@queue?name=a:secret',
    'redis://:secret%@queue',
    'redis://:secret@queue:99999',
  ])('refuses %s and does not repeat it', (text) => {
    try {
      queueAddress(text);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: 'queue.wrong-address' });
      expect(JSON.stringify(error) + String(error)).not.toContain('secret');
    }
  });
});
