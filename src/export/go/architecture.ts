import type { Architecture, GoExtraction, ServingContext } from '../../physics/index.ts';
import type { Package } from '../package.ts';
import { aligned, GENERATED, goFloat, goString } from './text.ts';

/*
 * Where one set of constants holds for every model, the package takes any decoder with layers of grouped attention and gated
 * feed-forward, dense or of experts: the parameters of its model follow from the keys of its config.json. These are the
 * formulas of `modelParameters` for such models; a test of the package compares the two.
 */

type ModelParameter = GoExtraction['parameters'][number];

/**
 * Go expression of each parameter over `a`, `h`, `tp` and `w`, the weights that a pass multiplies; undefined where keys of config.json
 * do not tell it: how an engine runs the model.
 */
const PARAMETERS: { readonly [P in ModelParameter]: string | undefined } = {
  layers: 'float64(a.Layers)',
  experts: 'float64(max(1, a.Experts))',
  parameters: 'w.parameters',
  activeParameters: 'w.parameters - (w.experts - w.activeExperts)',
  vocabularySize: 'float64(a.VocabularySize)',
  tp: 'tp',
  pp: '1',
  dp: '1',
  ep: '1',
  gpus: 'tp',
  gemmFlopsPerToken: '2 * (w.attention + w.feedForward + w.activeExperts) * h.slowness(a)',
  prefillFlopsPerPair: 'float64(4 * a.Layers * a.Heads * a.HeadSize)',
  decodeFlopsPerPair: 'float64(4 * a.Layers * a.Heads * a.HeadSize)',
  nearPrefillFlopsPerPair: '0',
  nearDecodeFlopsPerPair: '0',
  window: '0',
  expandFlopsPerToken: '0',
  stateFlopsPerToken: '0',
  denseBytes: '(w.attention + w.feedForward) * a.WeightBytes',
  expertBytes: 'w.experts * a.WeightBytes',
  missProbability: 'w.miss',
  kvBytesPerToken: 'float64(2*a.Layers*a.HeadSize) * max(float64(a.KVHeads), tp) * a.KVBytes',
  nearKvBytesPerToken: '0',
  stateBytesPerRequest: '0',
  activationBytesPerToken: 'float64(a.Layers*a.HiddenSize) * a.ActivationBytes',
  headFlopsPerRequest: 'float64(2 * a.VocabularySize * a.HiddenSize)',
  headBytes: 'float64(a.VocabularySize*a.HiddenSize) * a.ActivationBytes',
  allReduceBytesPerToken: 'float64(4*a.Layers*a.HiddenSize) * a.ActivationBytes * (tp - 1) / tp',
  expertTrafficBytesPerToken: '0',
  stageBytesPerToken: '0',
  launches: undefined,
  expertLayers: 'float64(a.ExpertLayers)',
  activeExperts: 'float64(max(1, a.ActiveExperts))',
  headsPerGpu: 'float64(a.Heads) / tp',
  expandedDenseBytes: undefined,
  expandedExpertBytes: undefined,
  vllm: undefined,
  sglang: undefined,
  trtllm: undefined,
  flopsPerUs: 'h.PeakFlops * tp / 1e6',
  bytesPerUs: 'h.MemoryBandwidth * tp / 1e6',
  linkBytesPerUs: 'h.LinkBandwidth / 1e6',
  outerBytesPerUs: 'h.LinkBandwidth / 1e6',
};

/** Whether one set of constants holds for every model, and dimensions tell all that they stand before, so that the package can take any. */
export function takesAnyModel({ input, prediction }: Package): boolean {
  const { parameters } = prediction.features.extraction;
  return input.scope === 'global' && parameters.every((name) => PARAMETERS[name] !== undefined);
}

/** Whether the program depends on the link between GPUs. */
export function readsLink({ prediction }: Package): boolean {
  const { parameters } = prediction.features.extraction;
  return parameters.includes('linkBytesPerUs') || parameters.includes('outerBytesPerUs');
}

