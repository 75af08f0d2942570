import { describe, expect, it } from 'vitest';
import { LiveCalls, noticeLine } from '../../src/cli/live-calls.ts';

const SENT = { kind: 'sent', model: 'm', attempt: 1 } as const;

describe('calls that are under way', () => {
  it('are told with the age of the oldest; attempts and the share that is answered are counted', () => {
    let now = 0;
    const calls = new LiveCalls(() => now);
    for (let k = 0; k < 4; k++) calls.hear({ kind: 'asked' });
    calls.hear({ ...SENT, call: 'a' });
    now = 20_000;
    calls.hear({ ...SENT, call: 'b' });
    now = 35_000;
    calls.hear({ ...SENT, call: 'a', attempt: 2 });
    expect(calls.text()).toBe('2 calls open, the oldest for 35 s');
    expect(calls).toMatchObject({ calls: 2, retries: 1, share: 0, isWaiting: true });
    calls.hear({ kind: 'over', call: 'a' });
    expect(calls.text()).toBe('1 call open, the oldest for 15 s');
    expect(calls.share).toBe(0.25);
    calls.stored();
    expect(calls).toMatchObject({ calls: 0, retries: 0, share: 0, isWaiting: false });
  });

  it('say why one is asked again, and what is done otherwise', () => {
    expect(
      noticeLine({ kind: 'again', call: 'a', model: 'm', why: 'no answer: nothing came for 180 s', waitMs: 2000 }),
    ).toBe('m: asked again in 2 s: no answer: nothing came for 180 s');
    expect(noticeLine({ kind: 'adapted', model: 'm', adaptation: 'sends no temperature', why: '400 no' })).toContain(
      'sends no temperature from now on (400 no)',
    );
    expect(noticeLine({ ...SENT, call: 'a' })).toBeUndefined();
  });
});
