import type { Language } from '../language.ts';

/** Rust: the built-in harness, tokio, rstest, test-case, proptest, insta. */
export const rust: Language = {
  name: 'rust',
  extensions: ['rs'],
  syntax: {
    line: ['//'],
    block: [['/*', '*/']],
    strings: [
      { open: 'r##"', close: '"##', multi: true, raw: true },
      { open: 'r#"', close: '"#', multi: true, raw: true },
      { open: '"', close: '"', multi: true },
      { open: "'", close: "'", single: true },
    ],
  },
  tests: [
    {
      pattern: /^[ \t]*(?:#\[[^\n]*\]\s*)*(?:pub(?:\([^)]*\))?\s+)?(?:async\s+)?fn\s+(\w+)\s*(?:<[^>]*>)?\s*\(/gm,
      extent: 'braces',
      header: /#\[(?:\w+::)*(?:test|rstest|test_case|quickcheck|wasm_bindgen_test|bench|case)\b/,
    },
    { pattern: /^[ \t]*(?:#\[[^\n]*\]\s*)*(?:pub\s+)?mod\s+(\w*tests?\w*)\s*(?=\{)/gm, extent: 'braces', group: true },
  ],
  inline: true,
  skipped: [
    /#\[ignore\b/,
    /#\[cfg_attr\([^\n]*ignore/,
    /#\[cfg\((?!test\)|all\(test\))[^\n]*\)\]/,
    /#\[should_panic\b/,
  ],
  leaves: [],
  singled: [],
  chains: [/(?<![\w.:])(?:expect|assert_that)(?=!?\()/g],
  calls: [
    /(?<![\w.])(?:debug_|prop_)?assert(?:_\w+)?!(?=\s*[([{])/g,
    /(?<![\w.])(?:insta::)?assert_\w*snapshot!(?=\s*\()/g,
  ],
  statements: [],
  failures: [
    /(?<![\w.])(?:panic|unreachable|bail)!\s*\(/g,
    /(?<=\.)(?:unwrap|expect|unwrap_err|expect_err)\s*\(/g,
    /process::exit\s*\(\s*[1-9]/g,
  ],
  mocks: [],
  catches: [/catch_unwind\s*\(/g],
  rigged: [
    /\bcfg!\s*\(\s*(?:not\s*\(\s*)?test\b/,
    /#\[cfg\(not\(test\)\)\]/,
    /#\[cfg\(test\)\]\s*(?:pub(?:\([^)]*\))?\s+)?(?:const\s+|async\s+)?fn\b(?!\s*(?:new_)?\w*(?:mock|fake|fixture|for_test|test_|sample|dummy))/,
    /env::(?:var|args|current_exe)\w*\s*\([^\n]{0,80}(?:RUST_TEST|NEXTEST|deps|test)/,
  ],
  stubs: [/(?<![\w.])(?:todo|unimplemented)!\s*[([{]/],
  subversive: [
    /process::exit\s*\(\s*0\s*\)/,
    /panic::set_hook\s*\(/,
    /macro_rules!\s*(?:assert|assert_eq|assert_ne|panic)\b/,
  ],
};
