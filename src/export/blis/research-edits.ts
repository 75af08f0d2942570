import type { AnchoredEdit } from './anchored-edits.ts';
import type { BackendNames } from './names.ts';

/**
 * The research branch `stepml-experiments` has no names of backends: `--stepml-model` takes the file of a model there. The name of
 * the backend takes the place of the file.
 */
export function researchEdits({ backend, packageName }: BackendNames): readonly AnchoredEdit[] {
  return [
    {
      path: 'sim/latency/latency.go',
      anchor: 'the import of sim/internal/util',
      find: /\t"github\.com\/inference-sim\/inference-sim\/sim\/internal\/util"\n/,
      replace: (match) => `${match}\t"github.com/inference-sim/inference-sim/sim/latency/${packageName}"\n`,
    },
    {
      path: 'sim/latency/latency.go',
      anchor: 'the dispatch to the StepML model in NewLatencyModel',
      find: /\t\/\/ StepML model: dispatched when artifact path is configured\.\n\tif hw\.StepMLModelPath != "" \{\n/,
      replace: (match) => `\t// The formula of this name stands in the tree, in place of an artifact.
	if hw.StepMLModelPath == "${backend}" {
		model, err := ${packageName}.NewModelOn(hw.Model, hw.TP, hw.GPU)
		if err != nil {
			return nil, fmt.Errorf("latency model: %w", err)
		}
		return model, nil
	}
${match}`,
    },
    {
      path: 'cmd/root.go',
      anchor: 'the help of --stepml-model',
      find: /"stepml-model", "", "[^"]*"/,
      replace: (match) => `${match.slice(0, -1)}; or ${backend}, the formula in the tree"`,
    },
  ];
}
