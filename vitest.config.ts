import { availableParallelism } from 'node:os';

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/environment.ts'],
    setupFiles: ['test/seed.ts'],
    // One process per file: tests change directories, listen to signals and start programs.
    pool: 'forks',
    // Of two cores the default makes one worker; most of a test's time is spent waiting for processes and disks.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 60_000,
    hookTimeout: 60_000,
    retry: 0,
  },
});
