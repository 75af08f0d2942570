import type { AlphaPlace } from '../alpha.ts';
import type { InterfaceName } from '../types.ts';

/** What differs between the interfaces that a package can have. */
export interface GoInterface {
  /** Name of the package, and of what it calls itself in errors. */
  readonly packageName: string;
  /** Type of a request, and of the token slices that the tests fill. */
  readonly request: string;
  readonly token: string;
  /** Import path of the package that defines them; empty where the package does itself. */
  readonly simImport: string;
  /** Input length of request `r`, of type int64. */
  readonly inputLength: string;
  /** What α0, α1 and α2 are. */
  readonly alpha: readonly [AlphaPlace, AlphaPlace, AlphaPlace];
  /** Beside `StepTime`. */
  readonly methods: readonly GoMethod[];
  /** Least Go version that the package needs. */
  readonly goVersion: string;
  /** One line for the README: whom it is for. */
  readonly meaning: string;
}

/** A method that answers a time, in whole microseconds. */
export interface GoMethod {
  readonly name: string;
  /** Go name of its one parameter, a request; none where this is left out. */
  readonly parameter?: 'r' | '_';
  /** What it stands for, with what it answers. */
  readonly meaning: string;
  /** Go expression in microseconds over the model `m` and the parameter; 0 where this is left out. */
  readonly us?: string;
  /** Its answer under `EXAMPLE_ALPHA` for a prompt of `EXAMPLE_PROMPT` tokens, for the tests of the package. */
  readonly example: number;
}

/** Coefficients and the length of a prompt for which the answers of all methods were worked out by hand. */
export const EXAMPLE_ALPHA: readonly [number, number, number] = [700, 2.5, 30];
export const EXAMPLE_PROMPT = 100;

const SIM = 'github.com/inference-sim/inference-sim/sim';

const QUEUEING: AlphaPlace = {
  unit: 'µs',
  meaning: '`QueueingTime`: from the arrival of a request until it can be scheduled',
  overhead: 'requestUs',
};
const COMPLETION: AlphaPlace = {
  unit: 'µs',
  meaning: "`PostDecodeFixedOverhead`: from the last token of an answer to its end, a part of the simulator's E2E",
  overhead: 'completionUs',
};
const OUTPUT_TOKEN: AlphaPlace = {
  unit: 'µs/token',
  meaning: '`OutputTokenProcessingTime`: for each output token on its way out',
  overhead: 'tokenUs',
};
const PROMPT_TOKEN: AlphaPlace = { unit: 'µs/token', meaning: '`QueueingTime`: for each token of the prompt' };

const OUTPUT_TOKEN_METHOD: GoMethod = {
  name: 'OutputTokenProcessingTime',
  meaning: 'the time after a step for each output token: alpha[2]',
  us: 'm.alpha[2]',
  example: 30,
};

/** Source: inference-sim, sim/latency_model.go and sim/latency/trained_physics_model.go of the main branch. */
const CURRENT: Pick<GoInterface, 'alpha' | 'methods'> = {
  alpha: [QUEUEING, COMPLETION, OUTPUT_TOKEN],
  methods: [
    {
      name: 'QueueingTime',
      parameter: '_',
      meaning: 'the time from the arrival of a request to the queue: alpha[0]',
      us: 'm.alpha[0]',
      example: 700,
    },
    OUTPUT_TOKEN_METHOD,
    {
      name: 'PostDecodeFixedOverhead',
      meaning: 'the time from the last token of a request to its completion: alpha[1]',
      us: 'm.alpha[1]',
      example: 3,
    },
  ],
};

export const GO_INTERFACES: Readonly<Record<InterfaceName, GoInterface>> = {
  standalone: {
    ...CURRENT,
    packageName: 'steptime',
    request: 'Request',
    token: 'int',
    simImport: '',
    inputLength: 'int64(len(r.InputTokens))',
    goVersion: '1.21',
    meaning: 'a module of its own that needs nothing but the standard library',
  },
  'blis-research': {
    packageName: 'steptime',
    request: 'sim.Request',
    token: 'int',
    simImport: SIM,
    inputLength: 'int64(len(r.InputTokens))',
    alpha: [QUEUEING, PROMPT_TOKEN, OUTPUT_TOKEN],
    methods: [
      {
        name: 'QueueingTime',
        parameter: 'r',
        meaning: 'the time from the arrival of a request to the queue: alpha[0] + alpha[1] * input length',
        us: 'm.alpha[0] + m.alpha[1]*float64(len(r.InputTokens))',
        example: 950,
      },
      OUTPUT_TOKEN_METHOD,
      {
        name: 'SchedulingProcessingTime',
        meaning: 'the overhead of scheduling a request: 0, as the step time covers it',
        example: 0,
      },
      {
        name: 'PreemptionProcessingTime',
        meaning: 'the overhead of a preemption: 0, as the step time covers it',
        example: 0,
      },
    ],
    goVersion: '1.21',
    meaning: 'the five-method `sim.LatencyModel` of the research branch, for a folder inside the tree of the simulator',
  },
  'blis-main': {
    ...CURRENT,
    packageName: 'steptime',
    request: 'sim.Request',
    token: 'sim.TokenID',
    simImport: SIM,
    inputLength: 'r.InputLen()',
    goVersion: '1.24',
    meaning: 'the four-method `sim.LatencyModel` of the main branch, for a folder inside the tree of the simulator',
  },
};
