import { C_LIKE, type Language } from '../language.ts';

/** Swift and Objective-C: XCTest, Swift Testing, Quick with Nimble. */
export const swift: Language = {
  name: 'swift',
  extensions: ['swift'],
  syntax: {
    ...C_LIKE,
    strings: [
      { open: '"""', close: '"""', multi: true },
      { open: '"', close: '"' },
    ],
  },
  tests: [
    {
      pattern:
        /^[ \t]*(?:@\w+(?:\([^\n]*\))?\s+)*(?:(?:public|private|internal|final|override|static|mutating)\s+)*func\s+(test\w+)\s*\(/gm,
      extent: 'braces',
    },
    {
      pattern:
        /^[ \t]*@Test\b[^\n]*\n?\s*(?:(?:public|private|internal|final|static|mutating)\s+)*func\s+(`[^`]+`|\w+)\s*\(/gm,
      extent: 'braces',
    },
    { pattern: /(?<![\w.])[xf]?it\s*(?=\(\s*")/g, extent: 'braces' },
    {
      pattern: /^[ \t]*(?:@\w+(?:\([^\n]*\))?\s+)*(?:(?:public|internal|final)\s+)*(?:class|struct)\s+(\w*Tests?)\b/gm,
      extent: 'braces',
      group: true,
    },
  ],
  skipped: [
    /\.disabled\s*\(|\.enabled\s*\(\s*if:/,
    /^\s*xit\b/,
    /@available\s*\(\s*\*\s*,\s*(?:unavailable|deprecated)/,
  ],
  leaves: [/throw\s+XCTSkip\b/, /XCTSkip(?:If|Unless)\s*\(/, /XCTExpectFailure\s*\(/, /withKnownIssue\b/],
  singled: [/^\s*fit\b/],
  chains: [/(?<![\w.])expect(?=\()/g],
  calls: [
    /(?<![\w.])XCT(?:Assert\w*|Unwrap|Fail)(?=\s*\()/g,
    /#(?:expect|require)(?=\s*\()/g,
    /(?<![\w.])Issue\.record(?=\()/g,
  ],
  statements: [],
  failures: [
    /(?<![\w.])throw\b/g,
    /(?<![\w.])(?:fatalError|preconditionFailure)\s*\(/g,
    /(?<![\w.])exit\s*\(\s*[1-9]/g,
  ],
  mocks: [],
  catches: [/\bcatch\b[^{\n]*\{/g, /\btry\?/g],
  rigged: [
    /XCTestConfigurationFilePath|XCTestBundlePath|XCTestSessionIdentifier/,
    /NSClassFromString\s*\(\s*"XCTest/,
    /callStackSymbols/,
    /processInfo\b[^\n]{0,80}test/i,
  ],
  stubs: [/fatalError\s*\(\s*"[^"]*(?:not (?:yet )?implement|unimplement|todo)/i],
  subversive: [/(?<![\w.])exit\s*\(\s*0\s*\)/],
};
