import { readFileSync } from 'node:fs';

/** This package's version. From package.json, which lies two folders up from the sources and from the build. */
export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    readonly version: string;
  };
  return version;
}
