import { cpSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exportGo, type ExportInput, type InterfaceName } from '../../src/export/index.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { GO_INTERFACES } from '../../src/export/go/interfaces.ts';
import {
  EVERY_OPERATION,
  exactInput,
  overheadsInput,
  programOf,
  requestsInput,
  sampleInput,
  SEEDS,
  seedProgram,
  withConstants,
} from './sample.ts';
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
async function exportModule(programs: ReadonlyMap<string, ExportInput>, flavour: InterfaceName): Promise<string> {
  const root = temporaryFolder();
  const parent = flavour === 'standalone' ? root : join(root, 'sim');
  for (const [name, input] of programs) {
    await exportGo(input, { dir: join(parent, name), interface: flavour });
    if (flavour === 'standalone') renameSync(join(parent, name, 'go.mod'), join(root, 'go.mod'));
  }
  if (flavour !== 'standalone') {
    mkdirSync(parent, { recursive: true });
    writeFileSync(join(parent, 'sim.go'), SIM[flavour]);
    writeFileSync(join(root, 'go.mod'), `module github.com/inference-sim/inference-sim\n\ngo ${GO_VERSION[flavour]}\n`);
  }
  return root;
}

const NO_CONSTANTS = 'export function predictStepTime(batch) { return 2 * batch.requests + 5; }';
const VARIANCE =
  'export const constants = { a: 9 }; export function predictStepTime(batch, c) { return c.a + batch.kvVariance; }';
const WITH_OVERHEADS = 'client-overheads';
/** The method that answers what is left of an answer after its last token; the older interface has none. */
const COMPLETION = {
  standalone: 'PostDecodeFixedOverhead',
  'blis-main': 'PostDecodeFixedOverhead',
  'blis-research': 'SchedulingProcessingTime',
};
const OVER_REQUESTS = `
export const constants = { pairs: 1e-4, blocks: 0.3, longest: 0.2, beyond: 0.01, base: 900 };
export function predictStepTime(batch, c) {
  const pairs = batch.sum((r) => r.isPrefill * r.newTokens * (r.context + r.newTokens / 2));
  const blocks = batch.sum((r) => Math.ceil(r.context / 16) + (r.outputTokens > 40 ? Math.sqrt(r.outputTokens) : 0.5));
  const longest = batch.max((r) => Math.max(r.context - r.promptTokens, -3) - 5);
  const beyond = batch.sum((r) => Math.pow(Math.max(0, r.context - 512), 2) / (1 + r.newTokens));
  return c.base + c.pairs * pairs + c.blocks * blocks + c.longest * longest + c.beyond * beyond + batch.requests;
}`;
const NO_SUMS = 'export function predictStepTime(batch) { return 5 + batch.max((r) => r.context); }';
const some = new Map(SEEDS.map((name) => [name, sampleInput(seedProgram(name))]))
  .set('exact-contexts', exactInput())
  .set('variance', exactInput(VARIANCE))
  .set(WITH_OVERHEADS, overheadsInput())
  .set('over-requests', requestsInput(OVER_REQUESTS))
  .set('no-sums', requestsInput(NO_SUMS));
const all = new Map(some)
  .set('every-operation', sampleInput(programOf(EVERY_OPERATION)))
  .set('no-constants', sampleInput(programOf(NO_CONSTANTS)));

/** What clients see beyond steps, by hand: of the second model of `overheadsInput`, and of the one where it was not fitted. */
function overheadsTest(flavour: InterfaceName): string {
  const { request, simImport } = GO_INTERFACES[flavour];
  const completion = flavour === 'blis-research' ? 0 : 778;
  return `package steptime

import (
	"testing"
${simImport === '' ? '' : `\n\t"${simImport}"\n`})

func TestClientOverheads(t *testing.T) {
	r := &${request}{InputTokens: newBatchSource().tokens[:50]}
	for _, each := range []struct {
		model string
		tp    int
		want  [3]int64
	}{
		{"meta-llama/Llama-2-70b-hf", 4, [3]int64{14400, ${completion}, 46}},
		{"codellama-34b", 2, [3]int64{0, 0, 0}},
	} {
		m, err := NewModel(each.model, each.tp)
		if err != nil {
			t.Fatal(err)
		}
		got := [3]int64{m.QueueingTime(r), m.${COMPLETION[flavour]}(), m.OutputTokenProcessingTime()}
		if got != each.want {
			t.Errorf("%s: %v, want %v", each.model, got, each.want)
		}
	}
}
`;
}

describe.skipIf(goVersion === undefined)('exported packages with a Go toolchain', () => {
  const flavours: readonly InterfaceName[] = ['standalone', 'blis-research', 'blis-main'];
  it.each(flavours)('format, vet and pass their own tests: %s', { timeout: 180_000 }, async (flavour) => {
    const root = await exportModule(flavour === 'standalone' ? all : some, flavour);
    const folder = join(root, flavour === 'standalone' ? '' : 'sim', WITH_OVERHEADS);
    writeFileSync(join(folder, 'overheads_test.go'), overheadsTest(flavour));
    expect(run('gofmt', ['-l', '.'], root)).toEqual({ ok: true, output: '' });
    const tested = run('go', ['test', '-vet=all', './...'], root);
    expect(tested).toEqual({ ok: true, output: tested.output });
    expect(tested.output.match(/^ok /gm)).toHaveLength(flavour === 'standalone' ? all.size : some.size);
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
