import type { RunObserver } from '../observer.ts';

/** One that passes everything on to several, in their order. */
export function observeAll(observers: readonly Partial<RunObserver>[]): RunObserver {
  // There are millions of tokens and few who care.
  const seeing = (what: keyof RunObserver): readonly Partial<RunObserver>[] =>
    observers.filter((each) => each[what] !== undefined);
  const schedulings = seeing('scheduled');
  const preemptions = seeing('preempted');
  const tokens = seeing('token');
  const batches = seeing('batch');
  const steps = seeing('step');
  const waits = seeing('idle');
  return {
    scheduled: (request, clock) => {
      for (const each of schedulings) each.scheduled?.(request, clock);
    },
    preempted: (request, computedTokens, clock) => {
      for (const each of preemptions) each.preempted?.(request, computedTokens, clock);
    },
    token: (request, token, clock) => {
      for (const each of tokens) each.token?.(request, token, clock);
    },
    batch: (batch, clock, isRecorded) => {
      for (const each of batches) each.batch?.(batch, clock, isRecorded);
    },
    step: (record, cycleNs, isRecorded) => {
      for (const each of steps) each.step?.(record, cycleNs, isRecorded);
    },
    idle: (clock, untilNs) => {
      for (const each of waits) each.idle?.(clock, untilNs);
    },
  };
}
