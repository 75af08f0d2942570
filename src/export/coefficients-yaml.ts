import { betaCoefficients } from './signs.ts';
import type { Package } from './package.ts';

/**
 * The constants for people and for other programs. Ids are in lower case; keys that nothing is known of are left out. A package inside
 * the simulator's tree has them under a key of its own: what an older simulator reads under `models` is coefficients of a formula of
 * its own, and a newer one stops at keys that it does not know.
 */
export function coefficientsYaml(pack: Package): string {
  const { coefficients, entries, options, title } = pack;
  const models = entries.map(
    ({ context, constants, alpha, totalKvBlocks }) =>
      `- GPU: ${quoted(context.hardware.name)}\n` +
      list('alpha_coeffs', alpha.values) +
      list('beta_coeffs', betaCoefficients(coefficients, constants)) +
      `  id: ${quoted(context.architecture.id.toLowerCase())}\n` +
      `  tensor_parallelism: ${context.tensorParallelism}\n` +
      (totalKvBlocks === undefined ? '' : `  total_kv_blocks: ${totalKvBlocks}\n`) +
      (options.vllmVersion === undefined ? '' : `  vllm_version: ${quoted(options.vllmVersion)}\n`),
  );
  return [
    `# ${title}\n`,
    `# beta_coeffs in order: ${coefficients.length === 0 ? 'none' : coefficients.map(({ name }) => name).join(', ')}\n`,
    ...(pack.go.simImport === ''
      ? []
      : ['# Not for defaults.yaml: a simulator without the backend refuses it or misreads it.\n']),
    `${coefficientsKey(pack)}:\n`,
    ...models,
  ].join('');
}

/** The key that the models stand under. */
export function coefficientsKey({ go }: Package): string {
  return go.simImport === '' ? 'models' : `${go.packageName}_coefficients`;
}

function list(key: string, values: readonly number[]): string {
  if (values.length === 0) return `  ${key}: []\n`;
  return `  ${key}:\n${values.map((value) => `  - ${value}\n`).join('')}`;
}

/** Plain where YAML reads it as this string, in double quotes otherwise; a JSON string is a YAML string. */
export function quoted(text: string): string {
  const plain = /^[A-Za-z][A-Za-z0-9_.-]*([/:][A-Za-z0-9_.-]+)*$/.test(text);
  const reserved = /^(true|false|yes|no|on|off|null|y|n)$/i.test(text);
  return plain && !reserved ? text : JSON.stringify(text);
}

/** Numbers as a list in one line. */
export function yamlList(values: readonly number[]): string {
  return `[${values.join(', ')}]`;
}
