import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sumsOfRequests } from '../../../src/baselines/blis/batch.ts';
import { blisModel } from '../../../src/baselines/blis/model.ts';
import { blisRooflineUs } from '../../../src/baselines/blis/roofline.ts';
import {
  TRAINED_PHYSICS_ALPHA,
  TRAINED_PHYSICS_BETA,
  trainedPhysicsUs,
} from '../../../src/baselines/blis/trained-physics.ts';
import { BatchSource } from '../../../src/export/batches.ts';
import { context } from '../../export/sample.ts';
import { blisCheckout, copyOfCheckout } from '../../export/blis/checkout.ts';
import { goVersion, run } from '../../export/toolchain.ts';

/** Of dense models and models with experts, on one GPU and several. */
const CONTEXTS = (
  [
    ['llama-2-7b', 1, 'H100'],
    ['llama-2-70b', 4, 'H100'],
    ['codellama-34b', 2, 'A100'],
    ['mixtral-8x7b-v0-1', 2, 'H100'],
    ['mixtral-8x7b-v0-1', 4, 'L40S'],
  ] as const
).map(([model, tp, gpu]) => context(model, tp, gpu));
const BATCHES = 1000;

/** Batches of requests that decode one token each, as BLIS makes them; those without output take part in none. */
function batches() {
  const source = new BatchSource(7);
  return Array.from({ length: BATCHES }, () =>
    source
      .next()
      .filter(({ progressIndex, inputLength, outputLength }) => progressIndex < inputLength || outputLength > 0)
      .map((each) => (each.progressIndex < each.inputLength ? each : { ...each, newTokens: 1 })),
  );
}

/** A test of BLIS's own that writes what its backends say of these batches. */
function goTest(): string {
  const configs = CONTEXTS.map(({ architecture: a, hardware: h, tensorParallelism: tp }) => {
    const experts = a.experts > 1 ? `NumLocalExperts: ${a.experts}, NumExpertsPerTok: ${a.activeExperts}, ` : '';
    const model = `sim.ModelConfig{NumLayers: ${a.layers}, HiddenDim: ${a.hiddenSize}, NumHeads: ${a.heads}, NumKVHeads: ${a.kvHeads}, IntermediateDim: ${a.intermediateSize}, ${experts}BytesPerParam: ${a.bytesPerParameter}}`;
    const hardware = `sim.HardwareCalib{TFlopsPeak: ${h.peakFlops / 1e12}, BwPeakTBs: ${h.memoryBandwidth / 1e12}, MfuPrefill: 0.45, MfuDecode: 0.30, MemoryGiB: 80}`;
    return `sim.NewModelHardwareConfig(${model}, ${hardware}, "", "", ${tp}, 1, false, "", backend, 0)`;
  });
  const rows = batches().map(
    (requests) =>
      `{${requests.map((r) => `{${r.inputLength}, ${r.progressIndex}, ${r.newTokens}, ${r.outputLength}}`).join(', ')}}`,
  );
  return `package latency

import (
	"fmt"
	"os"
	"testing"

	"github.com/inference-sim/inference-sim/sim"
)

func TestWriteStepTimes(t *testing.T) {
	out, err := os.Create(os.Getenv("STEP_TIMES"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	tokens := make([]sim.TokenID, 8192)
	for _, backend := range []string{"trained-physics", "roofline"} {
		for _, hw := range []sim.ModelHardwareConfig{${configs.join(', ')}} {
			model, err := NewLatencyModel(sim.NewLatencyCoeffs([]float64{${TRAINED_PHYSICS_BETA.join(', ')}}, []float64{${TRAINED_PHYSICS_ALPHA.join(', ')}}), hw)
			if err != nil {
				t.Fatal(err)
			}
			for _, rows := range [][][4]int{
				${rows.join(',\n\t\t\t\t')},
			} {
				var batch []*sim.Request
				for _, r := range rows {
					batch = append(batch, &sim.Request{InputTokens: tokens[:r[0]], ProgressIndex: int64(r[1]), NumNewTokens: r[2], OutputTokens: tokens[:r[3]]})
				}
				fmt.Fprintln(out, model.StepTime(batch))
			}
		}
	}
}
`;
}

describe.skipIf(blisCheckout === undefined || goVersion === undefined)(
  "BLIS's own formulas (EVOLVE_BLIS)",
  { timeout: 300_000 },
  () => {
    it('are the ones here, to the microsecond that BLIS cuts off', async () => {
      const dir = copyOfCheckout(blisCheckout!);
      writeFileSync(join(dir, 'sim/latency/step_times_test.go'), goTest());
      const file = join(dir, 'times.txt');
      process.env['STEP_TIMES'] = file;
      const { ok, output } = run('go', ['test', './sim/latency', '-run', 'TestWriteStepTimes', '-count=1'], dir);
      delete process.env['STEP_TIMES'];
      expect({ ok, output }).toEqual({ ok: true, output });
      const { readFileSync } = await import('node:fs');
      const theirs = readFileSync(file, 'utf8').trim().split('\n').map(Number);
      const ours = [trainedPhysicsUs, blisRooflineUs].flatMap((stepUs) =>
        CONTEXTS.flatMap((each) =>
          batches().map((requests) => {
            const sums = sumsOfRequests(requests.length, (at) => ({
              context: requests[at]!.progressIndex,
              newTokens: requests[at]!.newTokens,
              promptTokens: requests[at]!.inputLength,
            }));
            return stepUs(blisModel(each)!, sums);
          }),
        ),
      );
      expect(theirs).toHaveLength(2 * CONTEXTS.length * BATCHES);
      // A value on the edge of a microsecond may round to either side of it.
      const wrong = ours.filter(
        (us, at) => Math.abs(Math.floor(us) - theirs[at]!) > (Math.abs(us - Math.round(us)) < 1e-6 ? 1 : 0),
      );
      expect(wrong).toEqual([]);
    });
  },
);
