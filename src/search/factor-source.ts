/** A column in a product. */
export interface Factor {
  readonly name: string;
  /** Whether the column is below 0, so that only its opposite has a root. */
  readonly isNegative: boolean;
  /** Not 0. */
  readonly exponent: number;
}

/** An exponent that differs less from a half or a third is meant to be one. */
const NEAR = 0.04;
/** Whole powers beyond are written as powers. */
const LONGEST_PRODUCT = 4;

/** The nearest multiple of a half or a third where the exponent all but ties with it. */
export function roundedExponent(exponent: number): number {
  const round = (by: number): number => Math.round(by * exponent) / by;
  const nearest = [1, 2, 3].map(round).find((value) => Math.abs(exponent - value) < NEAR);
  return nearest === undefined ? exponent : nearest + 0;
}

/** A program of a constant times powers of columns, whole powers and roots written as products, roots and quotients. */
export function factorSource(factors: readonly Factor[], sign: 1 | -1): string {
  const written = factors.map(writtenFactor);
  const over = written.flatMap(({ factors: own, isBelow }) => (isBelow ? [] : own));
  const under = written.flatMap(({ factors: own, isBelow }) => (isBelow ? own : []));
  const constants = [`factor: ${sign}`, ...written.flatMap(({ constant }) => constant ?? [])];
  const [first = '', ...others] = under;
  const divisor = others.length === 0 ? first : `(${under.join(' * ')})`;
  const product = ['c.factor', ...over].join(' * ');
  return `/** A product of powers of columns. */
export const constants = { ${constants.join(', ')} };

export function predictStepTime(batch, c) {
  return ${under.length === 0 ? product : `${product} / ${divisor}`};
}
`;
}

interface Written {
  readonly factors: readonly string[];
  readonly isBelow: boolean;
  /** An exponent that is to be fitted. */
  readonly constant?: string;
}

function writtenFactor({ name, isNegative, exponent }: Factor): Written {
  const column = `batch.${name}`;
  const size = Math.abs(exponent);
  const isBelow = exponent < 0;
  const base = isNegative ? `(-${column})` : column;
  const whole = Math.floor(size);
  const products = Array.from({ length: whole }, () => column);
  if (whole <= LONGEST_PRODUCT) {
    if (size === whole) return { factors: products, isBelow };
    if (2 * size === Math.round(2 * size)) return { factors: [...products, `Math.sqrt(${base})`], isBelow };
    const thirds = Math.round(3 * (size - whole));
    if (size === Math.round(3 * size) / 3) {
      const radicand = thirds === 1 ? column : `${column} * ${column}`;
      return { factors: [...products, `Math.cbrt(${radicand})`], isBelow };
    }
  }
  const constant = `${name}Exponent`;
  return {
    factors: [`${base} ** c.${constant}`],
    isBelow,
    constant: `${constant}: ${Number(size.toPrecision(4))}`,
  };
}
