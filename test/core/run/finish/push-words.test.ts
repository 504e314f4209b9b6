import { expect, test } from 'vitest';
import { pushWords } from '../../../../src/core/run/finish/push-words.ts';

const PORCELAIN = 'To ssh://example.org/x.git\n!\t0123:refs/heads/masterplan/demo\t[remote rejected] (WHY)\nDone\n';
const FAILED = "error: failed to push some refs to 'ssh://example.org/x.git'\n";

test.each([
  [
    'a hook of the remote',
    `remote: BR-7: no branches called masterplan/*.        \nremote: \nremote: Ask #release.\n${FAILED}`,
    PORCELAIN.replace('WHY', 'pre-receive hook declined'),
    'BR-7: no branches called masterplan/*.; Ask #release.; [remote rejected] (pre-receive hook declined)',
  ],
  [
    'a protected branch, under a counter that is overwritten in place',
    `Enumerating objects: 4, done.\nWriting objects:  33% (1/3)\rWriting objects: 100% (3/3), 280 bytes | 280.00 KiB/s, done.\nTotal 3 (delta 0), reused 0 (delta 0)\nremote: error: GH006: Protected branch update failed.\n${FAILED}`,
    PORCELAIN.replace('WHY', 'protected branch hook declined'),
    'error: GH006: Protected branch update failed.; [remote rejected] (protected branch hook declined)',
  ],
  [
    'a remote that says nothing of its own',
    FAILED,
    PORCELAIN.replace('WHY', 'hook declined'),
    '[remote rejected] (hook declined)',
  ],
  ['a hook of this repository', `pre-push: tests are red\n${FAILED}`, '', 'pre-push: tests are red'],
  [
    'nobody at the address',
    'ssh: connect to host example.org port 22: Connection refused\nfatal: Could not read from remote repository.\n\nPlease make sure that you have the rights.\n',
    '',
    'ssh: connect to host example.org port 22: Connection refused; fatal: Could not read from remote repository.; Please make sure that you have the rights.',
  ],
  ['nothing at all', '', '', 'git gives no reason'],
])('%s', (_, stderr, stdout, words) => {
  expect(pushWords(stderr, stdout)).toBe(words);
});

test('a hook that says a lot, with escapes and frames, is cut, and does nothing to a terminal', () => {
  const lines = Array.from({ length: 40 }, (_, i) => `remote: ==========\nremote: \u001b[31mline ${i}\u001b[0m \u0007`);
  const words = pushWords(`${lines.join('\n')}\n${FAILED}`, PORCELAIN.replace('WHY', 'pre-receive hook declined'));
  expect(words).toBe(
    'line 0; line 1; line 2; line 3; line 4; line 5; …; [remote rejected] (pre-receive hook declined)',
  );
});
