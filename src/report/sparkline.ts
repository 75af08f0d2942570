const LEVELS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/** Values as bars of a line, one column each: a blank for nothing, a full block for `most`. */
export function sparkline(values: readonly number[], most: number): string {
  return values
    .map((value) => {
      if (!(value > 0) || !(most > 0)) return ' ';
      return LEVELS[Math.min(LEVELS.length - 1, Math.max(0, Math.ceil((value / most) * LEVELS.length) - 1))]!;
    })
    .join('');
}
