import type { Helper } from '../spelling.ts';

/**
 * math.Log2 cancels digits just above 1 (it splits off the exponent), and a plain quotient of logarithms misses exact
 * powers; this one is right for both, as JavaScript's is.
 */
export const GO_LOG2: Helper = {
  name: 'stepLog2',
  text: `func stepLog2(x float64) float64 {
	if frac, exp := math.Frexp(x); frac == 0.5 {
		return float64(exp - 1)
	}
	return math.Log(x) / math.Ln2
}`,
};

/** math.Log10 is math.Log2 times a factor: it has the same flaw, and gives 2.9999999999999996 for 1000. */
export const GO_LOG10: Helper = {
  name: 'stepLog10',
  text: `func stepLog10(x float64) float64 {
	r := math.Log(x) / math.Ln10
	if n := math.Round(r); math.Abs(r-n) < 1e-9 && math.Abs(n) < 300 && math.Pow10(int(n)) == x {
		return n
	}
	return r
}`,
};
