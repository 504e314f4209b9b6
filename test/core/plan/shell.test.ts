import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { isShell, splitShell } from '../../../src/core/plan/shell.ts';

test.each<[string, string, string[]]>([
  ['one command a line', 'npm test\nnpm run lint', ['npm test', 'npm run lint']],
  ['comments and empty lines', '# a\n\nnpm test # b\n', ['npm test # b']],
  ['backslashes', 'a \\\n  b\nc', ['a \\\n  b', 'c']],
  ['pipes and lists at the line end', 'a |\nb\nc &&\nd ||\ne', ['a |\nb', 'c &&\nd ||\ne']],
  ['quotes over lines', "printf 'a\nb'\nc", ["printf 'a\nb'", 'c']],
  [
    'quotes inside substitutions inside quotes',
    'test "$(echo "a b")" = "a b"\nc',
    ['test "$(echo "a b")" = "a b"', 'c'],
  ],
  ['here-documents', 'cat <<EOF\n# not a comment\nEOF\nc', ['cat <<EOF\n# not a comment\nEOF', 'c']],
  ['here-documents with tabs', 'cat <<-EOF\n\ta\n\tEOF\nc', ['cat <<-EOF\n\ta\n\tEOF', 'c']],
  [
    'loops stop at a failure',
    'for i in 1 2; do\n  test $i\ndone\nc',
    ['set -e\nfor i in 1 2; do\n  test $i\ndone', 'c'],
  ],
  [
    'case patterns',
    'case a in\n  a) b ;;\n  (c) d ;;\nesac\ne',
    ['set -e\ncase a in\n  a) b ;;\n  (c) d ;;\nesac', 'e'],
  ],
  ['subshells', '(cd a &&\n b)\nc', ['(cd a &&\n b)', 'c']],
  ['words that only look like keywords', 'echo if for\necho done', ['echo if for', 'echo done']],
  ['a variable for one command', 'A=1 npm test\nc', ['A=1 npm test', 'c']],
  ['a variable for the next', 'A=1\necho $A', ['set -e\nA=1\necho $A']],
  ['a variable from a command', 'tmp=$(mktemp -d)\nls "$tmp"', ['set -e\ntmp=$(mktemp -d)\nls "$tmp"']],
  ['a directory for the next', 'cd a\nb', ['set -e\ncd a\nb']],
  ['a function for the next', 'f() { a; }\nf', ['set -e\nf() { a; }\nf']],
  ['a background process for the next', 'serve &\ncurl x', ['set -e\nserve &\ncurl x']],
  ['one command that changes the directory', 'cd a && b', ['cd a && b']],
  ['an open quote', "a 'b\nc", ["set -e\na 'b\nc"]],
  ['an open block', 'if a\nb', ['set -e\nif a\nb']],
  ['a session', '$ npm test\nok\n$ a \\\n> b', ['npm test', 'a \\\nb']],
  ['a here-string', 'cat <<<x\nb', ['cat <<<x', 'b']],
  ['redirections are no background', 'a >& b\nc 2>&1\nd', ['a >& b', 'c 2>&1', 'd']],
  ['CRLF', 'a\r\nb\r\n', ['a', 'b']],
  ['nothing', '\n# only this\n', []],
])('%s', (_, code, expected) => {
  expect(splitShell(code, 'sh')).toEqual(expected);
});

test('what only bash understands is handed to bash, and only from a bash block', () => {
  expect(splitShell("[[ a == 'a' ]]", 'bash')).toEqual(["bash -c '[[ a == '\\''a'\\'' ]]'"]);
  expect(splitShell('[[ a == a ]]', 'sh')).toEqual(['[[ a == a ]]']);
  expect(splitShell('npm test', 'bash')).toEqual(['npm test']);
});

test('the commands of a block do what the block does', () => {
  const code = 'for i in 1 2; do\n  false\n  true\ndone';
  const [command] = splitShell(code, 'sh');
  expect(() => execFileSync('sh', ['-c', command as string], { stdio: 'ignore' })).toThrow('Command failed');
  const [quoted] = splitShell("[[ 'it''s' == its ]] && echo \"$'a'\"", 'bash');
  expect(execFileSync('sh', ['-c', quoted as string], { encoding: 'utf8' })).toBe("$'a'\n");
});

test.each(['sh', 'bash', 'console', ''])('%s is shell', (language) => expect(isShell(language)).toBe(true));
test.each(['json', 'ts', 'python', 'text'])('%s is not', (language) => expect(isShell(language)).toBe(false));
