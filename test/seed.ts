import fc from 'fast-check';

/*
 * Properties are tried on the same values every time, so that what passed passes again; VITEST_SEED=<number> tries others. A property
 * that fails prints its seed.
 */
fc.configureGlobal({ seed: Number(process.env['VITEST_SEED'] ?? 20_261_121) });
