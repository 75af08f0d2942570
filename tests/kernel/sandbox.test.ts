import { describe, expect, it } from 'vitest';
import { type HostName, isolateFault, SANDBOX_HOSTS, sandboxHost } from '../../src/kernel/index.ts';
import { sandboxConformance } from './sandbox-conformance.ts';

const hasIsolate = isolateFault() === undefined;

for (const host of Object.keys(SANDBOX_HOSTS) as HostName[]) {
  describe.skipIf(host === 'isolate' && !hasIsolate)(`a sandbox in the host ${host}`, () => {
    sandboxConformance(host);
  });
}

describe('sandboxHost', () => {
  it('takes an isolate where there can be one, unless it is told otherwise', () => {
    expect(sandboxHost({})).toBe(hasIsolate ? 'isolate' : 'process');
    expect(sandboxHost({ EVOLVE_SANDBOX: '' })).toBe(hasIsolate ? 'isolate' : 'process');
    expect(sandboxHost({ EVOLVE_SANDBOX: 'process' })).toBe('process');
  });

  it('refuses what there is not', () => {
    expect(() => sandboxHost({ EVOLVE_SANDBOX: 'fortress' })).toThrow('EVOLVE_SANDBOX: no sandbox is called fortress');
    if (hasIsolate) expect(sandboxHost({ EVOLVE_SANDBOX: 'isolate' })).toBe('isolate');
    else
      expect(() => sandboxHost({ EVOLVE_SANDBOX: 'isolate' })).toThrow(/EVOLVE_SANDBOX: there is no isolate on Node/);
  });
});