/** The types of models and accelerators, and what follows from them. */
export function architectureGo(pack: Package): string {
  const { go, prediction } = pack;
  const { parameters } = prediction.features.extraction;
  const own = parameters.map((name) => [`${name}:`, `${PARAMETERS[name]},`] as const);
  const text = own.map(([, expression]) => expression).join(' ');
  const hardware = text.includes('h.') ? 'h' : '_';
  const tp = /\btp\b/.test(text) ? 'tp' : '_';
  const weights = text.includes('w.') ? weightsGo() : '';
  return `${GENERATED}package ${go.packageName}

import "fmt"

// Architecture is a decoder as its config.json describes it: layers of grouped attention and gated feed-forward, dense or of
// experts.
type Architecture struct {
	// ID names it in errors.
	ID     string
	Layers int
	// HiddenSize, Heads, KVHeads and HeadSize are of the attention.
	HiddenSize int
	Heads      int
	KVHeads    int
	HeadSize   int
	// DenseSize is the width of the feed-forward of layers without experts.
	DenseSize int
	// ExpertLayers have Experts of the width ExpertSize, of which a token visits ActiveExperts, and shared ones of the width
	// SharedSize together.
	ExpertLayers  int
	Experts       int
	ActiveExperts int
	ExpertSize    int
	SharedSize    int
	// VocabularySize and TiedEmbeddings are of embeddings and LM head.
	VocabularySize int
	TiedEmbeddings bool
	// WeightBytes, ActivationBytes and KVBytes are those of an entry.
	WeightBytes     float64
	ActivationBytes float64
	KVBytes         float64
	// FP8 is true where weights are multiplied in 8 bits on hardware that can.
	FP8 bool
}

// Hardware are the peak figures of one accelerator: dense FLOP/s, bytes/s.
type Hardware struct {
	Name            string
	PeakFlops       float64
	FP8Flops        float64
	MemoryBandwidth float64
	// LinkBandwidth is to other accelerators of the node, both directions together.
	LinkBandwidth float64
}

// NewModelFor gives a model for any architecture and hardware: the constants of this package were fitted for all of them
// together. What was measured is told by Models; elsewhere the result is what the formula says of a model that nobody measured.
func NewModelFor(a Architecture, h Hardware, tp int) (*Model, error) {
	if tp < 1 || a.Layers < 1 || a.HiddenSize < 1 || a.Heads < 1 || a.KVHeads < 1 || a.HeadSize < 1 {
		return nil, fmt.Errorf("${go.packageName}: %s tp %d lacks layers, sizes or heads", a.ID, tp)
	}
	if a.ExpertLayers > 0 && (a.ActiveExperts < 1 || a.ActiveExperts > a.Experts || a.ExpertSize < 1) {
		return nil, fmt.Errorf("${go.packageName}: %s has layers with experts, and not as many and as wide ones as a token visits", a.ID)
	}
	if !(a.WeightBytes > 0 && a.ActivationBytes > 0 && a.KVBytes > 0) {
		return nil, fmt.Errorf("${go.packageName}: %s lacks the bytes of weights, activations or the KV cache", a.ID)
	}
	if !(h.PeakFlops > 0 && h.MemoryBandwidth > 0) {
		return nil, fmt.Errorf("${go.packageName}: %s lacks its peak FLOP/s or bandwidth", h.Name)
	}
${
  readsLink(pack)
    ? `	if tp > 1 && !(h.LinkBandwidth > 0) {
		return nil, fmt.Errorf("${go.packageName}: %s lacks the bandwidth of its link, which the program reads", h.Name)
	}
`
    : ''
}	c := table[0]
	c.id, c.name, c.gpu, c.tp = a.ID, a.ID, h.Name, tp
	c.parameters = parametersOf(a, h, float64(tp))
	return newModel(c), nil
}

func parametersOf(a Architecture, ${hardware} Hardware, ${tp} float64) parameters {
${weights === '' ? '' : '\tw := weightsOf(a)\n'}	return parameters{
${aligned([['blockSize:', 'table[0].parameters.blockSize,'], ...own], '\t\t').join('\n')}
	}
}
${weights}${
  text.includes('h.slowness')
    ? `
// slowness is how many FLOPs of 16 bits take as long as one of the model's weights.
func (h Hardware) slowness(a Architecture) float64 {
	if a.FP8 && h.FP8Flops > 0 {
		return h.PeakFlops / h.FP8Flops
	}
	return 1
}
`
    : ''
}`;
}

function weightsGo(): string {
  return `
// weights are entries of matrices, of all layers.
type weights struct {
	attention     float64
	feedForward   float64
	activeExperts float64
	experts       float64
	// parameters are all that the model has.
	parameters float64
	// miss is the chance that a token does not visit one expert.
	miss float64
}

func weightsOf(a Architecture) weights {
	d, layers, expertLayers := float64(a.HiddenSize), float64(a.Layers), float64(a.ExpertLayers)
	w := weights{
		attention:   layers * d * float64(2*(a.Heads+a.KVHeads)*a.HeadSize),
		feedForward: 3 * d * ((layers-expertLayers)*float64(a.DenseSize) + expertLayers*float64(a.SharedSize)),
	}
	if a.ExpertLayers > 0 {
		w.activeExperts = 3 * d * expertLayers * float64(a.ActiveExperts*a.ExpertSize)
		w.experts = 3 * d * expertLayers * float64(a.Experts*a.ExpertSize)
		w.miss = 1 - float64(a.ActiveExperts)/float64(a.Experts)
	}
	heads := 2.0
	if a.TiedEmbeddings {
		heads = 1
	}
	routers, norms := expertLayers*float64(a.Experts)*d, (2*layers+1)*d
	w.parameters = w.attention + w.feedForward + w.experts + routers + norms + heads*float64(a.VocabularySize)*d
	return w
}
`;
}

