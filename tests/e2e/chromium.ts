import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** The browser on the path, if there is one. */
export const CHROMIUM: string | undefined = (process.env['PATH'] ?? '')
  .split(delimiter)
  .flatMap((folder) => NAMES.map((name) => join(folder, name)))
  .find((file) => existsSync(file));

/** Browser tests are skipped where there is no browser, but not where CI installs one. */
export const IS_SKIPPED: boolean = CHROMIUM === undefined && !process.env['CI'];

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface PageView {
  readonly width: number;
  readonly colorScheme?: 'light' | 'dark';
}

/** What a page has complained of: script errors, and what its policy refused. */
export interface Complaints {
  readonly complaints: readonly string[];
}

/** A fresh page in a browser of its own profile; both are gone when the test is over. */
export async function openPage({ width, colorScheme = 'light' }: PageView): Promise<Page & Complaints> {
  const profile = mkdtempSync(join(tmpdir(), 'evolve-browser-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: CHROMIUM ?? 'chromium: none on the path',
    args: FLAGS,
    viewport: { width, height: 900 },
    colorScheme,
  });
  const browser: Browser | null = context.browser();
  onTestFinished(async () => {
    await context.close();
    await browser?.close();
    rmSync(profile, { recursive: true, force: true });
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  return Object.assign(page, { complaints });
}
