import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import type { ViteUserConfig } from 'vitest/config';

/** Replaces modules, which others must not see. */
const APART = ['tests/search/checked-program.test.ts'];

/** Evaluation processes run the build, as the tests of the command line do. */
const BUILT_WORKER = {
  find: /^\.\/worker-program\.ts$/,
  replacement: fileURLToPath(new URL('tests/built-worker.ts', import.meta.url)),
};

/** So do processes of a queue's jobs. */
const BUILT_JOBS = {
  find: /^\.\/job-programs\.ts$/,
  replacement: fileURLToPath(new URL('tests/built-jobs.ts', import.meta.url)),
};

const config: ViteUserConfig = defineConfig({
  resolve: { alias: [BUILT_WORKER, BUILT_JOBS] },
  test: {
    pool: 'forks',
    // Many tests wait for processes of their own, so that one worker would leave a processor idle.
    maxWorkers: '100%',
    testTimeout: 60_000,
    // Files share the modules that they import, which is a sixth of the time.
    projects: [
      { extends: true, test: { name: 'shared', isolate: false, include: ['tests/**/*.test.ts'], exclude: APART } },
      { extends: true, test: { name: 'apart', include: APART } },
    ],
    // What the tests run in processes of their own (the built command line, evaluation workers) is not counted.
    coverage: { provider: 'v8', include: ['src/**/*.ts'], reporter: ['text', 'html'], reportsDirectory: 'coverage' },
  },
});

export { config as default };
