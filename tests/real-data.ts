import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

const beside: string = resolve(import.meta.dirname, '../../shared');

function folderIfThere(path: string): string | undefined {
  return existsSync(path) ? path : undefined;
}

/** Folder of real measurements beside the checkout, or undefined; tests that need it say so and skip. */
export const realData: string | undefined = folderIfThere(join(beside, 'data'));

/** Folder of small inputs with known results beside the checkout, or undefined. */
export const realCases: string | undefined = folderIfThere(join(beside, 'cases'));
