import type { Language } from '../language.ts';

/** Python: pytest, unittest, nose, hypothesis. */
export const python: Language = {
  name: 'python',
  extensions: ['py', 'pyi'],
  syntax: {
    line: ['#'],
    block: [],
    strings: [
      { open: '"""', close: '"""', multi: true },
      { open: "'''", close: "'''", multi: true },
      { open: '"', close: '"' },
      { open: "'", close: "'" },
    ],
  },
  tests: [
    { pattern: /^[ \t]*(?:async[ \t]+)?def[ \t]+(test\w*)[ \t]*\(/gm, extent: 'indent' },
    { pattern: /^[ \t]*class[ \t]+(\w*Test\w*)\b[^\n]*:/gm, extent: 'indent', group: true },
  ],
  skipped: [
    /@(?:pytest\s*\.\s*)?mark\s*\.\s*(?:skip|skipif|xfail)\b/,
    /@(?:unittest\s*\.\s*)?(?:skip\w*|expectedFailure)\b/,
    /@pytest\.mark\.(?:disabled|ignore|quarantine|flaky_skip)\b/,
    /@(?:nottest|SkipTest)\b/,
  ],
  leaves: [
    /(?<![\w.])pytest\.(?:skip|xfail|exit|importorskip)\s*\(/,
    /(?<![\w.])self\.skipTest\s*\(/,
    /\braise\s+(?:unittest\.)?SkipTest\b/,
  ],
  singled: [/@pytest\.mark\.only\b/],
  chains: [/(?<![\w.])(?:assert_that|expect|assertThat)(?=\s*\()/g],
  calls: [
    /(?<![\w.])(?:self|cls|testcase|tc|case)\.(?:assert\w+|fail\w*)(?=\s*\()/g,
    /(?<![\w])(?:np|numpy|npt|pd|pandas|tm|torch|jnp|tf|testing)\.(?:\w+\.)*assert\w+(?=\s*\()/g,
    /(?<![\w.])assert_\w+(?=\s*\()/g,
    /(?<![\w.])pytest\.(?:raises|warns|fail)(?=\s*\()/g,
    /(?<=\.)assert_(?:called|not_called|any_call|has_calls|awaited)\w*(?=\s*\()/g,
    /(?<=self\.)(?:assertRaises\w*|assertWarns\w*)(?=\s*\()/g,
  ],
  statements: [/(?<![\w.])assert(?![\w(])(?=\s)/g, /(?<![\w.])assert(?=\()/g],
  failures: [
    /(?<![\w.])raise\b/g,
    /(?<![\w.])sys\.exit\s*\(\s*[^0)\s]/g,
    /(?<![\w.])(?:os\._exit|exit|quit)\s*\(\s*[1-9]/g,
  ],
  mocks: [
    /(?<![\w])(?:mock\.|mocker\.|unittest\.mock\.)?patch\s*\(\s*f?['"]([^'"]+)['"]/g,
    /(?<![\w])(?:mock\.|mocker\.)?patch\.object\s*\(\s*([\w.]+)\s*,\s*['"](\w+)/g,
    /monkeypatch\.setattr\s*\(\s*['"]([^'"]+)['"]/g,
    /monkeypatch\.setattr\s*\(\s*([\w.]+)\s*,\s*['"](\w+)/g,
    /sys\.modules\s*\[\s*['"]([^'"]+)['"]\s*\]\s*=(?!=)/g,
  ],
  catches: [/^[ \t]*except\b[^\n]*:/gm, /contextlib\.suppress\s*\(|(?<=with\s)suppress\s*\(/g],
  rigged: [
    /PYTEST_CURRENT_TEST|PYTEST_VERSION|PYTEST_XDIST/,
    /['"](?:pytest|unittest|_pytest|nose)['"]\s+(?:not\s+)?in\s+sys\.modules/,
    /sys\.argv\b[^\n]{0,60}(?:test|pytest)/i,
    /(?:inspect\.(?:stack|currentframe)|sys\._getframe|traceback\.)[^\n]{0,80}/,
    /getattr\s*\(\s*sys\s*,\s*['"]_called_from_test/,
    /environ[^\n]{0,40}['"](?:TESTING|TEST_MODE|IS_TEST|UNIT_TEST\w*|TOX_\w+)['"]/,
  ],
  stubs: [/\braise\s+NotImplementedError\b/, /^\s*(?:\.\.\.|pass)\s*$/m],
  subversive: [
    /(?<![\w.])(?:os\._exit|sys\.exit|exit|quit)\s*\(\s*0?\s*\)/,
    /\bdef\s+pytest_(?:collection_modifyitems|runtest_makereport|runtest_protocol|runtest_call|pyfunc_call|ignore_collect|collect_file|sessionfinish|report_teststatus|deselected|assertrepr_compare|exception_interact|itemcollected|unconfigure|cmdline_main|pycollect_makeitem)\b/,
    /\bcollect_ignore(?:_glob)?\s*(?:\+?=|\.(?:append|extend))/,
    /\b(?:session\.exitstatus|report\.outcome|rep\.outcome|outcome\.force_result|call\.excinfo)\s*(?:=(?!=)|\()/,
    /(?:unittest\.)?TestCase\.(?:assert\w+|fail\w*|run)\s*=(?!=)/,
    /\bbuiltins\.\w+\s*=(?!=)/,
    /sys\.settrace\s*\(/,
    /\batexit\.register\b/,
    /setattr\s*\(\s*(?:unittest|pytest|TestCase|builtins)/,
  ],
};
