import { compileFunction } from 'node:vm';
import { DRIVER, type DriverCall } from './driver.ts';
import type { OpenHost } from './host.ts';

type Driver = { readonly buffer: SharedArrayBuffer } & Readonly<Record<DriverCall, (...args: unknown[]) => void>>;

/**
 * Runs kernels in this process, which should be one that can be killed: a call cannot be stopped from inside. What a kernel
 * can do is bounded all the same: its bytes are printed from a checked graph, its one loop ends with its rows, and it reaches
 * no memory but the module's, which cannot grow.
 */
export const openProcessHost: OpenHost = ({ pages, slots }) => {
  const make = compileFunction(DRIVER, ['pages', 'slots']) as (pages: number, slots: number) => Driver;
  const driver = make(pages, slots);
  let isDisposed = false;
  return {
    memory: driver.buffer,
    compile: (bytes) => driver.compile(bytes.buffer),
    library: (n, bytes) => driver.library(n, bytes.buffer),
    forget: driver.forget,
    run: driver.run,
    passes: driver.passes,
    get isDisposed() {
      return isDisposed;
    },
    dispose: () => {
      isDisposed = true;
    },
  };
};
