import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { featureTable, generateTypes } from '../../src/physics/index.ts';
import { checkCaps, parseProgram } from '../../src/program/index.ts';

const folder: string = resolve(import.meta.dirname, '../../seeds');
const seeds: readonly string[] = readdirSync(folder).filter((file) => file.endsWith('.js'));

describe('seed programs', () => {
  it('are the five classic models and the analytical corrections', () => {
    expect(seeds).toEqual(
      ['blackbox', 'corrections', 'kv-aware', 'mixed-attention', 'phase-max', 'regime-switch', 'roofline'].map(
        (name) => `${name}.js`,
      ),
    );
  });

  it.each(seeds)('%s is a program over registered features within the caps', (file) => {
    const parsed = parseProgram(readFileSync(join(folder, file), 'utf8'), { features: featureTable() });
    expect(parsed).toMatchObject({ ok: true });
    if (parsed.ok) expect(checkCaps(parsed.program)).toEqual([]);
  });

  it('are checked in an editor against the types that the feature registry gives', () => {
    expect(readFileSync(join(folder, 'steptime.d.ts'), 'utf8')).toBe(generateTypes(featureTable()));
  });
});
