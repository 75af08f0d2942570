import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');

/** Runs before any other module: lists what is read beside the modules themselves. */
const WATCH = `
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
const isModule = (path) => /\\.[cm]?js$|[\\\\/]package\\.json$/.test(String(path));
globalThis.reads = [];
for (const owner of [fs, fs.promises]) {
  for (const name of ['readFile', 'readFileSync', 'readdir', 'readdirSync', 'open', 'openSync', 'createReadStream']) {
    const original = owner[name];
    if (original === undefined) continue;
    owner[name] = (path, ...rest) => {
      if (!isModule(path)) globalThis.reads.push(String(path));
      return original.call(owner, path, ...rest);
    };
  }
}
syncBuiltinESMExports();
`;

/** What a script of a user reads, line by line as it prints it. */
function readsOf(script: string): readonly string[] {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      '--import',
      `data:text/javascript,${encodeURIComponent(WATCH)}`,
      '--input-type=module',
      '--eval',
      `${script}\nconsole.log(JSON.stringify(globalThis.reads));`,
    ],
    { cwd: ROOT, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as readonly string[];
}

describe('importing the library', () => {
  it.each(['', '/program', '/evaluate', '/search', '/serving'])('reads no file: evolve-steptime%s', (part) => {
    expect(readsOf(`await import('evolve-steptime${part}');`)).toEqual([]);
  });

  it('leaves reading to the functions that need a file', () => {
    const file = 'examples/kept-program.yaml';
    expect(readsOf(`(await import('evolve-steptime')).readKeptProgram('${file}');`)).toEqual([file]);
  });

  it('loads nothing of what draws pages', () => {
    const { stdout } = spawnSync(
      process.execPath,
      [
        '--input-type=module',
        '--eval',
        `import { register } from 'node:module';
         register('data:text/javascript,' + encodeURIComponent(\`
           import { writeSync } from 'node:fs';
           export async function resolve(specifier, context, next) {
             writeSync(1, specifier + '\\\\n');
             return next(specifier, context);
           }\`));
         await import('evolve-steptime');`,
      ],
      { cwd: ROOT, encoding: 'utf8' },
    );
    const specifiers = stdout.split('\n');
    expect(specifiers).toContain('evolve-steptime');
    expect(specifiers.filter((name) => /^(isolated-vm|@observablehq\/plot|linkedom|shiki)/.test(name))).toEqual([]);
  });
});
