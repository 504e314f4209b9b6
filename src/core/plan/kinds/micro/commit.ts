import { pieces } from '../../markdown/inline.ts';
import type { Source } from '../../markdown/source.ts';
import type { CommitMessage } from './model.ts';

/** The message of the first `git commit` in a stretch of text, in quotes or in a here-document. */
export function commitIn(source: Source, start: number, end: number): CommitMessage | undefined {
  const text = source.shadow.slice(start, Math.min(end, start + 20_000));
  const at = text.indexOf('git commit');
  return at < 0 ? undefined : messageIn(text, at, start);
}

/** The message that a `**Commit:**` value holds: a code span, a command, or plain words. */
export function commitOfText(value: string, start: number): CommitMessage | undefined {
  const command = value.indexOf('git commit');
  if (command >= 0) return messageIn(value, command, start);
  const code = pieces(value).find((piece) => piece.code);
  const text = (code?.text ?? value).trim();
  if (text === '' || (code === undefined && text.length > 300)) return undefined;
  const at = value.indexOf(text, code?.start ?? 0);
  return at < 0 ? undefined : { text, start: start + at, end: start + at + text.length, rest: '' };
}

function messageIn(text: string, from: number, start: number): CommitMessage | undefined {
  const flag = /\s(?:-\w?m|--message)[ =]?\s{0,3}/g;
  flag.lastIndex = from;
  const match = flag.exec(text);
  if (match === null || match.index > from + 300) return undefined;
  let at = match.index + match[0].length;
  let end: number;
  const here = /^["']?\$\(cat <<-?\s?["']?(\w{1,20})["']?[^\n]{0,20}\n/.exec(text.slice(at, at + 100));
  if (here !== null) {
    at += here[0].length;
    while (text[at] === ' ' || text[at] === '\t') at++;
    end = text.indexOf(here[1] as string, at);
    if (end < 0) end = text.length;
  } else {
    const quote = text[at];
    if (quote !== '"' && quote !== "'") return undefined;
    at++;
    end = text.indexOf(quote, at);
    while (quote === '"' && end > 0 && text[end - 1] === '\\') end = text.indexOf(quote, end + 1);
    if (end < 0) end = text.length;
  }
  const line = text.indexOf('\n', at);
  const stop = line < 0 || line > end ? end : line;
  const first = text.slice(at, stop).trimEnd();
  return { text: first, start: start + at, end: start + at + first.length, rest: text.slice(stop, end) };
}
