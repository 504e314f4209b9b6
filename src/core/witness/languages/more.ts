import { C_LIKE, type Language, NONE } from '../language.ts';

/** Elixir with ExUnit. */
export const elixir: Language = {
  name: 'elixir',
  extensions: ['ex', 'exs'],
  syntax: {
    line: ['#'],
    block: [],
    strings: [
      { open: '"""', close: '"""', multi: true },
      { open: '"', close: '"', multi: true },
    ],
  },
  tests: [
    { pattern: /^[ \t]*(?:test|property)[ \t(]+"([^"\n]+)"/gm, extent: 'end' },
    { pattern: /^[ \t]*describe[ \t(]+"([^"\n]+)"/gm, extent: 'end', group: true },
  ],
  skipped: [/@(?:module|describe)?tag[ (]+(?::skip|skip:)/],
  leaves: NONE,
  singled: [/@tag[ (]+(?::only|:focus|only:|focus:)/],
  chains: NONE,
  calls: [/(?<![\w.])(?:assert|refute|flunk)\w*(?=[ (])/g],
  commands: true,
  statements: NONE,
  failures: [/(?<![\w.])raise\b/g, /System\.halt\s*\(\s*[1-9]/g],
  mocks: NONE,
  catches: [/^\s*rescue\b/gm],
  rigged: [/Mix\.env\s*\(?\)?\s*==\s*:test/, /Code\.ensure_loaded\?\s*\(\s*ExUnit/],
  stubs: [/raise\s*\(?\s*"[^"]*not (?:yet )?implement/i],
  subversive: [/System\.(?:halt|stop)\s*\(\s*0?\s*\)/, /ExUnit\.(?:configure|start)\s*\(?[^\n]*exclude/],
};

/** Dart with test and flutter_test. */
export const dart: Language = {
  name: 'dart',
  extensions: ['dart'],
  syntax: {
    ...C_LIKE,
    strings: [
      { open: "'''", close: "'''", multi: true },
      { open: '"""', close: '"""', multi: true },
      { open: '"', close: '"' },
      { open: "'", close: "'" },
    ],
  },
  tests: [
    { pattern: /(?<![\w.])(?:test|testWidgets)\s*(?=\(\s*['"])/g, extent: 'call' },
    { pattern: /(?<![\w.])group\s*(?=\(\s*['"])/g, extent: 'call', group: true },
  ],
  skipped: [/\bskip\s*:\s*(?!false)/, /@Skip\b/],
  leaves: [/markTestSkipped\s*\(/],
  singled: [/\bsolo\s*:\s*true/],
  chains: NONE,
  calls: [/(?<![\w.])(?:expect|expectLater|fail|verify)(?=\s*\()/g],
  statements: [/(?<![\w.])assert(?=\()/g],
  failures: [/(?<![\w.])throw\b/g, /(?<![\w.])exit\s*\(\s*[1-9]/g],
  mocks: NONE,
  catches: [/\bcatch\s*\([^)]*\)\s*\{/g],
  rigged: [/FLUTTER_TEST/, /StackTrace\.current/],
  stubs: [/throw\s+(?:const\s+)?UnimplementedError\b/],
  subversive: [/(?<![\w.])exit\s*\(\s*0\s*\)/],
};

/** Lua with busted. */
export const lua: Language = {
  name: 'lua',
  extensions: ['lua'],
  syntax: {
    line: ['--'],
    block: [['--[[', ']]']],
    strings: [
      { open: '"', close: '"' },
      { open: "'", close: "'" },
    ],
  },
  tests: [
    { pattern: /(?<![\w.])(?:it|test)\s*(?=\(\s*['"])/g, extent: 'call' },
    { pattern: /(?<![\w.])(?:describe|context)\s*(?=\(\s*['"])/g, extent: 'call', group: true },
  ],
  skipped: NONE,
  leaves: [/(?<![\w.])pending\s*\(/],
  singled: NONE,
  chains: NONE,
  calls: [/(?<![\w.])assert(?:\.\w+)*(?=\s*\()/g],
  statements: NONE,
  failures: [/(?<![\w.])error\s*\(/g, /os\.exit\s*\(\s*(?:[1-9]|false)/g],
  mocks: NONE,
  catches: [/(?<![\w.])x?pcall\s*\(/g],
  rigged: [/package\.loaded\s*[.[]\s*['"]?busted/],
  stubs: [/error\s*\(\s*['"][^'"]*not (?:yet )?implement/i],
  subversive: [/os\.exit\s*\(\s*(?:0|true)?\s*\)/],
};

/** Zig: tests stand beside what they test. */
export const zig: Language = {
  name: 'zig',
  extensions: ['zig'],
  syntax: C_LIKE,
  tests: [{ pattern: /^[ \t]*test\s+(?:"([^"\n]+)"|(\w+))\s*(?=\{)/gm, extent: 'braces' }],
  inline: true,
  skipped: NONE,
  leaves: [/\berror\.SkipZigTest\b/],
  singled: NONE,
  chains: NONE,
  calls: [/(?<![\w.])(?:std\.)?testing\.expect\w*(?=\()/g, /(?<![\w.])expect(?:Equal\w*|Error|Approx\w+)?(?=\()/g],
  statements: NONE,
  failures: [/(?<![\w.])return\s+error\.(?!SkipZigTest)\w+/g, /@panic\s*\(/g],
  mocks: NONE,
  catches: [/\bcatch\s*(?:\|\w+\|\s*)?\{/g],
  rigged: [/\bbuiltin\.is_test\b/],
  stubs: [/@panic\s*\(\s*"[^"]*(?:not (?:yet )?implement|todo)/i],
  subversive: [/std\.process\.exit\s*\(\s*0\s*\)/],
};
