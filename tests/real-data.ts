import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

const root: string = resolve(import.meta.dirname, '../../shared/data');

/** Folder of real measurements beside the checkout, or undefined; tests that need it say so and skip. */
export const realData: string | undefined = existsSync(root) ? root : undefined;
