import { isChosen } from './chosen.ts';
import { REDACTED } from './patterns.ts';

/** The longest key in its armour, in characters. */
const LONGEST = 20_000;

/** Where a private key begins: PEM, OpenPGP, and what SSH2 has. */
const BEGIN = /-{4,5} ?BEGIN (?:[A-Z0-9]+ ){0,4}PRIVATE KEY(?: BLOCK)? ?-{4,5}/g;
const END = /-{4,5} ?END (?:[A-Z0-9]+ ){0,4}PRIVATE KEY(?: BLOCK)? ?-{4,5}/g;
/** What a key is made of whose end is missing. */
const BODY = /(?:[\sA-Za-z0-9+/=:,.>-]|\\[nr]){40,20000}/y;

/**
 * The text without private keys in their armour, also with their line ends escaped, and without those whose end is missing. Each place
 * is looked at once: no end is looked for twice.
 */
export function armoured(text: string): string {
  if (!text.includes('PRIVATE KEY')) return text;
  let clean = '';
  let at = 0;
  let end: RegExpExecArray | null | undefined;
  BEGIN.lastIndex = 0;
  for (let begin = BEGIN.exec(text); begin !== null; begin = BEGIN.exec(text)) {
    const from = begin.index + begin[0].length;
    if (end === undefined || (end !== null && end.index < from)) {
      END.lastIndex = from;
      end = END.exec(text);
    }
    let until = from;
    if (end !== null && end.index - from <= LONGEST) until = end.index + end[0].length;
    else {
      BODY.lastIndex = from;
      if (BODY.test(text)) until = BODY.lastIndex;
    }
    if (until === from) continue;
    clean += text.slice(at, begin.index) + REDACTED;
    at = until;
    BEGIN.lastIndex = until;
  }
  return clean + text.slice(at);
}

const LINE_END = String.raw`(?:\r?\n|(?:\\{1,3}r)?\\{1,3}n)`;
/** The private part of a key of PuTTY, and what proves it. */
const PUTTY = new RegExp(
  String.raw`(Private-Lines: \d{1,4}${LINE_END})[A-Za-z0-9+/=]{1,128}(?=\r|\n|\\|["']|$)(?:${LINE_END}[A-Za-z0-9+/=]{1,128}(?=\r|\n|\\|["']|$)){0,400}`,
  'g',
);
const PUTTY_PROOF = /(Private-(?:MAC|Hash): )[a-f0-9]{32,128}/g;

/** A name on one line and its value on the next: `password: |`, `- name: DB_PASSWORD` over `value: …`, `login ada` over `password …`. */
const OVER = new RegExp(
  String.raw`((?:^|[\n"'\`]|\\n)[ \t>-]{0,60}(?:[\w.-]{0,60}(?:password|passwd|passphrase|secret|token)["']?:[ \t]{1,4}[|>][+-]?|["']?name["']?:[ \t]{1,4}["']?[\w.-]{0,60}(?:password|passwd|passphrase|secret|token)["']?,?|(?:machine[ \t]\S{1,100}[ \t])?login[ \t]{1,4}\S{1,64})${LINE_END}[ \t]{0,60}(?:["']?value["']?:[ \t]{1,4}|password[ \t]{1,4}|(?=[ \t]))[ \t]{0,60}["']?)([^\s"'\\:]{3,200})(?=["']?[ \t]{0,20},?(?:\\[nr]|["'\r\n]|$))`,
  'gi',
);

/** The text without secrets that stand on the line behind the one that names them. */
export function blocks(text: string): string {
  let clean = text;
  if (clean.includes('Private-Lines: '))
    clean = clean.replace(PUTTY, `$1${REDACTED}`).replace(PUTTY_PROOF, `$1${REDACTED}`);
  else if (clean.includes('Private-MAC: ')) clean = clean.replace(PUTTY_PROOF, `$1${REDACTED}`);
  if (!/password|passwd|passphrase|secret|token|\blogin\b/i.test(clean)) return clean;
  return clean.replace(OVER, (whole, before: string, value: string) =>
    isChosen(value) ? `${before}${REDACTED}` : whole,
  );
}

/** What begins on a line and ends on a later one: a text must not be cut between the two. */
const OPENINGS: readonly { readonly begin: string; readonly end: RegExp }[] = [
  { begin: '-----BEGIN ', end: /-----END [A-Z0-9 ]*-----/ },
  { begin: '---- BEGIN ', end: /---- END [A-Z0-9 ]*----/ },
  { begin: 'Private-Lines: ', end: /Private-MAC: [a-f0-9]/ },
];

/** A line that names what the next one holds. */
const GOES_ON =
  /(?:password|passwd|passphrase|secret|token)["']?(?:,?|:[ \t]{1,4}[|>][+-]?)\r?$|\blogin[ \t]{1,4}\S{1,64}\r?$/i;

/**
 * Where a text that is to be cut at `end` is to be cut instead, so that nothing is parted that goes over lines. `longest`: what is
 * open for longer than that is let go.
 */
export function uncut(text: string, end: number, longest: number): number {
  let at = end;
  for (const { begin, end: closing } of OPENINGS) {
    const open = at === 0 ? -1 : text.lastIndexOf(begin, at - 1);
    if (open >= 0 && text.length - open < longest && !closing.test(text.slice(open, at))) at = open;
  }
  while (at > 0 && text[at - 1] === '\n') {
    const line = text.lastIndexOf('\n', at - 2) + 1;
    if (text.length - line >= longest || at - line > 400 || !GOES_ON.test(text.slice(line, at - 1))) break;
    at = line;
  }
  return at;
}
