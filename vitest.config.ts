import { defineConfig } from 'vitest/config';
import type { ViteUserConfig } from 'vitest/config';

const config: ViteUserConfig = defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    pool: 'forks',
    // Many tests wait for processes of their own, so that one worker would leave a processor idle.
    maxWorkers: '100%',
    testTimeout: 60_000,
    // What the tests run in processes of their own (the built command line, evaluation workers) is not counted.
    coverage: { provider: 'v8', include: ['src/**/*.ts'], reporter: ['text', 'html'], reportsDirectory: 'coverage' },
  },
});

export { config as default };
