import type { Caution } from './types.ts';

/** What whoever uses a package must know first; empty where nothing speaks against it. */
export function cautionsText(cautions: readonly Caution[]): string {
  if (cautions.length === 0) return '';
  return `
## Before you use it

${cautions.map(cautionText).join('\n')}
`;
}

function cautionText({ gate, reason }: Caution): string {
  return gate === undefined ? `- ${reason}` : `- **It fails ${gate}**, and was exported all the same: ${reason}.`;
}
