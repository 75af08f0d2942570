import type { ModelEntry } from '../entries.ts';
import type { Package } from '../package.ts';
import { quoted, yamlList } from '../coefficients-yaml.ts';
import { takesAnyModel } from '../go/architecture.ts';
import { betaCoefficients } from '../signs.ts';
import type { BackendNames } from './names.ts';

/**
 * The constants as the section of the simulator's `defaults.yaml` that the patch declares: one entry without a name where they hold
 * for every model, else one for each model, parallelism and kind of GPU.
 */
export function coefficientsSection(pack: Package, { file }: Pick<BackendNames, 'file'>): string {
  const { entries, coefficients, title } = pack;
  const used = takesAnyModel(pack) ? entries.slice(0, 1) : entries;
  const where = ({ context }: ModelEntry): string =>
    takesAnyModel(pack)
      ? ''
      : `    id: ${quoted(context.architecture.id.toLowerCase())}\n` +
        `    GPU: ${quoted(context.hardware.name)}\n` +
        `    tensor_parallelism: ${context.tensorParallelism}\n`;
  return [
    `# ${title}\n`,
    `# beta_coeffs in order: ${coefficients.length === 0 ? 'none' : coefficients.map(({ name }) => name).join(', ')}\n`,
    `${file}_coefficients:\n`,
    ...used.map((entry) => {
      const text = `${where(entry)}    alpha_coeffs: ${yamlList(entry.alpha.values)}\n    beta_coeffs: ${yamlList(betaCoefficients(coefficients, entry.constants))}\n`;
      return text.replace('    ', '  - ');
    }),
  ].join('');
}
