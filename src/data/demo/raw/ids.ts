import { createHash } from 'node:crypto';

/** A made-up id of hexadecimal digits that depends on what it is of and nothing else. */
export function hexId(of: string, digits: number): string {
  return createHash('sha256').update(of).digest('hex').slice(0, digits);
}

/** The ids of a request: the API server's, and the engine's, which adds which of the prompts it is and a random part. */
export function requestIds(experiment: string, request: number): { readonly api: string; readonly engine: string } {
  const hex = hexId(`${experiment} request ${request}`, 40);
  const api = `cmpl-${hex.slice(0, 32)}`;
  return { api, engine: `${api}-0-${hex.slice(32)}` };
}

/** An id in the form of a UUID. */
export function uuidOf(of: string): string {
  const hex = hexId(of, 32);
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20)].join('-');
}
