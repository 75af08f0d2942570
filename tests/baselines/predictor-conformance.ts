import { describe, expect, it } from 'vitest';
import type { FittedPredictor, LabelledRows, Predictor, TrainingData } from '../../src/baselines/index.ts';
import { gatherSteps } from '../../src/baselines/rows.ts';
import { createRandom } from '../../src/numeric/index.ts';
import { smallRows } from './sample.ts';

function copy(parts: readonly LabelledRows[]): readonly LabelledRows[] {
  return parts.map((part) => ({
    ...part,
    steps: gatherSteps(
      part.steps,
      part.y.map((_, row) => row),
    ),
    y: part.y.slice(),
  }));
}

interface Fitted {
  readonly fit: FittedPredictor;
  readonly data: TrainingData;
  readonly test: readonly LabelledRows[];
}

/** What every predictor must keep, whatever it is. */
export function describePredictor(create: () => Predictor): void {
  describe(`predictor ${create().name}`, () => {
    let once: Promise<Fitted> | undefined;
    const fitted = (): Promise<Fitted> => (once ??= fitOnce());
    const fitOnce = async (): Promise<Fitted> => {
      const { data, test } = await smallRows();
      return { fit: create().fit(data, createRandom(1)), data, test };
    };

    it('says what it is and which rows it is fitted on', () => {
      const { name, description, fittedOn } = create();
      expect(name).toMatch(/^[a-z0-9-]+$/);
      expect(description).not.toBe('');
      expect(fittedOn).not.toBe('');
    });

    it('predicts a finite time for each row of an experiment that it was fitted on', async () => {
      const { fit, test } = await fitted();
      for (const rows of test) {
        const p = fit.predict(rows)!;
        expect(p).toHaveLength(rows.y.length);
        expect(p.every(Number.isFinite)).toBe(true);
      }
      expect(Number.isInteger(fit.parameters)).toBe(true);
    });

    it('predicts each row from that row alone', async () => {
      const { fit, test } = await fitted();
      for (const rows of test) {
        const whole = fit.predict(rows)!;
        const some = Array.from(rows.y, (_, row) => row).filter((row) => row % 3 === 1);
        const part = fit.predict({ ...rows, steps: gatherSteps(rows.steps, some) })!;
        expect([...part]).toEqual(some.map((row) => whole[row]));
      }
    });

    it('gives the same bits for the same rows and stream, and changes nothing that it was given', async () => {
      const { data, test } = await smallRows();
      const before = { train: copy(data.train), valid: copy(data.valid), test: copy(test) };
      const [a, b] = [create().fit(data, createRandom(4)), create().fit(data, createRandom(4))];
      for (const rows of test) expect(a.predict(rows)).toEqual(b.predict(rows));
      expect({ train: data.train, valid: data.valid, test }).toEqual(before);
    });

    it('is fitted on training rows: without validation rows it is the same, unless it says that they choose', async () => {
      const { fit, data, test } = await fitted();
      const blind = create().fit({ ...data, valid: [] }, createRandom(1));
      const same = test.every((rows) => {
        const p = blind.predict(rows)!;
        expect(p).toHaveLength(rows.y.length);
        return fit.predict(rows)!.every((value, row) => value === p[row]);
      });
      expect(same || create().fittedOn.includes('valid')).toBe(true);
    });
  });
}
