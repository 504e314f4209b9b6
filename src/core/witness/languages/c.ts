import { C_LIKE, type Language } from '../language.ts';

/** C, C++ and Objective-C: GoogleTest, Catch2, doctest, Boost.Test, cmocka, Unity. */
export const c: Language = {
  name: 'c',
  extensions: ['c', 'h', 'cc', 'cpp', 'cxx', 'hpp', 'hh', 'm', 'mm'],
  syntax: C_LIKE,
  tests: [
    {
      pattern:
        /^[ \t]*(?:TEST|TEST_F|TEST_P|TYPED_TEST|TEST_CASE|SCENARIO|BOOST_AUTO_TEST_CASE|TEST_METHOD|Test)\s*\(([^)\n]+)\)/gm,
      extent: 'braces',
    },
    { pattern: /^[ \t]*(?:static\s+)?(?:void|int)\s+(test_?\w+)\s*\(/gm, extent: 'braces' },
  ],
  skipped: [
    /\(\s*\w+\s*,\s*DISABLED_/,
    /^\s*(?:static\s+)?(?:void|int)\s+DISABLED_/,
    /\[\.[\w]*\]|\[!(?:shouldfail|mayfail)\]/,
    /disabled\s*\(/,
  ],
  leaves: [/GTEST_SKIP\s*\(|TEST_IGNORE\w*\s*\(|(?<![\w])SKIP\s*\(|(?<![\w])skip\s*\(\s*\)/],
  singled: [],
  chains: [],
  calls: [
    /(?<![\w])(?:EXPECT|ASSERT|CHECK|REQUIRE|BOOST_(?:CHECK|REQUIRE|TEST)|TEST_ASSERT|CU_ASSERT|cr_(?:assert|expect))(?:_\w+)?(?=\s*\()/g,
    /(?<![\w])assert(?:_\w+)?(?=\s*\()/g,
  ],
  statements: [],
  failures: [
    /(?<![\w])(?:abort|FAIL|ADD_FAILURE)\s*\(/g,
    /(?<![\w])exit\s*\(\s*(?:[1-9]|EXIT_FAILURE)/g,
    /(?<![\w])throw\b/g,
  ],
  mocks: [],
  catches: [/\bcatch\s*\([^)]*\)\s*\{/g],
  rigged: [
    /#\s*if(?:def|ndef|\s+defined)?\s*\(?\s*(?:UNIT_TEST\w*|TESTING|GTEST\w*|CATCH_\w+)\b/,
    /getenv\s*\(\s*"(?:TESTING|GTEST\w*|UNIT_TEST\w*)"/,
  ],
  stubs: [/(?:throw|abort|assert)\b[^;\n]{0,40}not (?:yet )?implement/i],
  subversive: [
    /(?<![\w])_?exit\s*\(\s*(?:0|EXIT_SUCCESS)\s*\)/,
    /#\s*define\s+(?:assert|EXPECT_\w+|ASSERT_\w+|CHECK|REQUIRE)\b/,
  ],
};
