/** The version of this program: the one of package.json, which test/tidy.test.ts compares. */
export const VERSION = '0.1.0';
