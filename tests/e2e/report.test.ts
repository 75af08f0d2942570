import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { folderForAll, temporaryFolder } from '../temporary-folder.ts';
import { CHROMIUM, IS_SKIPPED, openPage } from './chromium.ts';
import { evolve, evolveJson } from './evolve.ts';
import { startEvolve, stdoutUnder } from './processes.ts';
import { saveSmallData } from './small-data.ts';

const HOSTILE = '<script>window.broken = 1</script><img src=x onerror="window.broken = 2">';
// Smaller than the seed programs, so that the front keeps it for a generation.
const KEPT = `program: abcdef01
source: |
  /** ${HOSTILE} */
  export const constants = { base: 9000 };
  export function predictStepTime(batch, c) {
    return c.base + batch.weightsUs;
  }
`;

interface Shown {
  readonly id: string;
  readonly error: number;
  readonly validationError: number;
  readonly mape: number;
  readonly operations: number;
  readonly constantsByGroup: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly validationExperiments: readonly { readonly id: string; readonly mape: number; readonly e2eError: number }[];
}

interface Written {
  readonly file: string;
  readonly bytes: number;
  readonly programs: readonly string[];
}

const folder = folderForAll();
const DATA = ['--data', join(folder, 'small')];
const SHORT = '--generations 3 --children 4 --seed 3 --no-closed-loop --scope global --jobs 1'.split(' ');
let front: readonly Shown[];
let written: Written;

const RUN = 'runs/reviewed';

beforeAll(async () => {
  await saveSmallData(folder);
  mkdirSync(join(folder, 'kept'));
  writeFileSync(join(folder, 'kept/abcdef01.yaml'), KEPT);
  evolveJson(folder, 'run', ...DATA, ...SHORT, '--out', RUN);
  front = evolveJson<readonly Shown[]>(folder, 'frontier');
  written = evolveJson<Written>(folder, 'report');
}, 180_000);

