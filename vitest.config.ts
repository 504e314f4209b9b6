import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/environment.ts'],
    setupFiles: ['test/seed.ts'],
    // One process per file: tests change directories, listen to signals and start programs.
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    retry: 0,
  },
});
