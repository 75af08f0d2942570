import type { StepColumn } from '../../physics/index.ts';
import type { Engine } from './engine.ts';

/** A step record, one number for each column. */
export type StepRecord = Readonly<Record<StepColumn, number>>;

/** When something happens in a simulation. */
export interface StepClock {
  /** Id of the step: of the one that is being scheduled, or that ends. */
  readonly stepId: number;
  /** Time from the start of the simulation, ns. */
  readonly ns: number;
}

/** Sees a simulation as it runs; whatever it does, the simulation stays the same. */
export interface RunObserver {
  scheduled(request: number, clock: StepClock): void;
  preempted(request: number, computedTokens: number, clock: StepClock): void;
  token(request: number, token: number, clock: StepClock): void;
  /** A step was scheduled: its batch can be read from the engine until it ends. */
  batch(engine: Engine, clock: StepClock, isRecorded: boolean): void;
  /** It ended. `cycleNs` is the time to the start of the next one, if there is work for it. */
  step(record: StepRecord, cycleNs: number, isRecorded: boolean): void;
  /** A step with nothing to do: the engine waits for a request until `untilNs` after the start of the simulation. */
  idle(clock: StepClock, untilNs: number): void;
}
