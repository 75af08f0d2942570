import { short } from './markdown.ts';
import type { ExportedClosedLoop } from './types.ts';

/** How constants that were fitted in closed loop came about, and how far they can be trusted. */
export function closedLoopText(fit: ExportedClosedLoop): string {
  const { rounds, converged, saturated, error, validationError } = fit;
  const end = converged ? 'until both stood still' : 'and the bound on rounds ended that before both stood still';
  return `
### Fitted in closed loop

The constants hold for the batches that an engine makes under these very constants: the requests were served up to ${rounds} times,
and the constants fitted again, ${end}.

- converged: ${converged ? 'yes' : 'no'}
- error on training requests, served in closed loop: ${short(error, 4)} %
- error on validation requests, served in closed loop: ${short(validationError, 4)} %
- saturated: ${saturated.length === 0 ? 'none' : saturated.map((id) => `\`${id}\``).join(', ')}
${saturated.length === 0 ? '' : SATURATED}`;
}

const SATURATED = `
In what is saturated, requests queue up for as long as the load lasts. Latencies there are mostly waiting, and a small error of the
step time becomes a large one of theirs.
`;
