import { UserError } from '../base/index.ts';

/** A model and how often it is asked, relative to the others. */
export interface WeightedModel {
  readonly model: string;
  readonly weight: number;
}

/**
 * Reads `name` or `name:weight,name:weight`. A name may hold colons (`qwen3:8b`); a last part that is a plain number is a
 * weight.
 *
 * @throws UserError where it names no model or has a weight that is not above 0
 */
export function parseModels(text: string): readonly WeightedModel[] {
  const entries = text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  const models = entries.map((entry): WeightedModel => {
    const [, model = entry, weight] = /^(.+):(\d+(?:\.\d+)?)$/.exec(entry) ?? [];
    return { model, weight: weight === undefined ? 1 : Number(weight) };
  });
  const mend = 'give one model, or several with weights: a:3,b:1';
  if (models.length === 0) throw new UserError({ code: 'llm.no-model', problem: 'no model is named', mend });
  const idle = models.find(({ weight }) => weight <= 0);
  if (idle !== undefined) {
    const problem = `the model ${idle.model} has weight ${idle.weight}`;
    throw new UserError({ code: 'llm.idle-model', problem, mend });
  }
  if (new Set(models.map(({ model }) => model)).size < models.length) {
    throw new UserError({ code: 'llm.repeated-model', problem: 'a model is named twice', mend });
  }
  return models;
}
