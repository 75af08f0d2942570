import { priceOf } from '../llm/index.ts';
import { renderTable } from '../report/index.ts';
import type { LlmConfig, LlmSummary, OperatorSummary, RunConfig, RunSummary } from '../run/index.ts';
import { PRUNE_OPERATOR } from '../search/index.ts';
import type { RunDocument } from '../app/index.ts';

/** The header's line on what mutates programs, and what else could. */
export function operatorLine({ operator, llm, search }: RunConfig): string {
  if (llm === undefined) {
    return [
      `operator   ${operator} (built in, needs no key). A language model instead:`,
      '           --operator anthropic --model NAME, --operator openai --model NAME [--base-url URL], --operator command --command "…"',
    ].join('\n');
  }
  const mix = Object.entries(search.operators).filter(([, weight]) => weight > 0);
  const share = mix.length > 1 ? `, ${mix.map(([name, weight]) => `${name}:${weight}`).join(' ')}` : '';
  const adaptive = search.adaptive ? ', shares follow what pays' : '';
  return [
    `operator   ${operator}: ${llm.settings.models.map(({ model }) => model).join(', ')}${share}${adaptive}`,
    ...priceLines(llm),
    ...(llm.replay === undefined
      ? []
      : [`           replay of ${llm.replay}: no network, no key, nothing is paid; costs are those of the recording`]),
  ].join('\n');
}

function priceLines({ settings: { models, prices, limits } }: LlmConfig): readonly string[] {
  const priced = models.map(({ model }) => {
    const price = priceOf(prices, model);
    if (price === undefined) return `${model}: no price known, so its cost is unknown`;
    if (price.input === 0 && price.output === 0) return `${model}: counted as free`;
    return `${model}: $${price.input} in, $${price.output} out per million tokens`;
  });
  const limit = [
    ...(limits.maxCostUsd === undefined ? [] : [`$${limits.maxCostUsd}`]),
    ...(limits.maxCalls === undefined ? [] : [`${limits.maxCalls} calls`]),
  ];
  return [
    ...priced,
    limit.length > 0 ? `at most ${limit.join(' and ')}` : 'no limit on calls or cost (--max-calls, --max-cost)',
  ].map((line) => `           ${line}`);
}

function dollars(usd: number | null): string {
  return usd === null ? 'unknown' : `$${usd.toFixed(usd < 1 ? 4 : 2)}`;
}

/** What the models were asked and what each operator brought; nothing where no model was asked. */
export function llmLines({ llm, operators, lastFailure }: RunDocument): readonly string[] {
  if (llm.calls === 0) return [];
  const { calls, retries, inputTokens, outputTokens, costUsd } = llm;
  const lines = [
    `models: ${calls} calls, ${retries} retries, ${inputTokens} input and ${outputTokens} output tokens, cost ${dollars(costUsd)}`,
    operatorTables(operators, llm),
  ];
  const isBarren = (operators['llm']?.valid ?? 0) === 0 && lastFailure !== null;
  return isBarren
    ? [...lines, `no reply held a new program; the last one: ${lastFailure.reason}: ${lastFailure.detail}`]
    : lines;
}

/** What operators and models have brought and cost; empty where one operator did it all without a model. */
export function operatorTables(operators: RunSummary['operators'], { byModel }: Pick<LlmSummary, 'byModel'>): string {
  // What is pruned comes with any operator.
  const isMixed =
    Object.keys(operators).filter((name) => name !== PRUNE_OPERATOR).length > 1 || Object.keys(byModel).length > 0;
  if (!isMixed) return '';
  const tables = [tallyTable('operator', operators)];
  if (Object.keys(byModel).length > 0) tables.push(tallyTable('model', byModel));
  return `${tables.join('\n\n')}\nvalid: could be read, inside the caps and new; improved: lowered the error of the front at its size`;
}

function tallyTable(what: string, rows: Readonly<Record<string, OperatorSummary>>): string {
  return renderTable(
    [
      { header: what },
      { header: 'proposed', align: 'right' },
      { header: 'valid', align: 'right' },
      { header: 'inserted', align: 'right' },
      { header: 'improved', align: 'right' },
      { header: 'cost', align: 'right' },
      { header: 'per improvement', align: 'right' },
    ],
    Object.entries(rows).map(([name, { proposed, valid, inserted, improved, costUsd, costPerImprovementUsd }]) => [
      name,
      String(proposed),
      String(valid),
      String(inserted),
      String(improved),
      dollars(costUsd),
      improved === 0 ? '–' : dollars(costPerImprovementUsd),
    ]),
  );
}