/** The fields of `Architecture` of a model, where that type can say all of it. */
export function expressible(a: Architecture): Readonly<Record<string, number | boolean>> | undefined {
  const groups = a.layerGroups ?? [
    {
      count: a.layers,
      attention: { kind: 'grouped' as const, heads: a.heads, kvHeads: a.kvHeads, headSize: a.headSize },
      feedForward: {
        matrices: 3 as const,
        size: a.experts > 1 ? 0 : a.intermediateSize,
        ...(a.experts > 1 && {
          experts: { count: a.experts, active: a.activeExperts, size: a.intermediateSize },
        }),
      },
    },
  ];
  const isPlain = groups.every(
    ({ attention, feedForward }) =>
      attention?.kind === 'grouped' &&
      attention.window === undefined &&
      attention.outputGate === undefined &&
      attention.sharedProjection === undefined &&
      attention.heads === a.heads &&
      attention.kvHeads === a.kvHeads &&
      attention.headSize === a.headSize &&
      feedForward?.matrices === 3,
  );
  const dense = groups.filter(({ feedForward }) => feedForward?.experts === undefined);
  const routed = groups.filter(({ feedForward }) => feedForward?.experts !== undefined);
  const types = a.precision && Object.values(a.precision.weights);
  const [type = { bytes: a.bytesPerParameter, compute: 'bf16' }] = types ?? [];
  const isQuantised = types?.some((each) => each.bytes !== type.bytes || each.compute !== type.compute) ?? false;
  if (!isPlain || dense.length > 1 || routed.length > 1 || isQuantised || type.compute !== 'bf16') return undefined;
  const experts = routed[0]?.feedForward?.experts;
  return {
    Layers: a.layers,
    HiddenSize: a.hiddenSize,
    Heads: a.heads,
    KVHeads: a.kvHeads,
    HeadSize: a.headSize,
    DenseSize: dense[0]?.feedForward?.size ?? 0,
    ExpertLayers: routed[0]?.count ?? 0,
    Experts: experts?.count ?? 0,
    ActiveExperts: experts?.active ?? 0,
    ExpertSize: experts?.size ?? 0,
    SharedSize: routed[0]?.feedForward?.size ?? 0,
    VocabularySize: a.vocabularySize,
    TiedEmbeddings: a.tiedEmbeddings ?? false,
    WeightBytes: type.bytes,
    ActivationBytes: a.bytesPerParameter,
    KVBytes: a.precision?.kvBytes ?? a.bytesPerParameter,
  };
}

/** A test that the parameters which follow from dimensions are those of the table. */
export function architectureTestGo({ go, entries }: Package): string {
  const rows = entries.flatMap(({ context }, at) => {
    const { pipelineParallelism: pp = 1, dataParallelism: dp = 1, expertParallel } = context;
    const fields = pp > 1 || dp > 1 || expertParallel ? undefined : expressible(context.architecture);
    return fields === undefined ? [] : [rowText(at, context, fields)];
  });
  return `${GENERATED}package ${go.packageName}

import (
	"math"
	"reflect"
	"testing"
)

// TestParametersFollowFromDimensions compares what follows from dimensions with the table, for the models of it that
// Architecture can describe.
func TestParametersFollowFromDimensions(t *testing.T) {
	for _, each := range []struct {
		entry        int
		architecture Architecture
		hardware     Hardware
	}{
${rows.join('')}	} {
		want := table[each.entry]
		m, err := NewModelFor(each.architecture, each.hardware, want.tp)
		if err != nil {
			t.Fatal(err)
		}
		got, expected := reflect.ValueOf(m.parameters), reflect.ValueOf(want.parameters)
		for i := 0; i < got.NumField(); i++ {
			if got.Field(i).Kind() != reflect.Float64 {
				continue
			}
			a, b := got.Field(i).Float(), expected.Field(i).Float()
			if math.Abs(a-b) > 1e-12*math.Abs(b) {
				t.Errorf("%s: %s is %v, want %v", want.id, got.Type().Field(i).Name, a, b)
			}
		}
	}
}

func TestNewModelForRefusesWhatIsNoModel(t *testing.T) {
	if _, err := NewModelFor(Architecture{}, Hardware{}, 1); err == nil {
		t.Error("a model without layers should be an error")
	}
}
`;
}

function rowText(at: number, { hardware }: ServingContext, fields: ReturnType<typeof expressible> & object): string {
  const list = Object.entries(fields)
    .map(([name, value]) => `${name}: ${typeof value === 'boolean' ? String(value) : goFloat(value)}`)
    .join(', ');
  const peaks = `Name: ${goString(hardware.name)}, PeakFlops: ${hardware.peakFlops}, MemoryBandwidth: ${hardware.memoryBandwidth}, LinkBandwidth: ${hardware.interconnectBandwidth}`;
  return `\t\t{${at}, Architecture{${list}}, Hardware{${peaks}}},\n`;
}
