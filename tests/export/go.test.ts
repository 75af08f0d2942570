import { cpSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Standing } from '../../src/baselines/index.ts';
import { exportGo, type ExportInput, type InterfaceName } from '../../src/export/index.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { GO_INTERFACES } from '../../src/export/go/interfaces.ts';
import {
  EVERY_OPERATION,
  exactInput,
  globalInput,
  overheadsInput,
  programOf,
  requestsInput,
  sampleInput,
  SEEDS,
  seedProgram,
  signedInput,
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
const BY_HAND = 'answers-by-hand';
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
/** Ranges by hand: 0 to 100 prefill tokens, with a tenth of that on either side; the other model has no rows at all. */
const STANDING_BY_HAND: Standing = {
  experiments: [],
  groups: [
    {
      group: 'llama-2-70b-tp4-H100',
      load: null,
      ranges: [
        { feature: 'prefillTokens', least: 0, low: 0, high: 100, most: 1902 },
        { feature: 'decodeTokens', least: 0, low: 0, high: 10, most: 10 },
        { feature: 'kvTokens', least: 0, low: 0, high: 1600, most: 1600 },
      ],
      regimes: [],
    },
  ],
};

const some = new Map(SEEDS.map((name) => [name, sampleInput(seedProgram(name))]))
  .set('exact-contexts', exactInput())
  .set('variance', exactInput(VARIANCE))
  .set(BY_HAND, { ...overheadsInput(), standing: STANDING_BY_HAND })
  .set('over-requests', requestsInput(OVER_REQUESTS))
  .set('no-sums', requestsInput(NO_SUMS))
  .set('any-model', globalInput())
  .set('signs', signedInput());
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

/** Batches by hand, for packages with the ranges `STANDING_BY_HAND`. */
function extrapolatesTest(flavour: InterfaceName): string {
  const { request, simImport } = GO_INTERFACES[flavour];
  return `package steptime

import (
	"testing"
${simImport === '' ? '' : `\n\t"${simImport}"\n`})

func TestExtrapolatesByHand(t *testing.T) {
	tokens := newBatchSource().tokens
	known, err := NewModel("llama-2-70b", 4)
	if err != nil {
		t.Fatal(err)
	}
	changed, err := known.WithCoefficients([]float64{0, 0, 0}, make([]float64, betaCount))
	if err != nil {
		t.Fatal(err)
	}
	unknown, err := NewModel("codellama-34b", 2)
	if err != nil {
		t.Fatal(err)
	}
	prefill := func(added int) *${request} {
		return &${request}{NumNewTokens: added, InputTokens: tokens[:2000]}
	}
	decode := func(context int64) *${request} {
		return &${request}{ProgressIndex: context, NumNewTokens: 1, InputTokens: tokens[:10], OutputTokens: tokens[:10]}
	}
	for _, each := range []struct {
		name  string
		model *Model
		batch []*${request}
		want  bool
	}{
		{"110 prefill tokens", known, []*${request}{prefill(110)}, false},
		{"111 prefill tokens", known, []*${request}{prefill(111)}, true},
		{"111 prefill tokens of two requests", known, []*${request}{prefill(55), prefill(56)}, true},
		{"111 prefill tokens under other constants", changed, []*${request}{prefill(111)}, true},
		{"a context that the program does not read", known, []*${request}{decode(1760)}, false},
		{"a longer one", known, []*${request}{decode(1761)}, true},
		{"no rows at all", unknown, []*${request}{prefill(1)}, true},
	} {
		if got := each.model.Extrapolates(each.batch); got != each.want {
			t.Errorf("%s: %v, want %v", each.name, got, each.want)
		}
	}
}
`;
}

describe.skipIf(goVersion === undefined)('exported packages with a Go toolchain', () => {
  const flavours: readonly InterfaceName[] = ['standalone', 'blis-research', 'blis-main'];
  it.each(flavours)('format, vet and pass their own tests: %s', { timeout: 180_000 }, async (flavour) => {
    const root = await exportModule(flavour === 'standalone' ? all : some, flavour);
    const folder = join(root, flavour === 'standalone' ? '' : 'sim', BY_HAND);
    writeFileSync(join(folder, 'overheads_test.go'), overheadsTest(flavour));
    writeFileSync(join(folder, 'extrapolates_test.go'), extrapolatesTest(flavour));
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
