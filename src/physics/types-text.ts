/**
 * The text of a declaration file for the batch that a program reads; seeds are checked against it by `// @ts-check`.
 *
 * @param table features to declare, each with its unit and meaning as its comment.
 */
export function generateTypes(
  table: readonly { readonly name: string; readonly unit: string; readonly meaning: string }[],
): string {
  const lines = table.flatMap(({ name, unit, meaning }) => [
    `  /** ${meaning.replaceAll('*/', '* /')}${unit === '1' ? '' : `; ${unit}`} */`,
    `  readonly ${name}: number;`,
  ]);
  return [
    '/** One scheduler step: what a program may read of the batch. */',
    'export interface StepBatch {',
    ...lines,
    '}',
    '',
    '/** The constants of a program, by name. */',
    'export type Constants = Readonly<Record<string, number>>;',
    '',
    '/** Time of one step, µs. */',
    'export type PredictStepTime<C extends Constants = Constants> = (batch: StepBatch, c: C) => number;',
    '',
  ].join('\n');
}