describe('evolve report', () => {
  it('writes one file below 2 MB that names no other', () => {
    const { file, bytes, programs } = written;
    expect(file).toBe(join(RUN, 'report.html'));
    expect(statSync(join(folder, file)).size).toBe(bytes);
    expect(bytes).toBeLessThan(2_000_000);
    expect(programs).toEqual(front.map(({ id }) => id));
    const html = readFileSync(join(folder, file), 'utf8');
    expect(html).not.toMatch(/<(?:link|script|img|iframe)[^>]+(?:src|href)="(?!data:)/);
    expect(html).not.toContain('@import');
  });

  describe.skipIf(IS_SKIPPED)('in a browser (skipped where no Chromium is on the path)', () => {
    const open = async (width: number, colorScheme: 'light' | 'dark' = 'light') => {
      const page = await openPage({ width, colorScheme });
      await page.goto(pathToFileURL(join(folder, RUN, 'report.html')).href);
      return page;
    };

    it('shows the program that is clicked, with the figures of the command line', { timeout: 60_000 }, async () => {
      const page = await open(1280);
      const chosen = [front[0]!, front[Math.floor(front.length / 2)]!, front.at(-1)!];
      for (const { id } of chosen) {
        await page.click(`.front table a[href="#p-${id}"]`);
        const shown = await page.$$eval('section[data-program]:not([hidden])', (panels) =>
          panels.map((panel) => panel.getAttribute('data-program')),
        );
        expect(shown).toEqual([id]);
        await expectFigures(page, evolveJson<Shown>(folder, 'show', id));
      }
      expect(page.complaints).toEqual([]);
    });

    it('can be used by keyboard: a dot of the plot is a link', async () => {
      const page = await open(1280);
      const { id } = front[0]!;
      await page.focus(`.front .wide .plot a[href="#p-${id}"]`);
      expect(await page.textContent('.readout')).toContain(id);
      await page.keyboard.press('Enter');
      expect(await page.isVisible(`#p-${id}`)).toBe(true);
      expect(await page.evaluate('document.activeElement.id')).toBe(`h-${id}`);
      expect(await page.getAttribute(`.front table a[href="#p-${id}"]`, 'aria-current')).toBe('true');
    });

    it('opens at the program that its address names', async () => {
      const page = await openPage({ width: 1280 });
      const { id } = front[0]!;
      await page.goto(`${pathToFileURL(join(folder, RUN, 'report.html')).href}#p-${id}`);
      expect(await page.isVisible(`#p-${id}`)).toBe(true);
    });

    it('shows markup in a rationale as text', { timeout: 60_000 }, async () => {
      const one = '--generations 1 --children 1 --drafts 1 --no-closed-loop --scope global --jobs 1'.split(' ');
      evolveJson(folder, 'run', ...DATA, ...one, '--seed-from', 'kept', '--out', 'hostile');
      evolveJson(folder, 'report', 'hostile');
      const page = await openPage({ width: 1280, colorScheme: 'light' });
      await page.goto(pathToFileURL(join(folder, 'hostile', 'report.html')).href);
      const text = await page.textContent('main');
      expect(text).toContain(HOSTILE);
      expect(await page.$$('main script, main img')).toHaveLength(0);
      expect(await page.evaluate('window.broken')).toBeUndefined();
      expect(page.complaints).toEqual([]);
    });

    it.each([
      [1280, 'light'],
      [1280, 'dark'],
      [400, 'light'],
      [400, 'dark'],
    ] as const)('fits %d px, %s', { timeout: 60_000 }, async (width, colorScheme) => {
      const page = await open(width, colorScheme);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      const image = await page.screenshot({ fullPage: true });
      expect(image.length).toBeGreaterThan(50_000);
      const target = process.env['EVOLVE_SCREENSHOTS'];
      if (target !== undefined) writeFileSync(join(target, `report-${width}-${colorScheme}.png`), image);
      for (const text of await page.$$('.plot:visible text')) {
        const box = await text.boundingBox();
        if (box !== null) expect(box.x + box.width).toBeLessThanOrEqual(width + 1);
      }
    });
  });
});

describe.skipIf(IS_SKIPPED)('evolve run --ui (skipped where no Chromium is on the path)', () => {
  it('keeps the selection while the page updates, and never reloads it', { timeout: 120_000 }, async () => {
    const place = temporaryFolder();
    const args = ['--generations', '100000', '--children', '4', '--seed', '3', '--scope', 'global', '--jobs', '1'];
    const run = startEvolve(place, 'run', ...DATA, ...args, '--ui', '--out', 'live');
    const url = await run.seen(/http:\/\/127\.0\.0\.1:\d+\/runs\/live/);
    await run.seen(/generation 0\//);
    const page = await openPage({ width: 1280 });
    const response = await page.goto(url);
    const policy = response?.headers()['content-security-policy'] ?? '';
    expect(policy).toMatch(/script-src 'sha256-[^']+';/);
    expect(policy).not.toContain('unsafe');
    await page.evaluate('window.untouched = true');
    const first = (await page.getAttribute('section[data-program]', 'data-program'))!;
    await page.click(`.front table a[href="#p-${first}"]`);
    const before = await page.textContent('#live');
    const statusIs = async (test: (text: string) => boolean): Promise<void> => {
      while (!test((await page.textContent('#live')) ?? '')) await page.waitForTimeout(200);
    };
    await statusIs((text) => text !== before);
    const later = await page.textContent('#live');
    await statusIs((text) => text !== later);
    expect(await page.isVisible(`#p-${first}`)).toBe(true);
    run.stop();
    await statusIs((text) => text.startsWith('Stopped'));
    expect(await run.ended()).toBe(130);
    expect(await page.isVisible(`#p-${first}`)).toBe(true);
    expect(await page.evaluate('window.untouched')).toBe(true);
    const shown = JSON.parse((await page.textContent('#data'))!) as {
      readonly frontier: readonly { readonly id: string }[];
    };
    const atEnd = evolveJson<readonly Shown[]>(place, 'frontier', 'live');
    expect(shown.frontier.map(({ id }) => id)).toEqual(atEnd.map(({ id }) => id));
    expect(page.complaints.filter((text) => !text.includes('ERR_'))).toEqual([]);
  });
});

describe('evolve ui', () => {
  it('lists the runs, serves their pages on this machine alone, and refuses other names', async () => {
    const server = startEvolve(folder, 'ui');
    const url = await server.seen(/http:\/\/127\.0\.0\.1:\d+/);
    const list = await fetch(`${url}/`);
    expect(await list.text()).toContain('href="/runs/reviewed"');
    const page = await fetch(`${url}/runs/reviewed`);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await page.text()).toContain(front[0]!.id);
    expect((await fetch(`${url}/runs/none`)).status).toBe(404);
    expect((await fetch(`${url}/runs/..%2F..%2Fetc`)).status).toBe(404);
    for (const host of ['evil.example', 'localhost.evil.example']) {
      expect((await requestAs(url, host)).status).toBe(403);
    }
    for (const host of ['LOCALHOST:8787', 'localhost.', '127.0.0.1', '[::1]:80']) {
      expect((await requestAs(url, host)).status).toBe(200);
    }
    server.stop();
    expect(await server.ended()).toBe(130);
  });
});

describe('the terminal', () => {
  it('has no colour where it is no terminal, and fits 80 columns', () => {
    for (const environment of [{}, { CI: 'true' }, { FORCE_COLOR: '1' }, { NO_COLOR: '1' }]) {
      const stdout = stdoutUnder(environment, folder, 'frontier');
      expect(stdout).not.toContain('\u001b');
      for (const line of stdout.split('\n').slice(1)) expect(Array.from(line).length).toBeLessThanOrEqual(80);
      expect(stdout).toMatch(/^\*K? /m);
    }
  });

  it('prints tables as comma-separated values', () => {
    const { stdout } = evolve(folder, 'frontier', '--csv');
    const lines = stdout.trim().split('\n');
    expect(lines[0]).toMatch(/^program,pick,knee,operations,/);
    expect(lines.slice(1).map((line) => line.split(',')[0])).toEqual(front.map(({ id }) => id));
    expect(lines.filter((line) => line.split(',')[1] === '1')).toHaveLength(1);
    expect(evolve(folder, 'show', '--csv').stdout).toMatch(/^experiment,split,rows,mape/);
    expect(evolve(folder, 'frontier', '--csv', '--json').code).toBe(2);
  });

  it('shows a program, its ancestry, and how two differ', () => {
    const { id } = front.at(-1)!;
    expect(evolve(folder, 'show', id).stdout).toMatch(/end-to-end error, validation rows, %\n[─]+\n.*█/);
    const steps = evolveJson<readonly { id: string; operator: string }[]>(folder, 'lineage', id);
    expect(steps[0]!.operator).toBe('seed');
    expect(steps.at(-1)!.id).toBe(id);
    expect(evolve(folder, 'lineage', id).stdout).toContain(`${steps.length}. ${id}`);
    const other = front[0]!.id;
    expect(evolve(folder, 'diff', id, other).stdout).toMatch(new RegExp(`${id} +${other} +change`));
    expect(evolveJson<{ a: Shown; b: Shown }>(folder, 'diff', id, other)).toMatchObject({
      a: { id },
      b: { id: other },
    });
  });
});

describe('the hall of fame', () => {
  it('keeps a program and starts a run from it, scored anew', { timeout: 120_000 }, () => {
    const place = temporaryFolder();
    const { id, error } = front.at(-1)!;
    const run = join(folder, RUN);
    const { file } = evolveJson<{ file: string }>(place, 'keep', run, id, '--note', 'the best of three generations');
    expect(readdirSync(join(place, 'archive'))).toEqual([`${id}.yaml`]);
    const path = join(place, file);
    const text = readFileSync(path, 'utf8');
    expect(text).toContain('note: the best of three generations');
    expect(text).toContain('export function predictStepTime');
    expect(evolve(place, 'keep', run, id).stderr).toMatch(/kept already.*--replace/);
    expect(evolve(place, 'keep', run, id, '--replace').code).toBe(0);

    // Figures in the file are not believed.
    writeFileSync(path, text.replace(/error: [\d.e-]+/, 'error: 0'));
    const one = ['--generations', '1', '--children', '1', '--seed', '3', '--scope', 'global', '--jobs', '1'];
    evolveJson(place, 'run', ...DATA, ...one, '--seed-from', 'archive', '--out', 'again');
    const seeded = evolveJson<Shown & { operator: string }>(place, 'show', 'again', id);
    expect(seeded.operator).toBe(`seed:kept-${id}`);
    expect(Math.abs(seeded.error / error - 1)).toBeLessThan(0.05);
  });

  it.each([
    ['no such folder', 'nowhere', /nowhere: no such folder/],
    ['a folder without kept programs', 'empty', /empty: no kept program/],
    ['a file that is no YAML', 'broken', /broken.ff\.yaml: not YAML/],
    ['a file without a source', 'bare', /bare.ff\.yaml: source/],
    ['a source that is no program', 'foreign', /seed kept-ff: /],
  ])('refuses %s', (_, name, words) => {
    const place = temporaryFolder();
    for (const [directory, content] of [
      ['empty', undefined],
      ['broken', 'a: [1\nb: }'],
      ['bare', 'program: ff\n'],
      ['foreign', 'program: ff\nsource: "process.exit(0)"\n'],
    ] as const) {
      mkdirSync(join(place, directory));
      if (content !== undefined) writeFileSync(join(place, directory, 'ff.yaml'), content);
    }
    const outcome = evolve(place, 'run', '--seed-from', name);
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toMatch(words);
    expect(outcome.stderr.trim().split('\n')).toHaveLength(1);
    expect(existsSync(join(place, 'runs'))).toBe(false);
  });
});

/** What the page shows of a program equals what `evolve show --json` prints. */
async function expectFigures(page: Page, shown: Shown): Promise<void> {
  const panel = page.locator(`#p-${shown.id}`);
  const valueAfter = async (name: string): Promise<number> =>
    Number(await panel.locator(`dt:text-is("${name}") + dd data`).getAttribute('value'));
  expect(await valueAfter('error, training rows')).toBe(shown.error);
  expect(await valueAfter('error, validation rows')).toBe(shown.validationError);
  expect(await valueAfter('operations')).toBe(shown.operations);
  const valuesOf = (caption: string): Promise<string[]> =>
    panel
      .locator(`table:has(caption:has-text("${caption}")) td data`)
      .evaluateAll((cells) => cells.map((cell) => cell.getAttribute('value') ?? ''));
  const constants = (await valuesOf('By group of experiments, with standard errors')).map(Number);
  expect(constants).toEqual(Object.values(shown.constantsByGroup['all'] ?? {}));
  const errors = (await valuesOf('This program on validation rows')).map(Number);
  for (const { mape, e2eError } of shown.validationExperiments)
    expect(errors).toEqual(expect.arrayContaining([mape, e2eError]));
}

async function requestAs(url: string, host: string): Promise<{ readonly status: number }> {
  const { request } = await import('node:http');
  return new Promise((done, fail) => {
    request(url, { headers: { host } }, (response) => {
      response.resume();
      done({ status: response.statusCode ?? 0 });
    })
      .on('error', fail)
      .end();
  });
}

describe.runIf(process.env['CI'])('the browser', () => {
  it('is there in CI', () => {
    expect(CHROMIUM).toBeDefined();
  });
});
