import { fileURLToPath } from 'node:url';

/** The directory of package.json, without a trailing separator. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');
