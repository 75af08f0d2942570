import type { Package } from './package.ts';

/**
 * The constants in the form of the simulator's `defaults.yaml`, under its keys alone: it is read strictly there. Ids are in
 * lower case as in that file; keys that nothing is known of are left out.
 */
export function coefficientsYaml({ fields, entries, options, title }: Package): string {
  const models = entries.map(
    ({ context, constants, alpha, totalKvBlocks }) =>
      `- GPU: ${quoted(context.hardware.name)}\n` +
      list('alpha_coeffs', alpha.values) +
      list('beta_coeffs', constants) +
      `  id: ${quoted(context.architecture.id.toLowerCase())}\n` +
      `  tensor_parallelism: ${context.tensorParallelism}\n` +
      (totalKvBlocks === undefined ? '' : `  total_kv_blocks: ${totalKvBlocks}\n`) +
      (options.vllmVersion === undefined ? '' : `  vllm_version: ${quoted(options.vllmVersion)}\n`),
  );
  return [
    `# ${title}\n`,
    `# beta_coeffs in order: ${fields.length === 0 ? 'none' : fields.join(', ')}\n`,
    'models:\n',
    ...models,
  ].join('');
}

function list(key: string, values: readonly number[]): string {
  if (values.length === 0) return `  ${key}: []\n`;
  return `  ${key}:\n${values.map((value) => `  - ${value}\n`).join('')}`;
}

/** Plain where YAML reads it as this string, in double quotes otherwise; a JSON string is a YAML string. */
function quoted(text: string): string {
  const plain = /^[A-Za-z][A-Za-z0-9_.-]*([/:][A-Za-z0-9_.-]+)*$/.test(text);
  const reserved = /^(true|false|yes|no|on|off|null|y|n)$/i.test(text);
  return plain && !reserved ? text : JSON.stringify(text);
}
