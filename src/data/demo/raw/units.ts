/** µs as seconds. The simulation counts whole nanoseconds, so that nine decimals are all there is. */
export function seconds(us: number): number {
  return Number((us / 1e6).toFixed(9));
}

/** µs as milliseconds. */
export function milliseconds(us: number): number {
  return Number((us / 1e3).toFixed(6));
}

/**
 * Whole nanoseconds since 1970 as text, since doubles do not hold them.
 *
 * @param startUs whole seconds since 1970, in µs.
 * @param ns after that.
 */
export function unixNano(startUs: number, ns: number): string {
  const whole = Math.round(ns);
  const past = Math.floor(whole / 1e9);
  return `${startUs / 1e6 + past}${String(whole - 1e9 * past).padStart(9, '0')}`;
}

/** Gaps between times that follow each other. */
export function gaps(us: Float64Array): readonly number[] {
  return Array.from(us.subarray(1), (time, at) => time - (us[at] as number));
}
