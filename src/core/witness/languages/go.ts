import { C_LIKE, type Language } from '../language.ts';

/** Go: the testing package, testify, Ginkgo with Gomega, check. */
export const go: Language = {
  name: 'go',
  extensions: ['go'],
  syntax: { ...C_LIKE, strings: [...C_LIKE.strings, { open: '`', close: '`', multi: true, raw: true }] },
  tests: [
    { pattern: /^func\s+(?:\([^)]*\)\s*)?((?:Test|Fuzz|Example)\w*)\s*\(/gm, extent: 'braces' },
    { pattern: /(?<![\w.])(?:t|tt|suite|s|b)\.Run\b(?=\s*\(\s*["`])/g, extent: 'call' },
    { pattern: /(?<![\w.])[XFP]?(?:It|Specify|Entry)\b(?=\s*\(\s*")/g, extent: 'call' },
    { pattern: /(?<![\w.])[XFP]?(?:Describe|Context|When|DescribeTable)\b(?=\s*\(\s*")/g, extent: 'call', group: true },
  ],
  skipped: [/^[XP](?:It|Specify|Describe|Context|When|Entry)\b/],
  leaves: [
    /(?<![\w.])(?:t|tt|b|s\.T\(\)|suite\.T\(\))\.(?:Skip|Skipf|SkipNow)\s*\(/,
    /(?<![\w.])(?:Skip|Pending)\s*\(/,
  ],
  singled: [/^F(?:It|Specify|Describe|Context|When|Entry)\b/],
  chains: [/(?<![\w.])(?:Expect|Eventually|Consistently|Ω|expect)(?=\()/g, /(?<![\w.])g\.(?:Expect|Eventually)(?=\()/g],
  calls: [
    /(?<![\w.])(?:assert|require|is|qt|td|cmp|suite|s|r|a|must)\.(?:[A-Z]\w*)(?=\()/g,
    /(?<![\w.])(?:assert|require)[A-Z]\w*(?=\()/g,
    /(?<![\w.])(?:check|must|verify|expect|want|equals?)[A-Z]?\w*(?=\(\s*t\s*,)/g,
  ],
  statements: [],
  failures: [
    /(?<![\w.])(?:t|tt|b|tb|f|s\.T\(\)|suite\.T\(\))\.(?:Error|Errorf|Fatal|Fatalf|Fail|FailNow)\s*\(/g,
    /(?<![\w.])panic\s*\(/g,
    /(?<![\w.])os\.Exit\s*\(\s*[1-9]/g,
    /(?<![\w.])log\.Fatal\w*\s*\(/g,
  ],
  mocks: [],
  catches: [/\brecover\s*\(\s*\)/g],
  rigged: [
    /\btesting\.Testing\s*\(\s*\)/,
    /flag\.Lookup\s*\(\s*"test\./,
    /os\.Args\b[^\n]{0,80}test/,
    /runtime\.Caller(?:s|sFrames)?\s*\(/,
    /os\.(?:Getenv|LookupEnv)\s*\(\s*"(?:GO_TEST\w*|TESTING|TEST_MODE|IS_TEST|UNIT_TEST\w*)"/,
    /debug\.(?:Stack|PrintStack)\s*\(/,
  ],
  stubs: [
    /panic\s*\(\s*"[^"]*(?:not (?:yet )?implement|unimplement|todo)/i,
    /errors\.New\s*\(\s*"[^"]*(?:not (?:yet )?implement|unimplement)/i,
  ],
  subversive: [/(?<![\w.])os\.Exit\s*\(\s*0\s*\)/, /func\s+TestMain\s*\((?:(?!\.Run\(\))[^])*$/],
};
