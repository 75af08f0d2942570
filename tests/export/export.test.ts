import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { exportGo, type ExportInput, type ExportOptions, printGoFunction } from '../../src/export/index.ts';
import { measure, type Program } from '../../src/program/index.ts';
import { startsOf } from '../program/arbitrary.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { context, exactInput, programOf, sampleInput, seedProgram, signedInput, withConstants } from './sample.ts';

const seed = seedProgram('corrections');

function write(dir: string, input: ExportInput = sampleInput(seed), options: Partial<ExportOptions> = {}) {
  return exportGo(input, { dir, interface: 'standalone', ...options });
}

function contents(dir: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(dir, { recursive: true, encoding: 'utf8' })
      .filter((path) => statSync(join(dir, path)).isFile())
      .map((path) => [path, readFileSync(join(dir, path)).toString('base64')]),
  );
}

/** A program whose feature is replaced after parsing, as one that came from elsewhere may have it. */
function reading(feature: string): Program {
  const program = programOf(
    'export const constants = { k: 2 };\nexport function predictStepTime(batch, c) { return c.k * batch.requests; }',
  );
  const nodes = program.graph.nodes.map((node) => (node.kind === 'feature' ? { ...node, name: feature } : node));
  return { ...program, graph: { ...program.graph, nodes } };
}

describe('exportGo', () => {
  it('writes the files that it names, and the same bytes each time', async () => {
    const folder = temporaryFolder();
    const first = await write(join(folder, 'a'));
    const second = await write(join(folder, 'b/c'));
    expect(first.files).toEqual(Object.keys(contents(join(folder, 'a'))).sort());
    expect(first.files).toContain('go.mod');
    expect(second.files).toEqual(first.files);
    expect(contents(join(folder, 'b/c'))).toEqual(contents(join(folder, 'a')));
  });

  it('says where the program came from, without paths of the machine', async () => {
    const folder = temporaryFolder();
    await write(join(folder, 'out'));
    const model = readFileSync(join(folder, 'out/model.go'), 'utf8');
    for (const fact of ['run: sample', 'program: p1', 'dataset: 00ff', 'seed: 3', '3.21 % on training rows']) {
      expect(model).toContain(fact);
    }
    for (const text of Object.values(contents(join(folder, 'out')))) {
      expect(Buffer.from(text, 'base64').toString()).not.toContain(folder);
    }
  });

  it('leaves go.mod and the request type to the simulator for its interfaces', async () => {
    const folder = temporaryFolder();
    const { files } = await write(join(folder, 'out'), sampleInput(seed), { interface: 'blis-main' });
    expect(files).not.toContain('go.mod');
    expect(files).not.toContain('request.go');
    expect(readFileSync(join(folder, 'out/model.go'), 'utf8')).toContain('var _ sim.LatencyModel = (*Model)(nil)');
  });

  it('stores one finite reference value for each of 10,000 batches', async () => {
    const folder = temporaryFolder();
    await write(join(folder, 'out'));
    const bytes = readFileSync(join(folder, 'out/testdata/expected.f64'));
    expect(bytes.length).toBe(80_000);
    const values = Array.from({ length: 10_000 }, (_, i) => bytes.readDoubleLE(8 * i));
    expect(values.every((value) => Number.isFinite(value) && value > 0)).toBe(true);
    expect(new Set(values).size).toBeGreaterThan(5000);
  });

  it('stores for each of them how much lies outside of the rows of its model', async () => {
    const folder = temporaryFolder();
    const counts = async (name: string, input: ExportInput): Promise<Uint8Array> => {
      await write(join(folder, name), input);
      return readFileSync(join(folder, name, 'testdata/outside.u8'));
    };
    const some = await counts('some', sampleInput(seed));
    expect(some).toHaveLength(10_000);
    expect(some.filter((count) => count === 0).length).toBeGreaterThan(1000);
    expect(new Set(some).size).toBeGreaterThan(4);
    const unknown = sampleInput(seed, { standing: { experiments: [], groups: [] } });
    // What the program reads has no range then; what a batch is made of beside it is not looked at.
    expect(new Set(await counts('unknown', unknown))).toEqual(new Set([measure(seed).features.length]));
  });
});

