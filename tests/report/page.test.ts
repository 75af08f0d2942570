import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { lineageOf, loadPage, programDocument, readHistory, ReportCollector } from '../../src/report/index.ts';
import { createRun, findProgram, frontEntries, readState, type Run } from '../../src/run/index.ts';
import { toyConfig } from '../run/toy-run.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { program, toyRun } from './sample.ts';

const HOSTILE = '<script>window.broken = 1</script><img src=x onerror="window.broken = 2">';

async function pageOf(run: Run): Promise<{ readonly html: string; readonly policy: string }> {
  return (await loadPage())(new ReportCollector({ run }).collect());
}

describe('the history of a run', () => {
  it('counts what the state counts', async () => {
    const run = await toyRun();
    const { state } = readState(run);
    const history = readHistory(run);
    expect(history.programs.size).toBe(state.counts.evaluated);
    expect(Object.fromEntries(history.rejections.map(({ reason, count }) => [reason, count]))).toEqual(
      state.counts.rejected,
    );
    const byOperators = history.operators.reduce((sum, { proposed }) => sum + proposed, 0);
    expect(byOperators + run.config.seeds.length).toBe(state.counts.proposed);
    expect(history.generations.map(({ generation }) => generation)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    const best = Math.min(...state.archive.front.map(({ evaluation }) => evaluation.error));
    expect(history.generations.at(-1)!.error).toBe(best);
    expect(history.improvements.at(-1)!.error).toBe(best);
  });

  it('leads from a seed to each program of the front', async () => {
    const run = await toyRun();
    const history = readHistory(run);
    for (const { id, origin } of readState(run).state.archive.front) {
      const steps = lineageOf(history, id);
      expect(steps[0]!.operator).toBe('seed');
      expect(steps.at(-1)).toMatchObject({ id, parents: origin.parents });
      for (const [i, step] of steps.slice(1).entries()) expect(step.parents[0]).toBe(steps[i]!.id);
    }
    expect(lineageOf(history, 'ffffffff')).toEqual([]);
  });
});

describe('the page of a run', () => {
  it('shows the figures that the command line prints', async () => {
    const run = await toyRun();
    const { state } = readState(run);
    const { document } = parseHTML((await pageOf(run)).html);
    const embedded = JSON.parse(document.querySelector('#data')!.textContent) as {
      frontier: object[];
      programs: Record<string, object>;
    };
    const entries = frontEntries(state);
    expect(entries).toMatchObject(embedded.frontier);
    expect(Object.keys(embedded.frontier[0]!)).toEqual(Object.keys(entries[0]!).filter((name) => name !== 'source'));
    for (const entry of entries) {
      const details = JSON.parse(
        JSON.stringify(programDocument(findProgram(run, state, entry.id), run.config)),
      ) as object;
      expect(details).toMatchObject(embedded.programs[entry.id]!);

      const row = document.querySelector(`.front tbody a[href="#p-${entry.id}"]`)!.closest('tr')!;
      const shown = [...row.querySelectorAll('data')].map((cell) => Number(cell.getAttribute('value')));
      const { operations, features, constants, error, validationError, mape } = entry;
      expect(shown).toEqual([operations, features, constants, error, validationError, mape]);
    }
  });

  it('holds one panel for each program of the front, the pick shown', async () => {
    const run = await toyRun();
    const data = new ReportCollector({ run }).collect();
    const { document } = parseHTML((await loadPage())(data).html);
    const panels = [...document.querySelectorAll('section[data-program]')];
    expect(panels.map((panel) => panel.getAttribute('data-program'))).toEqual(data.front.map(({ id }) => id));
    expect(panels.filter((panel) => !panel.hasAttribute('hidden')).map((panel) => panel.id)).toEqual([
      `p-${data.pick}`,
    ]);
  });

  it('escapes what a model wrote', async () => {
    const hostile = {
      name: HOSTILE,
      program: program(
        `/** ${HOSTILE} */\nexport const constants = { a: 300 };\nexport function predictStepTime(batch, c) {\n  return c.a + batch.memoryUs;\n}`,
      ),
    };
    const run = await toyRun({ generations: 1 }, [hostile]);
    const { html } = await pageOf(run);
    const { document } = parseHTML(html);
    expect([...document.querySelectorAll('script')]).toHaveLength(2);
    expect(document.querySelector('img')).toBeNull();
    expect(html).toContain('&lt;script&gt;window.broken');
    expect(document.querySelector('main')!.textContent).toContain(HOSTILE);
    expect(document.querySelector('main')!.textContent).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('carries a policy that allows its own style and script by hash, and nothing else', async () => {
    const { html, policy } = await pageOf(await toyRun({ generations: 1 }));
    const { document } = parseHTML(html);
    const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    expect(policy).toContain(`style-src ${hash(/<style>([\s\S]*?)<\/style>/.exec(html)![1]!)}`);
    expect(policy).toContain(`script-src ${hash(/<script>([\s\S]*?)<\/script>/.exec(html)![1]!)}`);
    expect(policy).not.toContain('unsafe');
    expect(document.querySelector('meta[http-equiv]')!.getAttribute('content')).toBe(policy);
    expect(html.match(/<style/g)).toHaveLength(1);
    expect(html).not.toMatch(/ style=| on\w+=|https?:\/\/(?!www\.w3\.org)/);
  });

  it('shows the beginning and the end of a long ancestry', async () => {
    const data = new ReportCollector({ run: await toyRun({ generations: 1 }) }).collect();
    const step = { ...data.programs[0]!.lineage[0]!, change: [] };
    const lineage = Array.from({ length: 40 }, (_, at) => ({ ...step, id: `step${at + 1}` }));
    const programs = data.programs.map((entry) => ({ ...entry, lineage }));
    const { document } = parseHTML((await loadPage())({ ...data, programs }).html);
    const items = [...document.querySelectorAll('section[data-program]:not([hidden]) .lineage > li')];
    expect(items.map((item) => item.getAttribute('value'))).toEqual([
      '1',
      null,
      ...Array.from({ length: 13 }, (_, at) => String(28 + at)),
    ]);
    expect(items[1]!.textContent).toMatch(/^26 steps are left out; evolve lineage /);
    expect(items.at(-1)!.textContent).toContain('step40');
  });

  it('stays small: beyond a size it is brief on the programs with the highest validation error', async () => {
    const data = new ReportCollector({ run: await toyRun() }).collect();
    const programs = data.programs.map((entry) => ({
      ...entry,
      details: {
        ...entry.details,
        validationExperiments: Array.from({ length: 500 }, (_, at) => ({
          ...entry.details.validationExperiments[0]!,
          id: `experiment-${at}`,
        })),
      },
    }));
    const { document } = parseHTML((await loadPage())({ ...data, programs }).html);
    const isBrief = (id: string): boolean =>
      document.querySelector(`#p-${id}`)!.textContent!.includes('To keep the page small');
    const byError = data.front.toSorted((a, b) => a.validationError - b.validationError).map(({ id }) => id);
    const brief = byError.filter((id) => isBrief(id));
    expect(brief.length).toBeGreaterThan(0);
    expect(brief.length).toBeLessThan(byError.length);
    expect(isBrief(data.pick!)).toBe(false);
    expect(isBrief(byError.at(-1)!) || byError.at(-1) === data.knee).toBe(true);
  });

  it('computes a program once, however often the report is made', async () => {
    const run = await toyRun({ generations: 2 });
    const collector = new ReportCollector({ run });
    const [first, second] = [collector.collect(), collector.collect()];
    expect(second.programs[0]!.details).toBe(first.programs[0]!.details);
  });
});

describe('the page of a run without a program', () => {
  it('says so little and no more', async () => {
    const run = createRun(join(temporaryFolder(), 'fresh'), toyConfig());
    const { document } = parseHTML((await pageOf(run)).html);
    expect(document.querySelector('h1')!.textContent).toContain('fresh');
    expect(document.querySelectorAll('section[data-program]')).toHaveLength(0);
    expect(document.querySelector('main')!.textContent).not.toMatch(/NaN|undefined|Infinity/);
  });
});
