import type { Language } from '../language.ts';

/** Ruby: RSpec, Minitest, Test::Unit. */
export const ruby: Language = {
  name: 'ruby',
  extensions: ['rb', 'rake'],
  syntax: {
    line: ['#'],
    block: [['\n=begin', '\n=end']],
    strings: [
      { open: '"', close: '"', multi: true },
      { open: "'", close: "'", multi: true },
    ],
    wordComments: true,
  },
  tests: [
    { pattern: /^[ \t]*def[ \t]+(test\w*)/gm, extent: 'end' },
    { pattern: /^[ \t]*[xf]?(?:it|test|specify|scenario|example|should)[ (]+(?=['"]|do\b|\{)/gm, extent: 'end' },
    { pattern: /^[ \t]*(?:RSpec\.)?[xf]?(?:describe|context|feature)[ (]+(?=\S)/gm, extent: 'end', group: true },
  ],
  skipped: [
    /^\s*x(?:it|test|specify|scenario|example|describe|context|feature)\b/,
    /(?:,|\()\s*(?:skip|pending)(?::|\s*=>)/,
    /,\s*:(?:skip|pending)\b/,
    /^\s*(?:RSpec\.)?(?:pending|skip)\b/,
  ],
  leaves: [/^\s*(?:skip|pending|omit|pend)\b/m],
  singled: [/^\s*f(?:it|describe|context|specify|scenario|example)\b/, /,\s*(?::focus|focus:)/],
  chains: [/(?<![\w.])(?:expect|is_expected|_|value|assert_that)(?=\s*[({.])/g, /(?<=\.)(?:should|must_\w+|wont_\w+)/g],
  calls: [/(?<![\w.])(?:assert|refute|flunk)\w*(?=[ (])/g],
  commands: true,
  statements: [],
  failures: [/(?<![\w.])raise\b/g, /(?<![\w.])(?:exit|exit!|abort)[ (]+(?:1|false|["'])/g],
  mocks: [
    /allow\s*\(\s*([\w:.]+)\s*\)\.to\s+receive\s*\(?\s*:?(\w+)/g,
    /allow_any_instance_of\s*\(\s*([\w:]+)/g,
    /([\w:]+)\.stubs?\s*\(\s*:(\w+)/g,
    /stub_const\s*\(?\s*['"]([\w:]+)/g,
  ],
  catches: [/^\s*rescue\b/gm],
  rigged: [
    /Rails\.env\.test\?/,
    /(?:RAILS_ENV|RACK_ENV|APP_ENV)['"\])]*\s*==\s*['"]test/,
    /defined\?\s*\(?\s*(?:RSpec|Minitest|Test::Unit)/,
    /\$(?:PROGRAM_NAME|0)\b[^\n]{0,60}(?:spec|test)/,
    /caller(?:_locations)?\b[^\n]{0,60}(?:spec|test)/,
  ],
  stubs: [/raise\s+NotImplementedError\b/],
  subversive: [
    /(?<![\w.])exit!?\s*\(?\s*(?:0|true)\b/,
    /at_exit\s*(?:\{|do)/,
    /RSpec\.configure[^]*?filter_run_excluding/,
    /module\s+Minitest\s*::?\s*Assertions|class\s+Minitest::(?:Test|Assertions)/,
  ],
};
