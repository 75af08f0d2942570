import { spawnSync } from 'node:child_process';

/** The Go toolchain's version, or undefined where there is none: such tests say so and skip. */
export const goVersion: string | undefined = version();

function version(): string | undefined {
  const { status, stdout } = spawnSync('go', ['version'], { encoding: 'utf8' });
  if (status === 0) return stdout.trim();
  if (process.env['CI'] !== undefined) throw new Error('continuous integration needs a Go toolchain on the path');
  return undefined;
}

/** Output of a command and whether it succeeded, for assertions that show both. */
export function run(command: string, args: readonly string[], cwd: string): { ok: boolean; output: string } {
  // Without build paths in the cache's keys, a second run of the tests finds the first one's builds.
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, GOFLAGS: '-trimpath' },
  });
  return { ok: status === 0, output: `${stdout}${stderr}` };
}

/** What gofmt makes of a file. */
export function gofmt(text: string): string {
  const { status, stdout, stderr } = spawnSync('gofmt', [], { input: text, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}
