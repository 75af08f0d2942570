import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { blisPatch, writeBlisPatch } from '../../../src/export/index.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { globalInput, sampleInput, seedProgram, signedInput } from '../sample.ts';
import { goVersion, run } from '../toolchain.ts';
import { blisCheckout, copyOfCheckout } from './checkout.ts';

const GO_MOD = 'module github.com/inference-sim/inference-sim\n\ngo 1.24\n';

/** A tree with these files alone. */
function tree(files: Readonly<Record<string, string>>): string {
  const dir = temporaryFolder();
  for (const [path, text] of Object.entries({ 'go.mod': GO_MOD, ...files })) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
  return dir;
}

const input = sampleInput(seedProgram('corrections'));

describe('blisPatch', () => {
  it('refuses a folder that is no tree of the simulator', () => {
    expect(() => blisPatch(input, { checkout: temporaryFolder() })).toThrow(
      expect.objectContaining({ code: 'export.no-checkout' }),
    );
  });

  it('names the anchor that a tree of another shape lacks', () => {
    const checkout = tree({ 'sim/bundle.go': 'package sim\n' });
    expect(() => blisPatch(input, { checkout })).toThrow(/the map validLatencyBackends is there not at all, not once/);
  });

  it('refuses a second backend of the same name, and names that are none', () => {
    const checkout = tree({ 'sim/bundle.go': 'var x = map[string]bool{"evolved": true}\n' });
    expect(() => blisPatch(input, { checkout })).toThrow(expect.objectContaining({ code: 'export.backend-exists' }));
    for (const backend of ['', 'roofline', 'Mine', '2nd', 'a--b', '../up', 'type']) {
      expect(() => blisPatch(input, { checkout, backend })).toThrow(
        expect.objectContaining({ code: 'export.wrong-backend-name' }),
      );
    }
  });
});

describe.skipIf(blisCheckout === undefined || goVersion === undefined)(
  'a backend in a real tree of the simulator (EVOLVE_BLIS)',
  { timeout: 300_000 },
  () => {
    const checkout = blisCheckout ?? '';
    /** The simulator's tests of what the patch touches. */
    const testPatched = (dir: string): void => {
      expect(run('go', ['build', './...'], dir)).toEqual({ ok: true, output: '' });
      const own = [
        './sim/latency/...',
        './sim',
        '-run',
        'Latency|Backend|Evolved|Parity|Ticks|Architecture|Dimensions',
      ];
      const tested = run('go', ['test', '-vet=all', ...own], dir);
      expect(tested).toEqual({ ok: true, output: tested.output });
      const commands = run('go', ['test', './cmd', '-run', 'Evolved|Default'], dir);
      expect(commands).toEqual({ ok: true, output: commands.output });
    };

    it.each([
      ['for every model', globalInput()],
      ['by model, with constants of both signs', signedInput()],
    ])('applies, builds and passes tests: %s', (_, own) => {
      const made = blisPatch(own, { checkout });
      expect(blisPatch(own, { checkout }).patch).toBe(made.patch);
      expect(made.commit).toMatch(/^[0-9a-f]{40}$/);
      const dir = copyOfCheckout(checkout);
      writeFileSync(join(dir, '../own.patch'), made.patch);
      expect(run('git', ['apply', '../own.patch'], dir)).toEqual({ ok: true, output: '' });
      const defaults = parse(readFileSync(join(dir, 'defaults.yaml'), 'utf8')) as {
        readonly evolved_coefficients: readonly { readonly beta_coeffs: readonly number[] }[];
      };
      const betas = defaults.evolved_coefficients.flatMap(({ beta_coeffs }) => beta_coeffs);
      expect(betas.length).toBeGreaterThan(0);
      expect(betas.every((value) => value >= 0)).toBe(true);
      testPatched(dir);
      expect(() => blisPatch(own, { checkout: dir })).toThrow(
        expect.objectContaining({ code: 'export.backend-exists' }),
      );
      // A second backend beside the first one.
      const second = blisPatch(own, { checkout: dir, backend: 'evolved-h100' });
      writeFileSync(join(dir, '../second.patch'), second.patch);
      expect(run('git', ['apply', '../second.patch'], dir)).toEqual({ ok: true, output: '' });
      expect(run('go', ['test', './sim', '-run', 'Backend'], dir).ok).toBe(true);
    });

    it('stops at a gate that it does not know', () => {
      const dir = copyOfCheckout(checkout);
      writeFileSync(
        join(dir, 'cmd/gate.go'),
        'package cmd\n\nfunc g(b string) bool { return b != "trained-physics" }\n',
      );
      expect(() => blisPatch(input, { checkout: dir })).toThrow(/cmd\/gate\.go:3.*a place that names backends/);
    });

    it('makes a folder that holds the files as the patch makes them', () => {
      const made = blisPatch(input, { checkout });
      const dir = join(temporaryFolder(), 'pr');
      const files = writeBlisPatch(dir, made);
      expect(files).toContain('evolved.patch');
      expect(files.filter((path) => path.startsWith('tree/')).map((path) => path.slice(5))).toEqual(made.paths);
    });
  },
);
