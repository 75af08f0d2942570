import { createRequire } from 'node:module';
import { DRIVER, DRIVER_CALLS, type DriverCall } from './driver.ts';
import type { OpenHost } from './host.ts';

/** As much of isolated-vm as is used here: its own types are not installed where it is not. */
interface IsolatedVm {
  readonly Isolate: new (options: { memoryLimit: number }) => Isolate;
  readonly ExternalCopy: new (value: unknown) => { copyInto(options: { release: boolean }): unknown };
}
interface Isolate {
  readonly isDisposed: boolean;
  createContextSync(): {
    evalClosureSync(text: string, args: readonly unknown[], options: { result: { reference: true } }): Reference;
  };
  dispose(): void;
}
interface Reference {
  getSync(name: string, options: { reference: true }): Reference;
  getSync(name: string, options: { copy: true }): unknown;
  applySync(receiver: undefined, args: readonly unknown[], options: { timeout: number }): unknown;
}

/** isolated-vm's own minimum. */
const MIN_MEMORY_MB = 8;
/**
 * Older versions of Node need another isolated-vm, and a flag with it: without, it ends the whole process. One that lies
 * further up, for another package, must not be loaded.
 */
const MIN_NODE_MAJOR = 24;

let loaded: IsolatedVm | Error | undefined;

/** isolated-vm, or why it cannot be loaded: not installed, or no binary for this version of Node. */
function load(): IsolatedVm | Error {
  if (loaded === undefined) {
    try {
      if (Number.parseInt(process.versions.node, 10) < MIN_NODE_MAJOR)
        throw new Error(`Node ${MIN_NODE_MAJOR} has them`);
      loaded = createRequire(import.meta.url)('isolated-vm') as IsolatedVm;
    } catch (error) {
      loaded = error instanceof Error ? error : new Error(String(error));
    }
  }
  return loaded;
}

/** Why kernels cannot run in isolates here; undefined where they can. */
export function isolateFault(): string | undefined {
  const vm = load();
  return vm instanceof Error ? vm.message.split('\n', 1)[0] : undefined;
}

/** Runs kernels in an isolate with a heap limit, whose calls can be stopped. Throws where isolated-vm cannot be loaded. */
export const openIsolateHost: OpenHost = ({ pages, slots }, limits) => {
  const vm = load();
  if (vm instanceof Error) throw vm;
  const isolate = new vm.Isolate({ memoryLimit: Math.max(MIN_MEMORY_MB, limits.memoryMb) });
  const context = isolate.createContextSync();
  const text = `const pages = ${pages}; const slots = ${slots}; ${DRIVER}`;
  const driver = context.evalClosureSync(text, [], { result: { reference: true } });
  const calls = Object.fromEntries(
    DRIVER_CALLS.map((name) => [name, driver.getSync(name, { reference: true })]),
  ) as Record<DriverCall, Reference>;
  const options = { timeout: limits.timeoutMs };
  const call = (name: DriverCall, ...args: unknown[]): void => {
    calls[name].applySync(undefined, args, options);
  };
  const share = (bytes: Uint8Array<ArrayBuffer>): unknown =>
    new vm.ExternalCopy(bytes.buffer).copyInto({ release: true });
  return {
    memory: driver.getSync('buffer', { copy: true }) as SharedArrayBuffer,
    compile: (bytes) => call('compile', share(bytes)),
    library: (n, bytes) => call('library', n, share(bytes)),
    forget: (first, count) => call('forget', first, count),
    run: (kernel, start, end) => call('run', kernel, start, end),
    passes: (n, ...rest) => call('passes', n, ...rest),
    get isDisposed() {
      return isolate.isDisposed;
    },
    dispose: () => {
      if (!isolate.isDisposed) isolate.dispose();
    },
  };
};
