import { execFile } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { checkJson, type DocumentKind, makeFolder, UserError, writeFileAtomically } from '../base/index.ts';
import type { Architecture, ServingContext } from '../physics/index.ts';
import type { EngineSettings, ServingRequests } from '../serving/index.ts';
import { blisTrace } from '../export/index.ts';

/** What BLIS is to serve, and how. */
export interface BlisReplay {
  /** The program, in a source tree or with the tree's `defaults.yaml` and `hardware_config.json` beside it. */
  readonly binary: string;
  /** What `--latency-model` is given. */
  readonly backend: string;
  readonly requests: ServingRequests;
  readonly context: ServingContext;
  readonly settings: EngineSettings;
  /** It is ended after so long. */
  readonly timeoutS: number;
}

/** What BLIS says of a request. */
export interface BlisResult {
  /** Row of the request. */
  readonly request_id: number;
  readonly ttft_us: number;
  readonly e2e_us: number;
  readonly output_tokens: number;
}

const RESULTS: DocumentKind<readonly BlisResult[]> = {
  schema: z.array(
    z.looseObject({ request_id: z.number(), ttft_us: z.number(), e2e_us: z.number(), output_tokens: z.number() }),
  ),
  code: 'app.wrong-blis-results',
  mend: 'Use main of August 2026 (f90a1e3a)',
};

/**
 * Serves requests with `blis replay`. Its files lie in a temporary folder that is removed.
 *
 * @throws UserError where the program is missing, ends with an error, takes too long, or writes no results.
 */
export async function replayInBlis({
  binary,
  backend,
  requests,
  context,
  settings,
  timeoutS,
}: BlisReplay): Promise<readonly BlisResult[]> {
  const folder = join(tmpdir(), `evolve-blis-${randomUUID()}`);
  makeFolder(folder);
  try {
    const { architecture, hardware, tensorParallelism } = context;
    const { header, data } = blisTrace(requests, architecture.id);
    writeFileAtomically(join(folder, 'trace.yaml'), header);
    writeFileAtomically(join(folder, 'trace.csv'), data);
    writeFileAtomically(join(folder, 'config.json'), JSON.stringify(configOf(architecture)));
    const results = join(folder, 'results.json');
    const flags: Readonly<Record<string, string | number | undefined>> = {
      'trace-header': join(folder, 'trace.yaml'),
      'trace-data': join(folder, 'trace.csv'),
      model: architecture.id,
      hardware: hardware.name,
      tp: tensorParallelism,
      'latency-model': backend,
      'model-config-folder': folder,
      'results-path': results,
      'max-num-seqs': settings.maxNumSeqs,
      'max-num-batched-tokens': settings.maxNumBatchedTokens,
      'block-size-in-tokens': settings.blockSize,
      'total-kv-blocks': settings.kvBlocks,
      'max-model-len': Number.isFinite(settings.maxModelLen) ? settings.maxModelLen : undefined,
      // Its own default ends before a queue is served.
      horizon: Number.MAX_SAFE_INTEGER,
      log: 'error',
    };
    const given = Object.entries(flags).flatMap(([name, value]) =>
      value === undefined ? [] : [`--${name}`, String(value)],
    );
    await run(binary, timeoutS, ['replay', ...given]);
    return checkJson(readFileSync(results, 'utf8'), binary, RESULTS);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The keys of a Hugging Face configuration that BLIS reads. */
function configOf(a: Architecture): Readonly<Record<string, unknown>> {
  const types: Readonly<Record<number, string>> = { 1: 'float8_e4m3fn', 2: 'bfloat16', 4: 'float32' };
  return {
    hidden_size: a.hiddenSize,
    num_hidden_layers: a.layers,
    num_attention_heads: a.heads,
    num_key_value_heads: a.kvHeads,
    head_dim: a.headSize,
    intermediate_size: a.intermediateSize,
    vocab_size: a.vocabularySize,
    hidden_act: 'silu',
    torch_dtype: types[a.bytesPerParameter] ?? 'bfloat16',
    tie_word_embeddings: a.tiedEmbeddings ?? false,
    ...(a.experts > 1 && { num_local_experts: a.experts, num_experts_per_tok: a.activeExperts }),
  };
}

function run(binary: string, timeoutS: number, args: readonly string[]): Promise<void> {
  const path = resolve(binary);
  return new Promise((done, fail) => {
    const options = { cwd: dirname(path), timeout: 1000 * timeoutS, maxBuffer: 2 ** 30 };
    execFile(path, args, options, (error, _, stderr) => {
      if (error === null) done();
      else fail(failure(binary, timeoutS, error, stderr));
    });
  });
}

function failure(
  binary: string,
  timeoutS: number,
  { code, killed }: { readonly code?: unknown; readonly killed?: boolean },
  stderr: string,
): UserError {
  const place = { file: binary };
  if (code === 'ENOENT' || code === 'EACCES') {
    return new UserError({
      code: 'app.no-blis',
      place,
      problem: 'no program that can be run',
      mend: 'Build BLIS in its source tree (`go build -o blis .`) and name that program',
    });
  }
  if (killed === true) {
    return new UserError({
      code: 'app.blis-timeout',
      place,
      problem: `did not end within ${timeoutS} s`,
      mend: 'Give it more time, or data with fewer requests',
    });
  }
  const last = stderr.trim().split('\n').at(-1) ?? '';
  const words = /msg="(.*)"$/.exec(last)?.[1]?.replaceAll('\\"', '"') ?? last;
  return new UserError({
    code: 'app.blis-failed',
    place,
    problem: `ended with an error: ${words.slice(0, 400) || 'it said nothing'}`,
    mend: 'Mend what it says; its defaults.yaml has to lie beside it',
  });
}
