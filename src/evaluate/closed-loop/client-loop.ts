import type { Scope } from '../types.ts';
import type { LoopData } from './loop.ts';

/** The clients of a dataset, and which experiments share constants. */
export interface ClientLoop extends LoopData {
  readonly scope: Scope;
  /** Whether constants are fitted too. Where steps were recorded and decide, only what clients see beyond them is. */
  readonly fitsConstants: boolean;
}
