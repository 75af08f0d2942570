import type { Package } from '../package.ts';
import type { GoInterface, GoMethod } from './interfaces.ts';
import { hasTerms } from './predict.ts';
import { comment, GENERATED } from './text.ts';

/** The type that simulators use: construction by model and tp, and the methods of the interface in whole microseconds. */
export function modelGo(pack: Package): string {
  const { go, title, facts, input } = pack;
  const imports = ['"errors"', '"fmt"', '"math"', '"strings"'].map((name) => `\t${name}\n`).join('');
  const sim = go.simImport === '' ? '' : `\n\t"${go.simImport}"\n`;
  const assertion = go.simImport === '' ? '' : '\nvar _ sim.LatencyModel = (*Model)(nil)\n';
  const doc = input.program.doc === '' ? '' : `\n// The program says of itself:\n//\n${comment(input.program.doc)}`;
  return `${GENERATED}// Package ${go.packageName} predicts how long a step of an LLM server takes from the requests of its batch.
//
// ${title}
//
${facts.map(([name, value]) => `//   - ${name}: ${value}\n`).join('')}package ${go.packageName}

import (
${imports}${sim})
${doc}
// Model answers for one model and tensor parallelism, in microseconds. It never changes after its construction, so
// several goroutines may share it.
type Model struct {
	id         string
	gpu        string
	tp         int
	alpha      [3]float64
	parameters parameters
${hasTerms(pack.prediction) ? '\tterms      terms\n' : ''}	beta       constants
	ranges     ranges
}
${assertion}
// NewModel gives the model with the constants of this package. The name is a Hugging Face id or a short name, in any
// case; the error lists what there is.
func NewModel(name string, tp int) (*Model, error) {
	for _, c := range table {
		if c.tp == tp && (strings.EqualFold(c.id, name) || strings.EqualFold(c.name, name)) {
			return newModel(c), nil
		}
	}
	return nil, fmt.Errorf("${go.packageName}: no constants for %q with tensor parallelism %d; there are: %s", name, tp, strings.Join(Models(), ", "))
}

// NewModelOn is NewModel for a kind of GPU: it was measured on no other.
func NewModelOn(name string, tp int, gpu string) (*Model, error) {
	for _, c := range table {
		if c.tp == tp && strings.EqualFold(c.gpu, gpu) && (strings.EqualFold(c.id, name) || strings.EqualFold(c.name, name)) {
			return newModel(c), nil
		}
	}
	return nil, fmt.Errorf("${go.packageName}: no constants for %q with tensor parallelism %d on %q; there are: %s", name, tp, gpu, strings.Join(Models(), ", "))
}

// Models lists the models of this package, as "id tp N on GPU".
func Models() []string {
	var list []string
	for _, c := range table {
		list = append(list, fmt.Sprintf("%s tp %d on %s", c.id, c.tp, c.gpu))
	}
	return list
}

// WithCoefficients gives the same model with other constants: alpha_coeffs and beta_coeffs as in coefficients.yaml.
func (m *Model) WithCoefficients(alpha, beta []float64) (*Model, error) {
	if err := CheckCoefficients(alpha, beta); err != nil {
		return nil, err
	}
	changed := *m
	copy(changed.alpha[:], alpha)
	changed.beta = constantsFrom(beta)
	return &changed, nil
}

// CheckCoefficients tells what is wrong with alpha_coeffs and beta_coeffs: how many there are, and that none is negative.
func CheckCoefficients(alpha, beta []float64) error {
	if len(alpha) != 3 || len(beta) != betaCount {
		return fmt.Errorf("${go.packageName}: want 3 alpha and %d beta coefficients, got %d and %d", betaCount, len(alpha), len(beta))
	}
	for _, list := range [][]float64{alpha, beta} {
		for _, v := range list {
			if !(v >= 0) || math.IsInf(v, 0) {
				return errors.New("${go.packageName}: coefficients must be finite numbers that are not negative")
			}
		}
	}
	return nil
}

func newModel(c coefficients) *Model {
	return &Model{
		id:         c.id,
		gpu:        c.gpu,
		tp:         c.tp,
		alpha:      c.alpha,
		parameters: c.parameters,
${hasTerms(pack.prediction) ? '\t\tterms:      termsOf(c.parameters),\n' : ''}		beta:       c.beta,
		ranges:     c.ranges,
	}
}

// StepTime is the predicted time of one step over the batch: the value of the program, rounded to the nearest
// microsecond, and at least 1, for the empty batch too.
func (m *Model) StepTime(batch []*${go.request}) int64 {
	return max(1, ticks(m.predict(batch)))
}
${go.methods.map((method) => methodGo(method, go)).join('')}
// maxTicks keeps sums of times far from overflow.
const maxTicks = 1 << 53

// ticks rounds to the nearest whole number from 0 to maxTicks; what is not a number becomes maxTicks, so that no step is
// free by mistake.
func ticks(us float64) int64 {
	switch {
	case us <= 0:
		return 0
	case us < maxTicks:
		return int64(math.Round(us))
	default:
		return maxTicks
	}
}
`;
}

function methodGo({ name, parameter, meaning, us }: GoMethod, { request }: GoInterface): string {
  return `
// ${name} is ${meaning}.
func (m *Model) ${name}(${parameter === undefined ? '' : `${parameter} *${request}`}) int64 {
	return ${us === undefined ? '0' : `ticks(${us})`}
}
`;
}

/** The request of a standalone package: the fields of the simulator's that a step time can depend on. */
export const REQUEST_GO: string = `${GENERATED}package steptime

// Request is what a step time can see of a request. It prefills while ProgressIndex is below the length of InputTokens,
// and decodes afterwards if it has output tokens.
type Request struct {
	// ProgressIndex counts the tokens computed before this step: the length of the context.
	ProgressIndex int64
	// NumNewTokens counts the tokens that this step computes.
	NumNewTokens int
	// InputTokens are the tokens of the prompt.
	InputTokens []int
	// OutputTokens are the tokens of the answer, known in advance in a simulation.
	OutputTokens []int
}
`;
