import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { alphaOf } from '../../src/export/alpha.ts';
import { coefficientsYaml } from '../../src/export/coefficients-yaml.ts';
import { GO_INTERFACES } from '../../src/export/go/interfaces.ts';
import type { ExportInput, ExportOptions, InterfaceName } from '../../src/export/index.ts';
import { makePackage } from '../../src/export/package.ts';
import { readme } from '../../src/export/readme.ts';
import { overheadsInput, sampleInput, seedProgram } from './sample.ts';

const FIT = { group: 'g', overheads: { requestUs: 14_300, completionUs: 777, tokenUs: 45.9 } };

function packageOf(input: ExportInput, options: Partial<ExportOptions> = {}) {
  return makePackage(input, { dir: 'unused', interface: 'blis-main', ...options });
}

/** The cells of the table row that begins with a model's id. */
function rowOf(text: string, id: string): readonly string[] {
  const rows = text.split('\n').filter((line) => line.startsWith(`| ${id} |`));
  return rows.at(-1)!.slice(2, -2).split(' | ');
}

describe('coefficients alpha of a group', () => {
  const flavours: readonly [InterfaceName, readonly number[]][] = [
    ['standalone', [14_300, 777, 45.9]],
    ['blis-main', [14_300, 777, 45.9]],
    // There α1 multiplies the length of the prompt, of which nothing is fitted.
    ['blis-research', [14_300, 0, 45.9]],
  ];

  it.each(flavours)('are what was fitted, where the interface has a place for it: %s', (flavour, values) => {
    expect(alphaOf(FIT, GO_INTERFACES[flavour].alpha).values).toEqual(values);
  });

  it('are zeros where nothing was fitted', () => {
    const { values, sources } = alphaOf({ group: 'g' }, GO_INTERFACES['blis-main'].alpha);
    expect({ values, sources }).toEqual({ values: [0, 0, 0], sources: ['none', 'none', 'none'] });
  });

  it('are what is given, for every interface', () => {
    for (const { alpha } of Object.values(GO_INTERFACES)) {
      expect(alphaOf(FIT, alpha, [1, 2, 3])).toEqual({ values: [1, 2, 3], sources: ['given', 'given', 'given'] });
    }
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('are never %d', (wrong) => {
    const fit = { group: 'g', overheads: { ...FIT.overheads, tokenUs: wrong } };
    const { alpha } = GO_INTERFACES['blis-main'];
    expect(() => alphaOf(fit, alpha)).toThrow(`alpha of group \`g\` was fitted as 14300, 777, ${wrong}`);
    expect(() => alphaOf(FIT, alpha, [1, wrong, 3])).toThrow(`alpha is 1, ${wrong}, 3`);
    // A minus zero would be printed as one.
    expect(Object.is(alphaOf({ group: 'g', overheads: { ...FIT.overheads, tokenUs: -0 } }, alpha).values[2], 0)).toBe(
      true,
    );
  });
});

describe('an export with what clients see beyond steps', () => {
  const input = overheadsInput();

  it('has the coefficients of each model in its entry of the file', () => {
    const { steptime_coefficients: models } = parse(coefficientsYaml(packageOf(input))) as {
      steptime_coefficients: readonly { id: string; alpha_coeffs: readonly number[] }[];
    };
    expect(models.map(({ id, alpha_coeffs }) => [id, ...alpha_coeffs])).toEqual([
      ['codellama/codellama-34b-instruct-hf', 0, 0, 0],
      ['meta-llama/llama-2-70b-hf', 14_400.4, 777.6, 45.9],
      ['meta-llama/llama-2-7b-hf', 14_300.4, 777.6, 45.9],
      ['mistralai/mixtral-8x7b-v0.1', 14_600.4, 777.6, 45.9],
    ]);
  });

  it('says of each model and coefficient what it is and where it is from', () => {
    const text = readme(packageOf(input));
    expect(text).toContain('| α1 | µs | `PostDecodeFixedOverhead`');
    expect(text).toContain('| α2 | µs/token | `OutputTokenProcessingTime`');
    const llama = rowOf(text, 'meta-llama/Llama-2-70b-hf');
    expect(llama.slice(-3)).toEqual(['14400.4, fitted', '777.6, fitted', '45.9, fitted']);
    expect(rowOf(text, 'codellama/CodeLlama-34b-Instruct-hf').slice(-3)).toEqual(Array(3).fill('0, not fitted'));
    expect(text).not.toContain('They are zero because');
    const given = readme(packageOf(input, { alpha: [700, 0, 30] }));
    expect(rowOf(given, 'codellama/CodeLlama-34b-Instruct-hf').slice(-3)).toEqual([
      '700, given',
      '0, given',
      '30, given',
    ]);
  });

  it('says of the older interface what it has no place for', () => {
    const text = readme(packageOf(input, { interface: 'blis-research' }));
    expect(text).toContain('| α1 | µs/token | `QueueingTime`: for each token of the prompt |');
    const llama = rowOf(text, 'meta-llama/Llama-2-70b-hf');
    expect(llama.slice(-3)).toEqual(['14400.4, fitted', '0, not fitted', '45.9, fitted']);
    expect(text).toContain('777.6 µs for meta-llama/Llama-2-70b-hf tp 4');
    expect(text).toContain('has no place for it');
    expect(readme(packageOf(input))).not.toContain('has no place for it');
  });

  it('says that nothing was seen where a fitted time is zero', () => {
    const fits = input.fits.map((fit) => ({ ...fit, overheads: { ...FIT.overheads, tokenUs: 0 } }));
    expect(rowOf(readme(packageOf({ ...input, fits })), 'meta-llama/Llama-2-7b-hf').at(-1)).toBe('0, none was seen');
  });

  it('says how the fit in closed loop went', () => {
    const pack = packageOf(input);
    const text = readme(pack);
    for (const words of [
      'served up to 7 times',
      'converged: yes',
      'closed loop: 2.346 %',
      'closed loop: 3.1 %',
      '`burst`',
    ]) {
      expect(text).toContain(words);
    }
    expect(pack.facts).toContainEqual([
      'closed loop',
      'constants fitted in 7 rounds, converged; 2.346 % on training requests, 3.1 % on validation requests',
    ]);
    const closedLoop = { ...input.closedLoop!, converged: false, saturated: [] };
    const other = readme(packageOf({ ...input, closedLoop }));
    expect(other).toContain('the bound on rounds ended that before both stood still');
    expect(other).toContain('saturated: none');
  });
});

it('an export of step records says why its coefficients alpha are zero, and nothing of closed loops', () => {
  const text = readme(packageOf(sampleInput(seedProgram('blackbox'))));
  expect(text).toContain('They are zero because step traces say nothing of them');
  expect(text).not.toContain('Fitted in closed loop');
});
