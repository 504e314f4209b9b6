import { availableParallelism } from 'node:os';

import { defineConfig } from 'vitest/config';

/** What reads and decides without a machine: its tests leave nothing behind, and may share a process and what it has loaded. */
const PURE = ['test/core/**/*.test.ts'];

export default defineConfig({
  test: {
    globalSetup: ['test/environment.ts'],
    setupFiles: ['test/seed.ts'],
    pool: 'forks',
    // Of two cores the default makes one worker; most of a test's time is spent waiting for processes and disks.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // Against what hangs, not against what is slow: a machine that does much else takes many times as long.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    retry: 0,
    projects: [
      { extends: true, test: { name: 'pure', include: PURE, isolate: false } },
      // One process per file: tests change directories, listen to signals and start programs.
      {
        extends: true,
        test: { name: 'machine', include: ['test/**/*.test.ts'], exclude: [...PURE, '**/node_modules/**'] },
      },
    ],
  },
});
