import type { InterfaceName } from '../types.ts';

/** What differs between the interfaces that a package can have. */
export interface GoInterface {
  /** Type of a request, and of the token slices that the tests fill. */
  readonly request: string;
  readonly token: string;
  /** Import path of the package that defines them; empty where the package does itself. */
  readonly simImport: string;
  /** Input length of request `r`, of type int64. */
  readonly inputLength: string;
  /** The same as a float64. */
  readonly inputLengthFloat: string;
  /** Methods that answer a fixed 0, with what they stand for. */
  readonly zeroMethods: readonly { readonly name: string; readonly meaning: string }[];
  /** Least Go version that the package needs. */
  readonly goVersion: string;
  /** One line for the README: whom it is for. */
  readonly meaning: string;
}

const SIM = 'github.com/inference-sim/inference-sim/sim';

export const GO_INTERFACES: Readonly<Record<InterfaceName, GoInterface>> = {
  standalone: {
    request: 'Request',
    token: 'int',
    simImport: '',
    inputLength: 'int64(len(r.InputTokens))',
    inputLengthFloat: 'float64(len(r.InputTokens))',
    zeroMethods: [],
    goVersion: '1.21',
    meaning: 'a module of its own that needs nothing but the standard library',
  },
  'blis-research': {
    request: 'sim.Request',
    token: 'int',
    simImport: SIM,
    inputLength: 'int64(len(r.InputTokens))',
    inputLengthFloat: 'float64(len(r.InputTokens))',
    zeroMethods: [
      { name: 'SchedulingProcessingTime', meaning: 'the overhead of scheduling a request' },
      { name: 'PreemptionProcessingTime', meaning: 'the overhead of a preemption' },
    ],
    goVersion: '1.21',
    meaning: 'the five-method `sim.LatencyModel` of the research branch, for a folder inside the tree of the simulator',
  },
  'blis-main': {
    request: 'sim.Request',
    token: 'sim.TokenID',
    simImport: SIM,
    inputLength: 'r.InputLen()',
    inputLengthFloat: 'float64(r.InputLen())',
    zeroMethods: [{ name: 'PostDecodeFixedOverhead', meaning: 'the fixed overhead at the completion of a request' }],
    goVersion: '1.24',
    meaning: 'the four-method `sim.LatencyModel` of the main branch, for a folder inside the tree of the simulator',
  },
};
