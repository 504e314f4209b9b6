import { oneLine } from '../../base/text.ts';

/** Lines of a hook that are shown, and characters of all of them. */
const LINES = 6;
const LENGTH = 600;
/** What git says of every push that fails, whoever refused it. */
const USUAL =
  /^(?:To .*|Done|error: failed to push some refs .*|hint: .*|Everything up-to-date|(?:Enumerating|Counting|Compressing|Writing) objects: .*|Delta compression .*|Total \d.*)$/;

/**
 * Why a push did not go, in the words of whoever refused it: the lines of a hook of the remote (`remote: …`), those of a hook of this
 * repository, or git's own error; behind them the reason that git gives for the ref (`pre-receive hook declined`).
 *
 * @param stderr  of `git push --porcelain`
 * @param stdout  of the same: `!<tab>from:to<tab>[remote rejected] (reason)`
 */
export function pushWords(stderr: string, stdout: string): string {
  const refs = stdout.split('\n').flatMap((line) => {
    const reason = /^!\t[^\t]*\t(.*)$/.exec(line)?.[1];
    return reason === undefined ? [] : [oneLine(reason).trim()];
  });
  const lines = stderr
    .split(/[\r\n]+/)
    .map((line) => oneLine(line).trim())
    .filter((line) => line !== '' && !USUAL.test(line));
  const remote = lines.flatMap((line) => /^remote: *(?!Resolving deltas|Counting objects)(.*)$/.exec(line)?.[1] ?? []);
  const others = lines.filter((line) => !line.startsWith('remote:'));
  // The remote's own words say most; where it is silent, what else there is.
  const said = (remote.some((line) => line !== '') ? remote : others).filter((line) => /[^\s=*#-]/.test(line));
  const shown = said.slice(0, LINES).join('; ').slice(0, LENGTH);
  const more = said.length > LINES ? '; …' : '';
  const ref = [...new Set(refs)].join(', ');
  return [`${shown}${shown === '' ? '' : more}`, ref].filter((part) => part !== '').join('; ') || 'git gives no reason';
}
