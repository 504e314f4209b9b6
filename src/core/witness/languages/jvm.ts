import type { Language } from '../language.ts';

/** Java, Kotlin, Groovy and Scala: JUnit 3 to 5, TestNG, AssertJ, Hamcrest, kotlin.test, Kotest, Spock, ScalaTest. */
export const jvm: Language = {
  name: 'jvm',
  extensions: ['java', 'kt', 'kts', 'groovy', 'scala'],
  syntax: {
    line: ['//'],
    block: [['/*', '*/']],
    strings: [
      { open: '"""', close: '"""', multi: true },
      { open: '"', close: '"' },
      { open: "'", close: "'", single: true },
    ],
  },
  tests: [
    {
      pattern:
        /^[ \t]*(?:@\w[\w.]*(?:\([^)\n]*\))?\s+)*(?:(?:public|private|protected|internal|static|final|open|override|suspend|fun|def|void)\s+)+(?:[\w.<>[\],?]+\s+)?(`[^`\n]+`|"[^"\n]+"|\w+)\s*\(/gm,
      extent: 'braces',
      header:
        /@(?:Test|ParameterizedTest|RepeatedTest|TestFactory|TestTemplate|Property|Theory)\b|\bvoid\s+test\w*\s*\($|\bdef\s+"/,
    },
    {
      pattern: /^[ \t]*!?(?:test|should|it|expect|xtest|xshould|xit|ignore)\s*\(\s*"([^"\n]+)"\s*\)/gm,
      extent: 'braces',
    },
    // ScalaTest: `"A stack" should "pop" in {`, `it should "pop" ignore {`, and `"pop" in {` below a word.
    {
      pattern:
        /^[ \t]*(?:(?:it|they|ignore|behavior|"[^"\n]+")\s+(?:should|must|can|will)\s+)?"([^"\n]+)"\s+(?:taggedAs\s*\([^)\n]*\)\s+)?(?:in|ignore|is)\s*(?=\{|\()/gm,
      extent: 'braces',
    },
    {
      pattern:
        /^[ \t]*(?:@\w[\w.]*(?:\([^)\n]*\))?\s+)*(?:(?:public|internal|open|final|abstract|inner|static)\s+)*class\s+(\w*(?:Test|Spec|IT|Tests))\b/gm,
      extent: 'braces',
      group: true,
    },
  ],
  skipped: [
    /@(?:Ignore|Disabled\w*|EnabledIf\w*|EnabledOn\w*|IgnoreRest|PendingFeature|Requires)\b/,
    /enabled\s*=\s*false/,
    /^\s*(?:xtest|xshould|xit|ignore|!)/,
    /"\s+(?:taggedAs\s*\([^)\n]*\)\s+)?ignore\s*$|"\s+is\s*\(\s*pending/,
    /\.config\s*\([^)]*enabled\s*=\s*false/,
  ],
  leaves: [
    /\b(?:Assume|Assumptions)\.\w+\s*\(/,
    /(?<![\w.])(?:assumeTrue|assumeFalse|assumeThat|assumingThat|cancel|pending)\s*\(/,
    /new\s+(?:SkipException|TestAbortedException|AssumptionViolatedException)/,
  ],
  singled: [/@IgnoreRest\b/, /\bf(?:it|test|should|describe)\s*\(/],
  chains: [/(?<![\w])(?:assertThat|assertSoftly|expectThat|expect|verify|Truth\.assertThat|then)(?=\s*\()/g],
  calls: [
    /(?<![\w])(?:(?:Assert|Assertions|Assertion)\.)?(?:assert(?!That|Softly)\w+|fail)(?=\s*[<({])/g,
    /(?<=\s)(?:shouldBe|shouldNotBe|shouldContain\w*|shouldHave\w*|shouldThrow\w*|shouldEqual|should|must)(?=\s)/g,
  ],
  statements: [/(?<![\w.])assert(?=\s)/g],
  failures: [/(?<![\w.])throw\b/g, /System\.exit\s*\(\s*[1-9]/g, /exitProcess\s*\(\s*[1-9]/g],
  mocks: [
    /(?<![\w])(?:Mockito\.)?(?:mock|spy|mockk|mockStatic|spyk)\s*\(\s*(\w+)(?:::class|\.class|\(\))/g,
    /(?<![\w])(?:mockk|mock|spyk)\s*<\s*(\w+)\s*>/g,
    /@(?:Mock|MockK|MockBean|Spy|MockitoBean)\b(?:\([^)]*\))?\s+(?:private\s+|lateinit\s+|var\s+|final\s+)*(?:\w+\s*:\s*)?(\w+)/g,
  ],
  catches: [/\bcatch\s*\([^)]*\)\s*\{/g, /runCatching\s*\{/g],
  rigged: [
    /(?:getStackTrace|StackTraceElement|StackWalker)\b/,
    /Class\.forName\s*\(\s*"(?:org\.junit|org\.testng|io\.kotest)/,
    /System\.getProperty\s*\(\s*"[^"]*(?:test|surefire)/i,
    /java\.class\.path[^\n]{0,60}(?:test|junit)/,
    /System\.getenv\s*\(\s*"(?:TESTING|TEST_MODE|IS_TEST|UNIT_TEST\w*)"/,
  ],
  stubs: [
    /throw\s+(?:new\s+)?(?:UnsupportedOperationException|NotImplementedError|NotImplementedException)\s*\(/,
    /(?<![\w.])TODO\s*\(/,
    /=\s*\?\?\?/,
  ],
  subversive: [/System\.exit\s*\(\s*0\s*\)/, /exitProcess\s*\(\s*0\s*\)/, /Runtime\.getRuntime\(\)\.halt\s*\(\s*0/],
};
