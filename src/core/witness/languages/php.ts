import type { Language } from '../language.ts';

/** PHP: PHPUnit, Pest, Codeception. */
export const php: Language = {
  name: 'php',
  extensions: ['php', 'phpt'],
  syntax: {
    line: ['//', '# '],
    block: [['/*', '*/']],
    strings: [
      { open: '"', close: '"', multi: true },
      { open: "'", close: "'", multi: true },
    ],
  },
  tests: [
    {
      pattern:
        /^[ \t]*(?:#\[[^\n]*\]\s*)*(?:(?:public|private|protected|static|final|abstract)\s+)*function\s+(\w+)\s*\(/gm,
      extent: 'braces',
      header: /function\s+test\w*\s*\($|#\[[^\n]*\bTest\b|@test\b/,
    },
    { pattern: /(?<![\w>$:])(?:it|test|todo)\s*(?=\(\s*['"])/g, extent: 'call' },
    { pattern: /(?<![\w>$:])describe\s*(?=\(\s*['"])/g, extent: 'call', group: true },
    {
      pattern: /^[ \t]*(?:#\[[^\n]*\]\s*)*(?:(?:final|abstract)\s+)*class\s+(\w*Test)\b/gm,
      extent: 'braces',
      group: true,
    },
  ],
  skipped: [
    /->\s*(?:skip|todo|skipOn\w*)\s*\(/,
    /#\[[^\n]*\b(?:Requires\w*|Skip|Ignore)\b/,
    /@(?:requires|group\s+(?:skip|broken|disabled))\b/,
  ],
  leaves: [/markTest(?:Skipped|Incomplete)\s*\(/, /expectNotToPerformAssertions\s*\(/],
  singled: [/->\s*only\s*\(/],
  chains: [/(?<![\w>$:])expect(?=\()/g],
  calls: [
    /(?<=(?:\$this->|self::|static::|Assert::))(?:assert\w+|fail|expectException\w*)(?=\s*\()/g,
    /(?<![\w>$:])assert\w*(?=\s*\()/g,
  ],
  statements: [],
  failures: [/(?<![\w>$])throw\b/g, /(?<![\w>$])(?:exit|die)\s*\(\s*(?:[1-9]|['"])/g],
  mocks: [
    /(?:createMock|createStub|getMockBuilder|createPartialMock|mock|Mockery::mock|prophesize)\s*\(\s*([\w\\]+)::class/g,
  ],
  catches: [/\bcatch\s*\([^)]*\)\s*\{/g],
  rigged: [
    /runningUnitTests\s*\(/,
    /APP_ENV['"\])]*\s*={2,3}\s*['"]test/,
    /defined\s*\(\s*['"](?:PHPUNIT|__PHPUNIT|TESTING)/,
    /debug_backtrace\s*\(/,
    /class_exists\s*\(\s*['"\\]*PHPUnit/,
    /environment\s*\(\s*['"]testing/,
  ],
  stubs: [/throw\s+new\s+\\?\w*Exception\s*\(\s*['"][^'"]*not (?:yet )?implement/i],
  subversive: [/(?<![\w>$])(?:exit|die)\s*(?:\(\s*0?\s*\))?\s*;/, /register_shutdown_function\s*\(/],
};
