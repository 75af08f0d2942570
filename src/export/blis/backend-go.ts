import { hardware } from '../../physics/index.ts';
import { readsLink, takesAnyModel } from '../go/architecture.ts';
import { goString } from '../go/text.ts';
import type { Package } from '../package.ts';
import type { ExportFile } from '../types.ts';
import { backendTestGo, configTestGo } from './backend-test-go.ts';
import type { BackendNames } from './names.ts';

const SIM = 'github.com/inference-sim/inference-sim/sim';

/** Accelerators by the names of the simulator's hardware_config.json, which says nothing of links. */
const GPUS: readonly (readonly [name: string, ours: string])[] = [
  ['H100', 'H100'],
  ['A100-SXM', 'A100-SXM-80GB'],
  ['A100-80', 'A100-SXM-80GB'],
  ['L40S', 'L40S'],
];

/** The backend itself, in the simulator's packages `latency` and `cmd`, with tests. */
export function backendFiles(pack: Package, names: BackendNames): readonly ExportFile[] {
  return [
    { path: `sim/latency/${names.file}_model.go`, content: modelGo(pack, names) },
    { path: `sim/latency/${names.file}_model_test.go`, content: backendTestGo(pack, names) },
    { path: `cmd/${names.file}_config.go`, content: configGo(names) },
    { path: `cmd/${names.file}_config_test.go`, content: configTestGo(names) },
  ];
}

function modelGo(pack: Package, { backend, packageName, stem }: BackendNames): string {
  const anyModel = takesAnyModel(pack);
  return `package latency

import (
	"fmt"

	"${SIM}"
	"${SIM}/latency/${packageName}"
)

// ${stem}Model is the backend ${goString(backend)}: step time by a formula that was found by search over measured steps and fitted to
// them. The formula is generated code in sim/latency/${packageName}, which also answers QueueingTime (α₀),
// PostDecodeFixedOverhead (α₁) and OutputTokenProcessingTime (α₂); all of them are clamped there as clampToInt64 does.
type ${stem}Model struct {
	*${packageName}.Model

	// adapterCost supplies the per-step LoRA compute-overhead factor; nil when the LoRA subsystem is inert. Set via
	// WithAdapterCost at construction.
	adapterCost sim.AdapterCost
}

// StepTime is the time of one step over the batch, and at least 1 for the empty batch too.
func (m *${stem}Model) StepTime(batch []*sim.Request) int64 {
	return applyAdapterOverhead(m.Model.StepTime(batch), batch, m.adapterCost)
}

// New${stem}Model makes the backend for a model and its hardware.${
    anyModel
      ? `
// What was measured takes the parameters that it was fitted with; of every other model they follow from its config.json.`
      : `
// The constants were fitted for each model apart, so that no other model can be answered for.`
  }
func New${stem}Model(coeffs sim.LatencyCoeffs, hw sim.ModelHardwareConfig) (*${stem}Model, error) {
	if err := validateCoeffs("AlphaCoeffs", coeffs.AlphaCoeffs); err != nil {
		return nil, err
	}
	if len(coeffs.AlphaCoeffs) < 3 {
		return nil, fmt.Errorf("${backend} model: AlphaCoeffs requires at least 3 elements, got %d", len(coeffs.AlphaCoeffs))
	}
	if hw.EffectiveDP() > 1 || hw.EnableExpertParallel {
		return nil, fmt.Errorf("${backend} model: data and expert parallelism are not modelled")
	}
	model, err := ${packageName}.NewModelOn(hw.Model, hw.TP, hw.GPU)
${
  anyModel
    ? `	if err != nil {
		model, err = unmeasured${stem}Model(hw)
	}
`
    : ''
}	if err != nil {
		return nil, fmt.Errorf("${backend} model: %w", err)
	}
	model, err = model.WithCoefficients(coeffs.AlphaCoeffs[:3], coeffs.BetaCoeffs)
	if err != nil {
		return nil, fmt.Errorf("${backend} model: %w", err)
	}
	return &${stem}Model{Model: model}, nil
}
${anyModel ? unmeasuredGo(pack, { backend, packageName, stem }) : ''}`;
}

function unmeasuredGo(
  pack: Package,
  { packageName, stem }: Pick<BackendNames, 'backend' | 'packageName' | 'stem'>,
): string {
  const links = GPUS.map(([name, ours]) => `\t${goString(name)}: ${hardware(ours).interconnectBandwidth},\n`);
  const width = Math.max(...GPUS.map(([name]) => name.length));
  const aligned = links.map((line) => line.replace(/^(\t"[^"]*":) /, (_, key: string) => `${key.padEnd(width + 4)} `));
  const linkTable = `
// ${packageName}Links are bandwidths between GPUs of one node by makers' data sheets, bytes/s, both directions together; by the
// names of hardware_config.json, which does not tell them.
var ${packageName}Links = map[string]float64{
${aligned.join('')}}
`;
  return `${readsLink(pack) ? linkTable : ''}
