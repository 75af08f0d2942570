import { expressible, takesAnyModel } from '../go/architecture.ts';
import { goFloat, goString } from '../go/text.ts';
import type { Package } from '../package.ts';
import { betaCoefficients } from '../signs.ts';
import type { BackendNames } from './names.ts';

const SIM = 'github.com/inference-sim/inference-sim/sim';

/** Behavioural tests of the backend; those of its numbers are in the package of the formula. */
export function backendTestGo(pack: Package, { backend, packageName, stem }: BackendNames): string {
  const { entries, coefficients } = pack;
  const entry = entries.find(({ context }) => expressible(context.architecture) !== undefined) ?? entries[0]!;
  const { architecture: a, hardware, tensorParallelism: tp } = entry.context;
  const beta = betaCoefficients(coefficients, entry.constants).map(goFloat).join(', ');
  return `package latency

import (
	"testing"

	"${SIM}"
	"${SIM}/latency/${packageName}"
)

// ${packageName}Config is a deployment that the formula was fitted on.
func ${packageName}Config() sim.ModelHardwareConfig {
	return sim.NewModelHardwareConfig(
		sim.ModelConfig{
			NumLayers:        ${a.layers},
			HiddenDim:        ${a.hiddenSize},
			NumHeads:         ${a.heads},
			NumKVHeads:       ${a.kvHeads},
			VocabSize:        ${a.vocabularySize},
			IntermediateDim:  ${a.intermediateSize},
			NumLocalExperts:  ${a.experts > 1 ? a.experts : 0},
			NumExpertsPerTok: ${a.experts > 1 ? a.activeExperts : 0},
			BytesPerParam:    ${goFloat(a.bytesPerParameter)},
		},
		sim.HardwareCalib{TFlopsPeak: ${goFloat(hardware.peakFlops / 1e12)}, BwPeakTBs: ${goFloat(hardware.memoryBandwidth / 1e12)}, MemoryGiB: 80},
		${goString(a.id)}, ${goString(hardware.name)}, ${tp}, 1, false, "", ${goString(backend)}, 0,
	)
}

func ${packageName}Coeffs() sim.LatencyCoeffs {
	return sim.NewLatencyCoeffs([]float64{${beta}}, []float64{700, 40, 30})
}

func ${packageName}Batch() []*sim.Request {
	return []*sim.Request{
		{InputTokens: make([]sim.TokenID, 500), NumNewTokens: 200},
		{InputTokens: make([]sim.TokenID, 300), OutputTokens: make([]sim.TokenID, 50), ProgressIndex: 320, NumNewTokens: 1},
	}
}

// ${packageName}Twice is an adapter cost that doubles each step.
type ${packageName}Twice struct{ sim.AdapterCost }

func (${packageName}Twice) StepOverheadFactor([]*sim.Request) float64 { return 2 }

func Test${stem}Model_AnswersTheFormula(t *testing.T) {
	model, err := NewLatencyModel(${packageName}Coeffs(), ${packageName}Config())
	if err != nil {
		t.Fatal(err)
	}
	formula, err := ${packageName}.NewModelOn(${goString(a.id)}, ${tp}, ${goString(hardware.name)})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := model.StepTime(${packageName}Batch()), formula.StepTime(${packageName}Batch()); got != want {
		t.Errorf("StepTime is %d, want %d", got, want)
	}
	if got := model.StepTime(nil); got < 1 {
		t.Errorf("StepTime of the empty batch is %d, want at least 1", got)
	}
	if a, b, c := model.QueueingTime(nil), model.PostDecodeFixedOverhead(), model.OutputTokenProcessingTime(); a != 700 || b != 40 || c != 30 {
		t.Errorf("overheads are %d, %d and %d, want 700, 40 and 30", a, b, c)
	}
}

func Test${stem}Model_AppliesTheAdapterOverhead(t *testing.T) {
	plain, err := NewLatencyModel(${packageName}Coeffs(), ${packageName}Config())
	if err != nil {
		t.Fatal(err)
	}
	twice, err := NewLatencyModel(${packageName}Coeffs(), ${packageName}Config(), WithAdapterCost(${packageName}Twice{}))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := twice.StepTime(${packageName}Batch()), 2*plain.StepTime(${packageName}Batch()); got != want {
		t.Errorf("StepTime with adapters is %d, want %d", got, want)
	}
}

func Test${stem}Model_RefusesWrongCoefficients(t *testing.T) {
	for name, coeffs := range map[string]sim.LatencyCoeffs{
		"too many betas":  sim.NewLatencyCoeffs(append(${packageName}Coeffs().BetaCoeffs, 1), []float64{0, 0, 0}),
		"too few alphas":  sim.NewLatencyCoeffs(${packageName}Coeffs().BetaCoeffs, []float64{0, 0}),
		"negative alphas": sim.NewLatencyCoeffs(${packageName}Coeffs().BetaCoeffs, []float64{0, -1, 0}),
	} {
		if _, err := NewLatencyModel(coeffs, ${packageName}Config()); err == nil {
			t.Errorf("%s should be an error", name)
		}
	}
}

${
  takesAnyModel(pack)
    ? `func Test${stem}Model_TakesModelsThatNobodyMeasured(t *testing.T) {
	hw := ${packageName}Config()
	measured, err := New${stem}Model(${packageName}Coeffs(), hw)
	if err != nil {
		t.Fatal(err)
	}
	hw.Model = "a-model-of-the-same-dimensions"
	same, err := New${stem}Model(${packageName}Coeffs(), hw)
	if err != nil {
		t.Fatal(err)
	}
	${
    expressible(a) === undefined
      ? 'if got := same.StepTime(' + packageName + 'Batch()); got < 1 || measured.StepTime(nil) < 1 {'
      : 'if got, want := same.StepTime(' +
        packageName +
        'Batch()), measured.StepTime(' +
        packageName +
        'Batch()); got < want-1 || got > want+1 {'
  }
		t.Errorf("StepTime is %d under another name", got)
	}
	hw.ModelConfig.KVLoraRank = 512
	if _, err := New${stem}Model(${packageName}Coeffs(), hw); err == nil {
		t.Error("a compressed KV cache should be an error")
	}
}
`
    : `func Test${stem}Model_RefusesModelsThatNobodyMeasured(t *testing.T) {
	hw := ${packageName}Config()
	hw.Model = "no-such-model"
	if _, err := New${stem}Model(${packageName}Coeffs(), hw); err == nil {
		t.Error("a model without constants should be an error")
	}
}
`
}`;
}