describe('contexts of requests', () => {
  const text =
    'export const constants = { k: 2 }; export function predictStepTime(batch, c) { return c.k * batch.decodeKvTokens; }';
  const predict = async (input: ExportInput): Promise<string> => {
    const dir = join(temporaryFolder(), 'out');
    await write(dir, input);
    return readFileSync(join(dir, 'predict.go'), 'utf8');
  };

  it('are summed exactly where the run had their state, else shared out as the run saw them', async () => {
    const exact = await predict(exactInput(text));
    expect(exact).toContain('decodeKvTokens += float64(r.ProgressIndex)');
    // Context by blocks is for Extrapolates alone there.
    const features = exact.slice(exact.indexOf(') features('), exact.indexOf(') figures('));
    expect(features).not.toContain('kvTokens +=');
    const shared = await predict(sampleInput(programOf(text)));
    expect(shared).toContain('decodeKvTokens := kvTokensPerRequest * decodeRequests');
  });

  it('are told of in the package', async () => {
    const dir = join(temporaryFolder(), 'out');
    await write(dir, exactInput());
    const readme = readFileSync(join(dir, 'README.md'), 'utf8');
    expect(readme).toContain('- contexts: of each request, as recorded; none is an estimate\n');
    expect(readme).toContain('| kvMax | tokens | longest context of a request |');
    const plain = join(temporaryFolder(), 'out');
    await write(plain);
    expect(readFileSync(join(plain, 'README.md'), 'utf8')).not.toContain('contexts:');
  });
});

describe('coefficients.yaml', () => {
  it('has the keys of defaults.yaml alone, with ids in lower case', async () => {
    const folder = temporaryFolder();
    const input = sampleInput(seed);
    await write(
      join(folder, 'out'),
      {
        ...input,
        groups: input.groups.map(({ group, context: each }) => ({ group, context: each, totalKvBlocks: 31356 })),
      },
      { alpha: [700, 2.5, 30], vllmVersion: 'vllm/vllm-openai:v0.15.1' },
    );
    const { models } = parse(readFileSync(join(folder, 'out/coefficients.yaml'), 'utf8'));
    expect(models).toHaveLength(4);
    expect(models[1]).toEqual({
      GPU: 'H100',
      alpha_coeffs: [700, 2.5, 30],
      beta_coeffs: seed.constants.map(({ start }) => start * (1 + 1 / 7)),
      id: 'meta-llama/llama-2-70b-hf',
      tensor_parallelism: 4,
      total_kv_blocks: 31356,
      vllm_version: 'vllm/vllm-openai:v0.15.1',
    });
  });

  it('has no negative coefficient: signs stand in the code', async () => {
    const folder = temporaryFolder();
    await write(join(folder, 'out'), signedInput());
    const { models } = parse(readFileSync(join(folder, 'out/coefficients.yaml'), 'utf8'));
    const [a, b, c] = seedProgram('blackbox').constants.map(({ name }) => name);
    expect(models.map((each: { beta_coeffs: readonly number[] }) => each.beta_coeffs)).toEqual(
      models.map(({ id }: { id: string }) => [101.5, ...(/codellama|llama-2-7b/.test(id) ? [20, 0] : [0, 3]), 50]),
    );
    const text = readFileSync(join(folder, 'out/coefficients.yaml'), 'utf8');
    expect(text).toContain(`# beta_coeffs in order: -${a}, ${b}, -${b}, ${c}\n`);
  });

  it('stands inside a simulator under a key that no simulator reads', async () => {
    const folder = temporaryFolder();
    await write(join(folder, 'out'), sampleInput(seed), { interface: 'blis-research' });
    const read = parse(readFileSync(join(folder, 'out/coefficients.yaml'), 'utf8'));
    expect(Object.keys(read)).toEqual(['steptime_coefficients']);
  });

  it('has zero alphas and leaves out what is not known by default', async () => {
    const folder = temporaryFolder();
    await write(join(folder, 'out'));
    const { models } = parse(readFileSync(join(folder, 'out/coefficients.yaml'), 'utf8'));
    expect(Object.keys(models[0])).toEqual(['GPU', 'alpha_coeffs', 'beta_coeffs', 'id', 'tensor_parallelism']);
    expect(models[0].alpha_coeffs).toEqual([0, 0, 0]);
  });
});

