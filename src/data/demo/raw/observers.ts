import type { RunObserver } from '../observer.ts';

/** One that passes everything on to several, in their order. */
export function observeAll(observers: readonly Partial<RunObserver>[]): RunObserver {
  return {
    scheduled: (...seen) => observers.forEach((each) => each.scheduled?.(...seen)),
    preempted: (...seen) => observers.forEach((each) => each.preempted?.(...seen)),
    token: (...seen) => observers.forEach((each) => each.token?.(...seen)),
    batch: (...seen) => observers.forEach((each) => each.batch?.(...seen)),
    step: (...seen) => observers.forEach((each) => each.step?.(...seen)),
    idle: (...seen) => observers.forEach((each) => each.idle?.(...seen)),
  };
}
