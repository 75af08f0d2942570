import { PARITY_BATCHES } from '../batches.ts';
import type { Package } from '../package.ts';
import { coefficientsKey } from '../coefficients-yaml.ts';
import { EXAMPLE_ALPHA, EXAMPLE_PROMPT } from './interfaces.ts';
import { GENERATED } from './text.ts';

/** Where the parity test finds the reference values: little-endian doubles, one for each batch. */
export const EXPECTED_FILE = 'testdata/expected.f64';

/** How much of each batch lies outside of the data: a byte for each. */
export const OUTSIDE_FILE = 'testdata/outside.u8';

/** Parity with the stored values, agreement with the coefficients file, and the invariants of a latency model. */
export function modelTestGo(pack: Package): string {
  const { go } = pack;
  const sim = go.simImport === '' ? '' : `\n\t"${go.simImport}"\n`;
  return `${GENERATED}package ${go.packageName}

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"
${sim})

const parityBatches = ${PARITY_BATCHES}

// TestParity compares the value before rounding with the one that the program's reference interpreter gave, and how much of
// the batch lies outside of the data.
func TestParity(t *testing.T) {
	data, err := os.ReadFile("${EXPECTED_FILE}")
	if err != nil {
		t.Fatal(err)
	}
	expected := make([]float64, parityBatches)
	if err := binary.Read(bytes.NewReader(data), binary.LittleEndian, expected); err != nil {
		t.Fatal(err)
	}
	outside, err := os.ReadFile("${OUTSIDE_FILE}")
	if err != nil {
		t.Fatal(err)
	}
	var models []*Model
	for _, c := range table {
		models = append(models, newModel(c))
	}
	source := newBatchSource()
	largest := 0.0
	for i, want := range expected {
		m, batch := models[i%len(models)], source.next()
		if got, want := m.outside(batch), int(outside[i]); got != want || m.Extrapolates(batch) != (want > 0) {
			t.Fatalf("batch %d of %d requests, %s tp %d: %d features are out of range, want %d", i, len(batch), m.id, m.tp, got, want)
		}
		got := m.predict(batch)
		if math.IsNaN(want) && math.IsNaN(got) || got == want {
			continue
		}
		deviation := math.Abs(got-want) / math.Abs(want)
		if !(deviation <= 1e-12) {
			t.Fatalf("batch %d of %d requests, %s tp %d: got %v, want %v", i, len(batch), m.id, m.tp, got, want)
		}
		largest = math.Max(largest, deviation)
	}
	t.Logf("%d batches, %d models, largest relative deviation %.2g", parityBatches, len(models), largest)
}

func TestStepTimeIsThePositiveRoundedValue(t *testing.T) {
	source := newBatchSource()
	for i := 0; i < parityBatches; i++ {
		m, batch := newModel(table[i%len(table)]), source.next()
		value, got := m.predict(batch), m.StepTime(batch)
		if got < 1 {
			t.Fatalf("batch %d: StepTime is %d", i, got)
		}
		if value >= 1 && value < maxTicks && math.Abs(float64(got)-value) > 0.5 {
			t.Fatalf("batch %d: StepTime is %d for %v", i, got, value)
		}
	}
}

func TestEmptyBatchTakesAtLeastOne(t *testing.T) {
	for _, c := range table {
		if got := newModel(c).StepTime(nil); got < 1 {
			t.Errorf("%s tp %d: StepTime(nil) is %d", c.id, c.tp, got)
		}
	}
}

func TestTicks(t *testing.T) {
	for us, want := range map[float64]int64{-3: 0, 0.4: 0, 0.5: 1, 1.4: 1, 1e18: maxTicks, math.Inf(1): maxTicks, math.Inf(-1): 0} {
		if got := ticks(us); got != want {
			t.Errorf("ticks(%v) is %d, want %d", us, got, want)
		}
	}
	if got := ticks(math.NaN()); got != maxTicks {
		t.Errorf("ticks(NaN) is %d, want the most", got)
	}
}

func TestSameBatchSameTimeAndUnchanged(t *testing.T) {
	source := newBatchSource()
	m := newModel(table[0])
	for i := 0; i < 100; i++ {
		batch := source.next()
		var before []${go.request}
		for _, r := range batch {
			before = append(before, *r)
		}
		first, second := m.StepTime(batch), m.StepTime(batch)
		if first != second {
			t.Fatalf("batch %d: %d, then %d", i, first, second)
		}
		for j, r := range batch {
			if !reflect.DeepEqual(before[j], *r) {
				t.Fatalf("batch %d: request %d was changed", i, j)
			}
		}
	}
}

func TestNothingAllocates(t *testing.T) {
	batch := newBatchSource().busiestBatch()
	m := newModel(table[0])
	if allocs := testing.AllocsPerRun(100, func() { m.StepTime(batch) }); allocs != 0 {
		t.Errorf("StepTime allocates %v times", allocs)
	}
	if allocs := testing.AllocsPerRun(100, func() { m.Extrapolates(batch) }); allocs != 0 {
		t.Errorf("Extrapolates allocates %v times", allocs)
	}
}

func TestStepTimeAnswersWithinAMillisecond(t *testing.T) {
	batch := newBatchSource().busiestBatch()
	m := newModel(table[0])
	// The fastest of several runs, so that a busy machine does not fail the test.
	fastest := time.Hour
	for i := 0; i < 20; i++ {
		start := time.Now()
		m.StepTime(batch)
		fastest = min(fastest, time.Since(start))
	}
	if fastest >= time.Millisecond {
		t.Errorf("StepTime takes %v for %d requests", fastest, len(batch))
	}
}

func TestNewModel(t *testing.T) {
	for _, c := range table {
		for _, name := range []string{c.id, c.name, strings.ToUpper(c.id)} {
			m, err := NewModel(name, c.tp)
			if err != nil {
				t.Fatal(err)
			}
			if m.id != c.id || m.tp != c.tp || m.beta != c.beta {
				t.Errorf("NewModel(%q, %d) gave %s tp %d", name, c.tp, m.id, m.tp)
			}
		}
	}
	_, err := NewModel("no such model", 1)
	if err == nil || !strings.Contains(err.Error(), Models()[0]) {
		t.Errorf("the error for an unknown model should list the known ones, got: %v", err)
	}
}

func TestWithCoefficients(t *testing.T) {
	m := newModel(table[0])
	same, err := m.WithCoefficients([]float64{${EXAMPLE_ALPHA.join(', ')}}, betaOf(m.beta))
	if err != nil {
		t.Fatal(err)
	}
	if same.beta != m.beta {
		t.Errorf("constants changed from %v to %v", m.beta, same.beta)
	}
	r := &${go.request}{InputTokens: newBatchSource().tokens[:${EXAMPLE_PROMPT}]}
${go.methods
  .map(
    ({
      name,
      parameter,
      example,
    }) => `	if got := same.${name}(${parameter === undefined ? '' : 'r'}); got != ${example} {
		t.Errorf("${name} is %d, want ${example}", got)
	}
`,
  )
  .join('')}	if _, err := m.WithCoefficients([]float64{1, 2}, betaOf(m.beta)); err == nil {
		t.Error("two alpha coefficients should be an error")
	}
	if _, err := m.WithCoefficients([]float64{0, 0, math.NaN()}, betaOf(m.beta)); err == nil {
		t.Error("a coefficient that is not a number should be an error")
	}
	if _, err := m.WithCoefficients([]float64{0, -1, 0}, betaOf(m.beta)); err == nil {
		t.Error("a negative coefficient should be an error")
	}
}

// TestCoefficientsFileAgrees reads the lines of coefficients.yaml and compares them with the table.
func TestCoefficientsFileAgrees(t *testing.T) {
	data, err := os.ReadFile("coefficients.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var scalars map[string]string
	var lists map[string][]float64
	var key string
	found := 0
	check := func() {
		c := table[found]
		found++
		tp := strconv.Itoa(c.tp)
		if !strings.EqualFold(scalars["id"], c.id) || scalars["GPU"] != c.gpu || scalars["tensor_parallelism"] != tp {
			t.Errorf("entry %d is %v, want %s tp %d on %s", found, scalars, c.id, c.tp, c.gpu)
		}
		if !equal(lists["alpha_coeffs"], c.alpha[:]) || !equal(lists["beta_coeffs"], betaOf(c.beta)) {
			t.Errorf("coefficients of %s tp %d are %v, want %v and %v", c.id, c.tp, lists, c.alpha, c.beta)
		}
	}
	for _, line := range strings.Split(string(data), "\\n") {
		text := strings.TrimSpace(line)
		if text == "" || text[0] == '#' || text == "${coefficientsKey(pack)}:" {
			continue
		}
		if strings.HasPrefix(line, "- ") {
			if scalars != nil {
				check()
			}
			if found == len(table) {
				t.Fatalf("more than %d entries", found)
			}
			scalars, lists = map[string]string{}, map[string][]float64{}
			text = text[2:]
		} else if strings.HasPrefix(text, "- ") {
			value, err := strconv.ParseFloat(text[2:], 64)
			if err != nil {
				t.Fatal(err)
			}
			lists[key] = append(lists[key], value)
			continue
		}
		name, value, _ := strings.Cut(text, ":")
		key = name
		scalars[key] = strings.Trim(strings.TrimSpace(value), "\\"")
	}
	if scalars != nil {
		check()
	}
	if found != len(table) {
		t.Errorf("%d entries, want %d", found, len(table))
	}
}

func equal(a, b []float64) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func BenchmarkStepTime128(b *testing.B) {
	batch := newBatchSource().busiestBatch()
	m := newModel(table[0])
	b.ReportAllocs()
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		m.StepTime(batch)
	}
}
`;
}