// unmeasured${stem}Model takes the architecture from the config.json and the peak figures from hardware_config.json.
func unmeasured${stem}Model(hw sim.ModelHardwareConfig) (*${packageName}.Model, error) {
	mc := hw.ModelConfig
	if mc.IsMLA() {
		return nil, fmt.Errorf("%s compresses its KV cache (kv_lora_rank %d), which the formula was not measured on", hw.Model, mc.KVLoraRank)
	}
	a := ${packageName}.Architecture{
		ID:              hw.Model,
		Layers:          mc.NumLayers,
		HiddenSize:      mc.HiddenDim,
		Heads:           mc.NumHeads,
		KVHeads:         mc.NumKVHeads,
		HeadSize:        mc.EffectiveHeadDim(),
		DenseSize:       mc.IntermediateDim,
		VocabularySize:  mc.VocabSize,
		WeightBytes:     mc.EffectiveWeightBytesPerParam(),
		ActivationBytes: mc.BytesPerParam,
		KVBytes:         mc.BytesPerParam,
		FP8:             mc.EffectiveWeightBytesPerParam() == 1,
	}
	if a.KVHeads == 0 {
		a.KVHeads = a.Heads
	}
	if mc.DenseIntermediateDim > 0 {
		a.DenseSize = mc.DenseIntermediateDim
	}
	if mc.IsMoE() {
		a.ExpertLayers = mc.NumLayers - min(max(mc.FirstKDenseReplace, 0), mc.NumLayers)
		if mc.InterleaveMoELayerStep > 0 {
			a.ExpertLayers = mc.NumLayers / (mc.InterleaveMoELayerStep + 1)
		}
		a.Experts, a.ActiveExperts = mc.NumLocalExperts, mc.NumExpertsPerTok
		a.ExpertSize, a.SharedSize = mc.IntermediateDim, mc.SharedExpertFFNDim
		if mc.MoEExpertFFNDim > 0 {
			a.ExpertSize = mc.MoEExpertFFNDim
		}
	}
	h := ${packageName}.Hardware{
		Name:            hw.GPU,
		PeakFlops:       hw.HWConfig.TFlopsPeak * 1e12,
		FP8Flops:        hw.HWConfig.TFlopsFP8 * 1e12,
		MemoryBandwidth: hw.HWConfig.BwPeakTBs * 1e12,
${readsLink(pack) ? `		LinkBandwidth:   ${packageName}Links[hw.GPU],\n` : ''}	}
	return ${packageName}.NewModelFor(a, h, hw.TP)
}
`;
}

function configGo({ backend, stem, file }: BackendNames): string {
  return `package cmd

import (
	"bytes"
	"os"
	"strings"

	"github.com/sirupsen/logrus"
	"github.com/spf13/cobra"
	"gopkg.in/yaml.v3"
)

// ${stem}Coefficients are one entry of ${file}_coefficients in defaults.yaml: constants of --latency-model ${backend} for a model,
// its tensor parallelism and a kind of GPU. What is left out holds for all of them.
type ${stem}Coefficients struct {
	ID                string    \`yaml:"id,omitempty"\`
	GPU               string    \`yaml:"GPU,omitempty"\`
	TensorParallelism int       \`yaml:"tensor_parallelism,omitempty"\`
	AlphaCoeffs       []float64 \`yaml:"alpha_coeffs"\`
	BetaCoeffs        []float64 \`yaml:"beta_coeffs"\`
}

// holdsFor tells whether the constants are those of a deployment.
func (c ${stem}Coefficients) holdsFor(model, gpu string, tp int) bool {
	return (c.ID == "" || strings.EqualFold(c.ID, model)) && (c.GPU == "" || strings.EqualFold(c.GPU, gpu)) &&
		(c.TensorParallelism == 0 || c.TensorParallelism == tp)
}

// resolve${stem}Config finds the model's config.json and the hardware's figures, as the other analytical backends do, and the
// constants: those of the flags where they are given, else those of defaults.yaml.
func resolve${stem}Config(cmd *cobra.Command, alpha, beta []float64) ([]float64, []float64) {
	if gpu == "" || tensorParallelism <= 0 {
		logrus.Fatalf("--latency-model ${backend} requires --hardware (GPU type) and --tp (tensor parallelism). "+
			"No defaults found in defaults.yaml for model=%s. Provide these flags explicitly", model)
	}
	resolved, err := resolveModelConfig(model, modelConfigFolder, defaultsFilePath)
	if err != nil {
		logrus.Fatalf("%v", err)
	}
	modelConfigFolder = resolved
	resolvedHW, err := resolveHardwareConfig(hwConfigPath, defaultsFilePath)
	if err != nil {
		logrus.Fatalf("%v", err)
	}
	hwConfigPath = resolvedHW
	if cmd.Flags().Changed("beta-coeffs") {
		return alpha, beta
	}
	for _, c := range load${stem}Coefficients(defaultsFilePath) {
		if c.holdsFor(model, gpu, tensorParallelism) {
			return c.AlphaCoeffs, c.BetaCoeffs
		}
	}
	logrus.Fatalf("--latency-model ${backend}: no ${file}_coefficients in %s for model=%s, GPU=%s, TP=%d. "+
		"Add them, or provide --alpha-coeffs and --beta-coeffs", defaultsFilePath, model, gpu, tensorParallelism)
	return nil, nil
}

// load${stem}Coefficients reads the section of defaults.yaml; a file that cannot be read or parsed is fatal.
func load${stem}Coefficients(path string) []${stem}Coefficients {
	data, err := os.ReadFile(path)
	if err != nil {
		logrus.Fatalf("--latency-model ${backend}: failed to read %s: %v", path, err)
	}
	var cfg Config
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true) // R10: strict YAML parsing
	if err := decoder.Decode(&cfg); err != nil {
		logrus.Fatalf("--latency-model ${backend}: failed to parse %s: %v", path, err)
	}
	return cfg.${stem}Coefficients
}
`;
}