/** Tests that the shipped section of defaults.yaml is what the backend takes. */
export function configTestGo({ packageName, stem }: BackendNames): string {
  return `package cmd

import (
	"testing"

	"${SIM}/latency/${packageName}"
)

func TestLoad${stem}Coefficients_ShippedSectionIsWhatTheFormulaTakes(t *testing.T) {
	coefficients := load${stem}Coefficients("../defaults.yaml")
	if len(coefficients) == 0 {
		t.Fatal("defaults.yaml has no coefficients")
	}
	for _, c := range coefficients {
		if err := ${packageName}.CheckCoefficients(c.AlphaCoeffs, c.BetaCoeffs); err != nil {
			t.Errorf("%s tp %d on %s: %v", c.ID, c.TensorParallelism, c.GPU, err)
		}
	}
}

func Test${stem}Coefficients_HoldFor(t *testing.T) {
	one := ${stem}Coefficients{ID: "org/model", GPU: "H100", TensorParallelism: 2}
	if !one.holdsFor("ORG/Model", "h100", 2) || one.holdsFor("org/model", "H100", 1) || one.holdsFor("org/other", "H100", 2) {
		t.Error("constants of one deployment hold for it alone")
	}
	if !(${stem}Coefficients{}).holdsFor("any/model", "any GPU", 8) {
		t.Error("constants without a name hold for every deployment")
	}
}
`;
}
