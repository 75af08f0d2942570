/** Numbers as they are stored and hashed. */
export function doubles(cells: Float64Array | Int32Array): Float64Array {
  return cells instanceof Float64Array ? cells : Float64Array.from(cells);
}
