import type { Syntax } from './mask.ts';

/** How one form of test is declared. */
export interface TestForm {
  /** Global. Group 1, where there is one, is the name; the match begins the declaration. */
  readonly pattern: RegExp;
  /** Where it ends: with the call that it is, with the braces that follow, with its indentation, or with an `end`. */
  readonly extent: 'call' | 'braces' | 'indent' | 'end';
  /** What must stand in the declaration or in the lines of attributes before it. */
  readonly header?: RegExp;
  /** It holds tests and is none. */
  readonly group?: boolean;
}

/** How a language, with its test frameworks, writes what the witness looks for. All patterns are applied to code without comments. */
export interface Language {
  readonly name: string;
  readonly extensions: readonly string[];
  readonly syntax: Syntax;
  readonly tests: readonly TestForm[];
  /** Tests are looked for in every file, because they stand beside what they test. */
  readonly inline?: boolean;
  /** In the declaration of a test, or of a group: it does not run. */
  readonly skipped: readonly RegExp[];
  /** In the body of a test: it ends before it asserted anything. */
  readonly leaves: readonly RegExp[];
  /** In the declaration: only this one runs. */
  readonly singled: readonly RegExp[];
  /** Heads of assertions that are chains: `expect(`. Global; the match ends where the chain begins with its last name. */
  readonly chains: readonly RegExp[];
  /** Heads of assertions that are one call, with or without brackets: `assertEquals`. Global; the match is the name. */
  readonly calls: readonly RegExp[];
  /** Heads of assertions that are statements: `assert x == y`. Global. */
  readonly statements: readonly RegExp[];
  /** What fails a test or a program by itself, when the condition that it stands under holds. Global. */
  readonly failures: readonly RegExp[];
  /** A call without brackets takes the rest of the line. */
  readonly commands?: boolean;
  /** Stand-ins for other code; group 1 or 2 names what is replaced. Global. */
  readonly mocks: readonly RegExp[];
  /** Errors are caught here; what follows must fail or throw to count. */
  readonly catches: readonly RegExp[];
  /** Source that looks whether it is being tested. */
  readonly rigged: readonly RegExp[];
  /** Work that was not done. */
  readonly stubs: readonly RegExp[];
  /** Ends the program as if all were well, or changes what asserting means. */
  readonly subversive: readonly RegExp[];
}

export const NONE: readonly RegExp[] = [];

/** Comments and strings of languages that descend from C. */
export const C_LIKE: Syntax = {
  line: ['//'],
  block: [['/*', '*/']],
  strings: [
    { open: '"', close: '"' },
    { open: "'", close: "'", single: true },
  ],
};
