import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Makes a rename or a new file in a directory last through a power cut, where the system allows it. */
const syncDirectory = (directory: string): void => {
  if (process.platform === 'win32') return;
  const handle = openSync(directory, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
};

/** Replaces a file as a whole: at any moment a reader sees the old text or the new one. */
export const writeFileAtomically = (path: string, text: string): void => {
  const temporary = `${path}.tmp`;
  const handle = openSync(temporary, 'w');
  try {
    writeFileSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(temporary, path);
  syncDirectory(dirname(path));
};
