/** Writes the golden file anew. Do this only where results are meant to change, and say why in the commit. */
import { writeFileSync } from 'node:fs';
import { GOLDEN_FILE, goldenResults } from './golden-results.ts';

writeFileSync(GOLDEN_FILE, `${JSON.stringify(goldenResults(), null, 2)}\n`);
