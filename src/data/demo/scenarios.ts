/** Requests arrive at a constant rate for a time. */
interface Stage {
  /** Requests/s. */
  readonly rate: number;
  readonly durationS: number;
}

/** What the clients of one experiment send. Lengths are means in tokens. */
export interface Workload {
  readonly name: string;
  readonly systemPromptTokens: number;
  readonly questionTokens: number;
  readonly outputTokens: number;
  /** Earlier turns that a conversation carries, 0 to this many; they lengthen the prompt and are cached. */
  readonly historyTurns: number;
  /** Share of requests with a question that was not asked before: it is computed, what precedes it is cached. */
  readonly freshShare: number;
  /** Standard deviations of the logarithms of question and output lengths. */
  readonly questionSpread: number;
  readonly outputSpread: number;
}

/** One experiment of the demo. */
export interface Scenario {
  /** Folder name as a real experiment would have, e.g. `20260301-081500-llama-2-7b-tp1-general`. */
  readonly id: string;
  readonly model: string;
  readonly tp: number;
  readonly kvBlocks: number;
  readonly workload: Workload;
  readonly stages: readonly Stage[];
}

// Lengths are those of four usual traffic profiles: chat, code completion, role play over a long conversation, and
// reasoning with long answers.
const WORKLOADS = {
  general: {
    name: 'general',
    systemPromptTokens: 100,
    questionTokens: 447,
    outputTokens: 248,
    historyTurns: 0,
    freshShare: 0.05,
    questionSpread: 0.25,
    outputSpread: 0.3,
  },
  codegen: {
    name: 'codegen',
    systemPromptTokens: 100,
    questionTokens: 466,
    outputTokens: 247,
    historyTurns: 0,
    freshShare: 0.12,
    questionSpread: 0.6,
    outputSpread: 0.35,
  },
  roleplay: {
    name: 'roleplay',
    systemPromptTokens: 150,
    questionTokens: 600,
    outputTokens: 251,
    historyTurns: 4,
    freshShare: 0.05,
    questionSpread: 0.2,
    outputSpread: 0.25,
  },
  reasoning: {
    name: 'reasoning',
    systemPromptTokens: 100,
    questionTokens: 934,
    outputTokens: 1448,
    historyTurns: 1,
    freshShare: 0.08,
    questionSpread: 0.25,
    outputSpread: 0.25,
  },
} as const satisfies Readonly<Record<string, Workload>>;

type WorkloadName = keyof typeof WORKLOADS;

/** Rates and durations of the stages: [rate, seconds] pairs. */
type StageTable = Readonly<Record<WorkloadName, readonly (readonly [rate: number, durationS: number])[]>>;

// Rates step up in the second half where there are two stages; durations are such that every experiment has some fifty
// thousand steps, a little under half of them in the first stage. Role play is the low-load corner (few requests, long contexts), general the
// one with many short contexts, reasoning the one with long contexts; on the 7B model, whose cache is the smallest for
// its bytes a token, the second reasoning stage fills the cache and requests are preempted.
const MODELS: readonly { model: string; tp: number; kvBlocks: number; stages: StageTable }[] = [
  {
    model: 'llama-2-7b',
    tp: 1,
    kvBlocks: 7391,
    stages: {
      general: [
        [8, 300],
        [12.5, 600],
      ],
      codegen: [
        [5, 250],
        [11, 460],
      ],
      roleplay: [[1.8, 1150]],
      reasoning: [
        [0.35, 530],
        [0.625, 1120],
      ],
    },
  },
  {
    model: 'llama-2-70b',
    tp: 4,
    kvBlocks: 31356,
    stages: {
      general: [
        [8, 435],
        [16, 690],
      ],
      codegen: [
        [5, 420],
        [12, 580],
      ],
      roleplay: [[1.8, 970]],
      reasoning: [
        [1, 480],
        [2.1, 840],
      ],
    },
  },
  {
    model: 'codellama-34b',
    tp: 2,
    kvBlocks: 26602,
    stages: {
      general: [
        [8, 390],
        [17, 620],
      ],
      codegen: [
        [5, 375],
        [12, 520],
      ],
      roleplay: [[2, 890]],
      reasoning: [
        [1, 430],
        [2.2, 830],
      ],
    },
  },
  {
    model: 'mixtral-8x7b-v0-1',
    tp: 2,
    kvBlocks: 27460,
    stages: {
      general: [
        [6, 470],
        [17, 650],
      ],
      codegen: [
        [4, 460],
        [12, 580],
      ],
      roleplay: [[1.2, 870]],
      reasoning: [
        [1, 500],
        [2.3, 780],
      ],
    },
  },
];

/** The demo's experiments: every model under every workload, in a fixed order. */
export const SCENARIOS: readonly Scenario[] = Object.freeze(
  MODELS.flatMap((model, m) =>
    (Object.keys(WORKLOADS) as WorkloadName[]).map((name, w) =>
      Object.freeze({
        id: `${stamp(m * 4 + w)}-${model.model}-tp${model.tp}-${name}`,
        model: model.model,
        tp: model.tp,
        kvBlocks: model.kvBlocks,
        workload: WORKLOADS[name],
        stages: Object.freeze(model.stages[name].map(([rate, durationS]) => Object.freeze({ rate, durationS }))),
      }),
    ),
  ),
);

/** A made-up start, half an hour and some seconds apart. */
function stamp(index: number): string {
  const seconds = 8 * 3600 + index * 1800 + ((index * 137) % 60);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return `20260301-${parts.map((part) => String(part).padStart(2, '0')).join('')}`;
}