describe('groups and models', () => {
  const fit = (group: string) => ({ ...sampleInput(seed).fits[0]!, group });
  const llama = context('llama-2-70b', 4);

  it('gives every model of scope global the same constants', async () => {
    const folder = temporaryFolder();
    const groups = [llama, context('mixtral-8x7b-v0-1', 2), llama].map((each) => ({ group: 'all', context: each }));
    await write(join(folder, 'out'), sampleInput(seed, { scope: 'global', groups, fits: [fit('all')] }));
    const { models } = parse(readFileSync(join(folder, 'out/coefficients.yaml'), 'utf8'));
    expect(models.map(({ id }: { id: string }) => id)).toEqual([
      'meta-llama/llama-2-70b-hf',
      'mistralai/mixtral-8x7b-v0.1',
    ]);
    expect(models[0].beta_coeffs).toEqual(models[1].beta_coeffs);
  });

  it.each<[string, Partial<ExportInput>, string]>([
    [
      'two experiments claim one model',
      {
        scope: 'experiment',
        groups: ['e1', 'e2'].map((group) => ({ group, context: llama })),
        fits: [fit('e1'), fit('e2')],
      },
      '`e1` and `e2` both have constants for meta-llama/Llama-2-70b-hf with tp 4',
    ],
    [
      'one group spans two kinds of hardware',
      {
        groups: [llama, context('llama-2-70b', 4, 'A100')].map((each) => ({ group: 'g', context: each })),
        fits: [fit('g')],
      },
      'was measured on H100 and A100',
    ],
    ['a group has no fit', { fits: [] }, 'group `llama-2-7b-tp1-H100` has no fitted constants'],
    ['there is no group', { groups: [] }, 'the run has no model to export'],
    [
      'a constant is missing',
      { fits: withConstants(seed, {}).fits },
      'constant `prefillGemm` of group `llama-2-7b-tp1-H100` has no value',
    ],
    [
      'a constant is not finite',
      { fits: withConstants(seed, { ...startsOf(seed), overheadUs: NaN }).fits },
      'constant `overheadUs` of group `llama-2-7b-tp1-H100` is NaN',
    ],
    [
      'the program reads the waiting queue',
      { program: reading('waitingDepth') },
      'StepTime sees only the requests of the batch',
    ],
    [
      'the program reads contexts of requests and the data has none',
      { program: reading('kvMax') },
      'program p1 uses `kvMax`, which takes the recorded state of requests',
    ],
    ['the program reads an unknown feature', { program: reading('moonPhase') }, 'program p1 uses `moonPhase`'],
  ])('refuses and writes nothing when %s', async (_, changes, message) => {
    const folder = temporaryFolder();
    const failed = write(join(folder, 'out'), sampleInput(seed, changes));
    await expect(failed).rejects.toMatchObject({ name: 'UserError', message: expect.stringContaining(message) });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('refuses alphas that are not times', async () => {
    const folder = temporaryFolder();
    const failed = write(join(folder, 'out'), sampleInput(seed), { alpha: [1, -2, 0] });
    await expect(failed).rejects.toMatchObject({ name: 'UserError', message: 'alpha is 1, -2, 0' });
  });
});

describe('the target folder', () => {
  it('may be empty, or an earlier export of another kind, which is replaced as a whole', async () => {
    const folder = temporaryFolder();
    const dir = join(folder, 'out');
    mkdirSync(dir);
    await write(dir);
    await write(dir, sampleInput(seedProgram('blackbox')), { interface: 'blis-research' });
    expect(existsSync(join(dir, 'go.mod'))).toBe(false);
    expect(readdirSync(folder)).toEqual(['out']);
  });

  it('is left alone where it holds other files, beside an earlier export too', async () => {
    const folder = temporaryFolder();
    const dir = join(folder, 'out');
    mkdirSync(dir);
    writeFileSync(join(dir, 'notes.txt'), 'mine');
    await expect(write(dir)).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringContaining('no earlier export'),
    });
    const exported = join(folder, 'exported');
    await write(exported);
    writeFileSync(join(exported, 'notes.txt'), 'mine');
    const before = contents(exported);
    await expect(write(exported)).rejects.toMatchObject({ message: expect.stringContaining('notes.txt') });
    expect(contents(exported)).toEqual(before);
    expect(readdirSync(folder).sort()).toEqual(['exported', 'out']);
  });

  it('may not be a file, nor lie below one', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'file');
    writeFileSync(file, 'mine');
    await expect(write(file)).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringContaining('is a file'),
    });
    await expect(write(join(file, 'out'))).rejects.toMatchObject({ name: 'UserError' });
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });
});

describe('text from outside', () => {
  it('cannot end a comment or be taken for a directive', async () => {
    const folder = temporaryFolder();
    const program = {
      ...seed,
      doc: 'first */ line\n\nfunc init() { panic(1) }\u2028//go:build ignore\r\n# Heading ```',
    };
    const { provenance } = sampleInput(seed);
    await write(join(folder, 'out'), sampleInput(program, { provenance: { ...provenance, run: 'a\nfunc main() {}' } }));
    await write(join(folder, 'plain'));
    const codeOf = (dir: string): readonly string[] =>
      readFileSync(join(folder, dir, 'model.go'), 'utf8')
        .split('\n')
        .filter((line) => !line.startsWith('// '));
    expect(codeOf('out')).toEqual(codeOf('plain'));
  });
});

describe('printGoFunction', () => {
  it('prints the formula with its helpers', () => {
    expect(
      printGoFunction(seedProgram('regime-switch')),
    ).toBe(`func predictStepTime(batch features, c constants) float64 {
	t1 := c.heavyBaseUs + c.heavyPerRequestUs*batch.requests
	if batch.kvTokens <= c.kvThresholdTokens {
		t1 = c.lightBaseUs + c.lightPerRequestUs*batch.requests
	}
	return t1 + c.perPrefillTokenUs*batch.prefillTokens
}
`);
    const text = 'export function predictStepTime(batch) { return Math.log2(1 + batch.requests); }';
    expect(printGoFunction(programOf(text))).toContain('func stepLog2(');
  });
});
