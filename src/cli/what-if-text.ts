import type { WhatIf } from '../evaluate/index.ts';
import { formatNumber } from '../report/index.ts';

const CHANGES: { readonly [C in keyof WhatIf]-?: (value: NonNullable<WhatIf[C]>) => string } = {
  rate: (value) => `requests come ${formatNumber(value)} times as fast`,
  clients: (value) => `${count(value, 'client')}, each with one request at a time`,
  thinkS: (value) => `${formatNumber(value)} s from an answer to the next request`,
  maxNumSeqs: (value) => `at most ${count(value, 'request')} in a batch`,
  maxNumBatchedTokens: (value) => `at most ${count(value, 'token')} in a step`,
  kvBlocks: (value) => `${count(value, 'KV block')} on a rank`,
  dataParallel: (value) => count(value, 'data-parallel rank'),
  asyncScheduling: (value) => `${value ? 'asynchronous' : 'no asynchronous'} scheduling`,
};

/** What was tried in place of what was, a line each; none where nothing was. */
export function whatIfLines(whatIf: WhatIf): readonly string[] {
  return (Object.keys(CHANGES) as (keyof WhatIf)[]).flatMap((name) => changeText(name, whatIf[name]));
}

function changeText<C extends keyof WhatIf>(name: C, value: WhatIf[C]): readonly string[] {
  return value === undefined ? [] : [(CHANGES[name] as (value: WhatIf[C]) => string)(value)];
}

function count(value: number, what: string): string {
  return `${value} ${what}${value === 1 ? '' : 's'}`;
}
