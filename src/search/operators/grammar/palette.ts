import { type DrawnBy, OP_NAMES, OPERATIONS, type OpName } from '../../../program/index.ts';

/** The operations that a mutation draws from, in the order of their places in the table; one may stand there twice. */
export function palette(mutation: DrawnBy): readonly OpName[] {
  const places = OP_NAMES.flatMap((op) =>
    (OPERATIONS[op].grammar.draws[mutation] ?? []).map((place) => ({ op, place })),
  );
  return places.sort((a, b) => a.place - b.place).map(({ op }) => op);
}
