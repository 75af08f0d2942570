/** Exponents of base units, none of them 0; empty for a pure number. */
export type Unit = ReadonlyMap<string, number>;

/** A pure number. */
export const PURE: Unit = new Map();

/** Exponents that differ by less are the same: thirds have no exact double. */
const SAME = 1e-9;
const SIGNS: ReadonlyMap<string, number> = new Map([
  ['²', 2],
  ['³', 3],
]);
/** Units that count things are written as words, `tokens`; below a bar one of them stands, `µs/token`. */
const COUNTED = /^[A-Za-z]{3,}$/;

/** The product of powers of units. */
export function product(factors: readonly (readonly [unit: Unit, power: number])[]): Unit {
  const powers = new Map<string, number>();
  for (const [unit, power] of factors) {
    for (const [base, exponent] of unit) powers.set(base, (powers.get(base) ?? 0) + power * exponent);
  }
  return new Map([...powers].flatMap(([base, power]) => (Math.abs(power) < SAME ? [] : [[base, tidied(power)]])));
}

/** Whether two units are the same, in whatever order they name their bases. */
export function isSameUnit(a: Unit, b: Unit): boolean {
  return (
    product([
      [a, 1],
      [b, -1],
    ]).size === 0
  );
}

/**
 * Reads a unit as people write one, e.g. `µs/token`, `tokens²`, `µs/(token·request)`, `µs/tokens^0.5`; `1` is a pure number.
 *
 * @returns undefined where it is no unit.
 */
export function parseUnit(text: string): Unit | undefined {
  const [above = '', ...below] = text.replaceAll(/\s/g, '').replaceAll(/[()]/g, '').split('/');
  // One bar with several bases below it, `µs/(token·request)`, and a bar for each of them mean the same.
  const parts = [
    ...above.split(/[·*]/).map((part) => factorOf(part, 1)),
    ...below.flatMap((side) => side.split(/[·*]/).map((part) => factorOf(part, -1))),
  ];
  const known = parts.filter((part) => part !== undefined);
  return known.length === parts.length ? product(known.map((unit) => [unit, 1])) : undefined;
}

function factorOf(text: string, side: 1 | -1): Unit | undefined {
  if (text === '1') return PURE;
  const [, base = '', sign, exponent] = /^([^\d^²³][^^²³]*|10⁹)([²³])?(?:\^([\d.]+))?$/u.exec(text) ?? [];
  if (base === '') return undefined;
  const power = sign === undefined ? Number(exponent ?? 1) : (SIGNS.get(sign) ?? Number.NaN);
  if (!(power > 0)) return undefined;
  const name = base === 'us' || base === 'μs' ? 'µs' : COUNTED.test(base) && !base.endsWith('s') ? `${base}s` : base;
  return new Map([[name, side * power]]);
}

/** A unit as people read it; what `parseUnit` reads. */
export function unitText(unit: Unit): string {
  const part = (base: string, power: number): string => {
    const sign = [...SIGNS].find(([, value]) => value === power)?.[0];
    return power === 1 ? base : `${base}${sign ?? `^${Number(power.toPrecision(3))}`}`;
  };
  const sides = [...unit].sort(([a], [b]) => (placeOf(a) < placeOf(b) ? -1 : 1));
  const above = sides.filter(([, power]) => power > 0).map(([base, power]) => part(base, power));
  const below = sides.filter(([, power]) => power < 0).map(([base, power]) => part(singular(base), -power));
  const over = above.length === 0 ? '1' : above.join('·');
  return below.length === 0 ? over : `${over}/${below.join('/')}`;
}

/** Bases have one order, so that a unit has one text: measures, then what is counted, both by name. */
function placeOf(base: string): string {
  return `${COUNTED.test(base) ? 1 : 0}${base}`;
}

function singular(base: string): string {
  return COUNTED.test(base) && base.endsWith('s') ? base.slice(0, -1) : base;
}

function tidied(power: number): number {
  return Math.abs(power - Math.round(power)) < SAME ? Math.round(power) : power;
}
