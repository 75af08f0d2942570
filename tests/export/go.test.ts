import { cpSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exportGo, type InterfaceName } from '../../src/export/index.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { EVERY_OPERATION, programOf, sampleInput, SEEDS, seedProgram, withConstants } from './sample.ts';
import { goVersion, run } from './toolchain.ts';

/** The part of the simulator that a latency model touches, with the method sets of its two generations. */
const SIM = {
  'blis-research': `package sim

type Request struct {
	ProgressIndex int64
	NumNewTokens  int
	InputTokens   []int
	OutputTokens  []int
}

type LatencyModel interface {
	StepTime(batch []*Request) int64
	QueueingTime(req *Request) int64
	OutputTokenProcessingTime() int64
	SchedulingProcessingTime() int64
	PreemptionProcessingTime() int64
}
`,
  'blis-main': `package sim

type TokenID int32

type Request struct {
	ProgressIndex int64
	NumNewTokens  int
	InputTokens   []TokenID
	OutputTokens  []TokenID
}

func (req *Request) InputLen() int64 {
	return int64(len(req.InputTokens))
}

type LatencyModel interface {
	StepTime(batch []*Request) int64
	QueueingTime(req *Request) int64
	OutputTokenProcessingTime() int64
	PostDecodeFixedOverhead() int64
}
`,
};
const GO_VERSION = { 'blis-research': '1.21', 'blis-main': '1.24' };

/** Exports the programs as packages of one module, so that Go is started once for all of them. */
async function exportModule(
  programs: ReadonlyMap<string, string | undefined>,
  flavour: InterfaceName,
): Promise<string> {
  const root = temporaryFolder();
  const parent = flavour === 'standalone' ? root : join(root, 'sim');
  for (const [name, text] of programs) {
    const program = text === undefined ? seedProgram(name) : programOf(text);
    await exportGo(sampleInput(program), { dir: join(parent, name), interface: flavour });
    if (flavour === 'standalone') renameSync(join(parent, name, 'go.mod'), join(root, 'go.mod'));
  }
  if (flavour !== 'standalone') {
    mkdirSync(parent, { recursive: true });
    writeFileSync(join(parent, 'sim.go'), SIM[flavour]);
    writeFileSync(join(root, 'go.mod'), `module github.com/inference-sim/inference-sim\n\ngo ${GO_VERSION[flavour]}\n`);
  }
  return root;
}

const seeds = new Map<string, string | undefined>(SEEDS.map((name) => [name, undefined]));
const all = new Map(seeds)
  .set('every-operation', EVERY_OPERATION)
  .set('no-constants', 'export function predictStepTime(batch) { return 2 * batch.requests + 5; }');

describe.skipIf(goVersion === undefined)('exported packages with a Go toolchain', () => {
  const flavours: readonly InterfaceName[] = ['standalone', 'blis-research', 'blis-main'];
  it.each(flavours)('format, vet and pass their own tests: %s', { timeout: 180_000 }, async (flavour) => {
    const root = await exportModule(flavour === 'standalone' ? all : seeds, flavour);
    expect(run('gofmt', ['-l', '.'], root)).toEqual({ ok: true, output: '' });
    const tested = run('go', ['test', '-vet=all', './...'], root);
    expect(tested).toEqual({ ok: true, output: tested.output });
    expect(tested.output.match(/^ok /gm)).toHaveLength(flavour === 'standalone' ? all.size : seeds.size);
  });

  it('fail their parity test when a constant of the program is changed', { timeout: 60_000 }, async () => {
    const root = temporaryFolder();
    const dir = join(root, 'steptime');
    await exportGo(sampleInput(seedProgram('blackbox')), { dir, interface: 'standalone' });
    const changed = join(root, 'changed');
    const constants = { overheadUs: 8000, perPrefillTokenUs: 20, perDecodeTokenUs: 50.001 };
    await exportGo(withConstants(seedProgram('blackbox'), constants), { dir: changed, interface: 'standalone' });
    for (const file of readdirSync(changed).filter((name) => name.startsWith('coefficients'))) {
      cpSync(join(changed, file), join(dir, file));
    }
    const { ok, output } = run('go', ['test', '-run', 'Parity|Coefficients', '.'], dir);
    expect(ok).toBe(false);
    expect(output).toContain('FAIL: TestParity');
    expect(output).not.toContain('FAIL: TestCoefficientsFileAgrees');
  });
});
