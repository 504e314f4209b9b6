import type { Language } from '../language.ts';

/** C#: xUnit, NUnit, MSTest, FluentAssertions, Shouldly. */
export const csharp: Language = {
  name: 'csharp',
  extensions: ['cs'],
  syntax: {
    line: ['//'],
    block: [['/*', '*/']],
    strings: [
      { open: '"""', close: '"""', multi: true },
      { open: '@"', close: '"', multi: true, raw: true },
      { open: '$@"', close: '"', multi: true, raw: true },
      { open: '"', close: '"' },
      { open: "'", close: "'", single: true },
    ],
  },
  tests: [
    {
      pattern:
        /^[ \t]*(?:\[[^\n]*\]\s*)*(?:(?:public|private|protected|internal|static|async|override|virtual|void)\s+)+(?:[\w.<>[\],?]+\s+)?(\w+)\s*\(/gm,
      extent: 'braces',
      header:
        /\[(?:[^\]\n]*,\s*)?(?:Fact|Theory|Test|TestCase|TestMethod|DataTestMethod|Property|TestCaseSource|SkippableFact)\b/,
    },
    {
      pattern:
        /^[ \t]*(?:\[[^\n]*\]\s*)*(?:(?:public|internal|sealed|static|abstract|partial)\s+)*class\s+(\w*Tests?\w*)\b/gm,
      extent: 'braces',
      group: true,
    },
  ],
  skipped: [
    /\[(?:[^\]\n]*,\s*)?(?:Ignore|Explicit|Skip)\b/,
    /\bSkip\s*=\s*/,
    /\bIgnore\s*=\s*/,
    /Category\s*\(\s*"(?:Skip|Ignore|Quarantine|Broken)/,
  ],
  leaves: [
    /Assert\.(?:Ignore|Inconclusive|Skip\w*|Pass)\s*\(/,
    /\bSkip\.(?:If|IfNot|Unless|When)\s*\(/,
    /throw\s+new\s+(?:Skip|Ignore|Inconclusive)Exception/,
  ],
  singled: [],
  chains: [
    /(?<=\.)(?:Should)(?=\()/g,
    /(?<![\w])(?:Assert|CollectionAssert|StringAssert)\.That(?=\()/g,
    /(?<![\w])Expect(?=\()/g,
  ],
  calls: [
    /(?<![\w])(?:Assert|CollectionAssert|StringAssert|FileAssert)\.(?!That\b|Ignore|Inconclusive|Skip|Pass\b)\w+(?=\s*[<(])/g,
    /(?<=\.)Should\w+(?=\()/g,
    /(?<=\.)Verify(?=\()/g,
  ],
  statements: [],
  failures: [/(?<![\w.])throw\b/g, /Environment\.Exit\s*\(\s*[1-9]/g],
  mocks: [/new\s+Mock<\s*(\w+)\s*>/g, /Substitute\.For<\s*(\w+)\s*>/g, /A\.Fake<\s*(\w+)\s*>/g],
  catches: [/\bcatch\b\s*(?:\([^)]*\))?\s*(?:when\s*\([^)]*\)\s*)?\{/g],
  rigged: [
    /(?:GetAssemblies|AppDomain)[^\n]{0,120}(?:xunit|nunit|mstest|test)/i,
    /new\s+StackTrace\s*\(|Environment\.StackTrace/,
    /GetEnvironmentVariable\s*\(\s*"(?:TESTING|TEST_MODE|IS_TEST|UNIT_TEST\w*|VSTEST\w*|DOTNET_RUNNING_TEST\w*)"/,
    /IsEnvironment\s*\(\s*"Test/,
  ],
  stubs: [/throw\s+new\s+NotImplementedException\b/],
  subversive: [/Environment\.Exit\s*\(\s*0\s*\)/],
};
