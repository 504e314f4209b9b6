import type { Language } from '../language.ts';

/** Shells: plain scripts, bats, shunit2. What such scripts assert is found line by line, see assertions.ts. */
export const shell: Language = {
  name: 'shell',
  extensions: ['sh', 'bash', 'zsh', 'bats', 'ksh'],
  syntax: {
    line: ['#'],
    block: [],
    strings: [
      { open: '"', close: '"', multi: true },
      { open: "'", close: "'", multi: true, raw: true },
    ],
    wordComments: true,
  },
  tests: [
    { pattern: /^[ \t]*@test[ \t]+(?:"([^"\n]+)"|'[^'\n]+')[ \t]*\{/gm, extent: 'braces' },
    { pattern: /^[ \t]*(?:function[ \t]+)?(test_?\w+)[ \t]*\(\)[ \t]*\{?/gm, extent: 'braces' },
  ],
  skipped: [],
  leaves: [/^\s*(?:skip|startSkipping)\b/m],
  singled: [],
  chains: [],
  calls: [],
  statements: [],
  failures: [],
  mocks: [],
  catches: [],
  rigged: [/\$\{?(?:BATS_\w+|SHUNIT_\w+|MASTERPLAN_\w+)/],
  stubs: [],
  subversive: [
    /^\s*trap\s+(['"]).*\bexit\s+0\1?/m,
    /^\s*(?:set\s+\+e|exit\s+0)\b/m,
    /(?:^|[;&]\s*)(?:alias|function)\s+(?:test|diff|grep|cmp|exit)\b/m,
    /^\s*(?:test|diff|grep|cmp|exit)\s*\(\)\s*\{/m,
  ],
};
