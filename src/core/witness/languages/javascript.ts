import type { Language } from '../language.ts';

/** JavaScript and TypeScript: Jest, Vitest, Mocha with Chai, node:test with node:assert, AVA, tap, QUnit, Jasmine, Playwright, Cypress, Deno, Bun. */
export const javascript: Language = {
  name: 'javascript',
  extensions: ['js', 'mjs', 'cjs', 'jsx', 'ts', 'mts', 'cts', 'tsx', 'vue', 'svelte'],
  syntax: {
    line: ['//'],
    block: [['/*', '*/']],
    strings: [
      { open: '"', close: '"' },
      { open: "'", close: "'" },
      { open: '`', close: '`', multi: true },
    ],
    regex: true,
  },
  tests: [
    {
      pattern: /(?<![\w.$])(?:[xf]?(?:it|test|specify)|Deno\.test|QUnit\.test|tap\.test|t\.test|bench)\b(?=\s*[.(`])/g,
      extent: 'call',
    },
    { pattern: /(?<![\w.$])[xf]?(?:describe|context|suite)\b(?=\s*[.(])/g, extent: 'call', group: true },
  ],
  skipped: [
    /^x(?:it|test|specify|describe|context|suite)\b/,
    /\.(?:skip|todo|failing|fails|fixme|skipIf|runIf)\b/,
    /[{,]\s*(?:skip|todo|ignore)\s*:\s*(?!false\b)/,
  ],
  leaves: [/\b(?:t|ctx|context|this|test|it)\.(?:skip|todo|fixme|pending)\s*\(/, /(?<![\w.])pending\s*\(/],
  singled: [/^f(?:it|test|describe|context)\b/, /\.only\b/, /[{,]\s*only\s*:\s*true/],
  chains: [/(?<![\w$])(?:expect|expectTypeOf|assertType|should|cy)(?=\s*[.(<])/g, /(?<=\.)should(?=[.(])/g],
  calls: [
    /(?<![\w.$])assert(?:\.\w+)*(?=\s*\()/g,
    /(?<![\w.$])(?:t|tap|assertions|qunit|is)\.(?!test|skip|todo|plan|teardown|after|before|context|log|comment|timeout|end|mock)\w+(?=\s*\()/g,
    /(?<![\w.$])assert[A-Z]\w*(?=\s*\()/g,
    /(?<![\w.$])(?:strictEqual|deepStrictEqual|deepEqual|notStrictEqual|rejects|throws|ok|equal)(?=\s*\()/g,
  ],
  statements: [],
  failures: [
    /(?<![\w.$])throw\b/g,
    /(?<![\w.$])process\.exit\s*\(\s*[1-9]/g,
    /(?<![\w.$])process\.exitCode\s*=\s*[1-9]/g,
    /(?<![\w.$])Deno\.exit\s*\(\s*[1-9]/g,
    /(?<![\w.$])done\.fail\s*\(/g,
  ],
  mocks: [
    /(?<![\w.$])(?:jest|vi)\.(?:mock|doMock|unstable_mockModule|setMock)\s*\(\s*(?:import\s*\(\s*)?['"`]([^'"`]+)/g,
    /(?<![\w.$])(?:mock|td)\.(?:module|replace|replaceEsm)\s*\(\s*['"`]([^'"`]+)/g,
    /(?<![\w.$])(?:proxyquire|rewiremock|mockery\.registerMock|mockRequire)\s*\(\s*['"`]([^'"`]+)/g,
    /(?<![\w.$])(?:jest|vi|sinon|mock)\.(?:spyOn|stub|method)\s*\(\s*([\w.$]+)\s*,\s*['"`](\w+)['"`]\s*\)?\s*(?:,|\.(?:mock|returns|resolves|callsFake))/g,
  ],
  catches: [/\bcatch\s*(?:\([^)]*\))?\s*\{/g, /\.catch\s*\(/g],
  rigged: [
    /\bNODE_ENV\b['"\])?]*\s*[!=]==?\s*['"`]test/,
    /['"`]test(?:ing)?['"`]\s*[!=]==?\s*(?:process|globalThis|import)[\w.?[\]'"]*NODE_ENV/,
    /\b(?:JEST_WORKER_ID|VITEST(?:_\w+)?|MOCHA_\w+|NODE_TEST_CONTEXT|PLAYWRIGHT_\w+|CYPRESS|npm_lifecycle_event|TEST_WORKER_INDEX)\b/,
    /\bimport\.meta\.(?:vitest|jest)\b/,
    /\b(?:typeof\s+|globalThis\.|global\.|window\.)(?:jest|vi|describe|it|expect|mocha|jasmine|Cypress)\b/,
    /process\.(?:argv|execArgv|mainModule|title)\b[^;\n]{0,80}(?:test|jest|mocha|vitest|spec)/i,
    /\.stack\b[^;\n]{0,80}(?:test|jest|mocha|vitest|spec)/i,
    /require\.main\b[^;\n]{0,80}(?:test|jest|mocha|vitest|spec)/i,
  ],
  stubs: [/throw\s+(?:new\s+)?\w*Error\w*\s*\(\s*['"`][^'"`]*(?:not (?:yet )?implement|unimplement|todo)/i],
  subversive: [
    /(?<![\w.$])process\.(?:exit|reallyExit)\s*\(\s*0?\s*\)/,
    /(?<![\w.$])process\.exitCode\s*=\s*0/,
    /(?<![\w.$])(?:globalThis|global|window|self)\s*(?:\.|\[['"`])(?:expect|it|test|describe|assert)\b['"`\]]*\s*=(?!=)/,
    /(?<![\w.$])(?:assert|expect|chai|Assertion\.prototype|strict)\.(?:\w+\.)*\w+\s*=(?!=)/,
    /expect\.extend\s*\(\s*\{[^}]*\b(?:toBe|toEqual|toStrictEqual|toThrow|toContain|toMatchObject)\b/,
    /(?:Module\._load|Module\._resolveFilename|require\.cache\[)/,
    /process\.on\s*\(\s*['"`](?:exit|beforeExit|uncaughtException|unhandledRejection)['"`]/,
  ],
};
