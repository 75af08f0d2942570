import { UserError } from '../../base/index.ts';
import type { OpenHost } from './host.ts';
import { isolateFault, openIsolateHost } from './isolate.ts';
import { openProcessHost } from './process.ts';

export type { OpenHost, SandboxHost, SandboxLimits } from './host.ts';
export { isolateFault } from './isolate.ts';

export type HostName = 'isolate' | 'process';

/** Every host; each keeps the sandbox's conformance suite. */
export const SANDBOX_HOSTS: Readonly<Record<HostName, OpenHost>> = Object.freeze({
  isolate: openIsolateHost,
  process: openProcessHost,
});

/** Environment variable that names the host. */
const HOST_VARIABLE = 'EVOLVE_SANDBOX';

/**
 * The host that kernels run in: the one that `EVOLVE_SANDBOX` asks for, otherwise an isolate where isolated-vm can be loaded.
 * No result depends on it.
 *
 * @throws UserError where no host has that name, or there can be no isolate
 */
export function sandboxHost(environment: Readonly<Record<string, string | undefined>> = process.env): HostName {
  const wanted = environment[HOST_VARIABLE] ?? '';
  if (wanted === '') return isolateFault() === undefined ? 'isolate' : 'process';
  if (!Object.hasOwn(SANDBOX_HOSTS, wanted)) {
    throw new UserError({
      code: 'kernel.unknown-host',
      place: { at: HOST_VARIABLE },
      problem: `no sandbox is called ${wanted}`,
      mend: 'use isolate or process, or leave it unset',
    });
  }
  const fault = wanted === 'isolate' ? isolateFault() : undefined;
  if (fault !== undefined) {
    throw new UserError({
      code: 'kernel.no-isolate',
      place: { at: HOST_VARIABLE },
      problem: `there is no isolate on Node ${process.versions.node}: ${fault}`,
      mend: 'use Node 24 or 26 with the optional package isolated-vm, or leave it unset',
    });
  }
  return wanted as HostName;
}
