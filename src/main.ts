import { VERSION } from './core/base/version.ts';

console.log(`masterplan ${VERSION}`);
