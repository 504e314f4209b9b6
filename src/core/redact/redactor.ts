import { base64Within } from '../base/base64.ts';
import { utf8 } from '../base/text.ts';
import { secretLike } from '../environment/secrets.ts';
import { armoured, blocks } from './armour.ts';
import { isChosen, isCode, isMixed, isPlaceholder, isProse, WORD } from './chosen.ts';
import { signed } from './signed.ts';
import { spoken } from './lines.ts';
import {
  ADDRESS,
  ASSIGNMENT,
  BEARER,
  COOKIE,
  HEADER,
  LOGIN,
  MARKED,
  NAMING,
  REDACTED,
  SHAPE,
  USER,
} from './patterns.ts';

/** Takes secrets out of texts that others will read: transcripts, evidence, gates, notices, exports. */
export interface Redactor {
  /** The text with `[redacted]` in the place of each secret. What is redacted already stays as it is. */
  text(text: string): string;
  /** The values that it knows which go over lines: where they stand, a stream must not be cut. */
  readonly long: readonly string[];
}

/** Names whose values are secrets whatever they look like, even as bare hexadecimal digits. */
const CERTAIN =
  /(?:pass(?:word|wd|phrase)?|secret|(?:api|app|access|private|signing|encryption|master|client|auth|service|secret)[-_.]?(?:key|token)(?:[-_.]?base)?|(?:^|[_.-])token|credentials?|(?:^|[_.-])(?:pwd|dsn))\d*$/i;
/** Names of what everybody may know, whatever their keys look like. */
const PUBLIC = /(?:^|[_.-])(?:public|pub)(?:[_.-]|$)/i;

/**
 * A redactor that knows these values beside the shapes of keys. Values are taken as they are, in their JSON and URL forms and, from a dozen
 * bytes on, where base64 holds them; the longest first, because one may be a part of another.
 */
export function redactorOf(values: Iterable<string> = []): Redactor {
  const known = new Set<string>();
  for (const value of values) {
    known.add(value);
    known.add(JSON.stringify(value).slice(1, -1));
    known.add(encodeURIComponentSafely(value));
    const bytes = utf8(value);
    if (bytes.length >= 12) for (const part of base64Within(bytes)) known.add(part).add(urlSafe(part));
    for (const line of value.split(/\r?\n/)) if (line.length >= 12) known.add(line);
  }
  const sorted = [...known].filter((one) => one.length >= 4).sort((a, b) => b.length - a.length);
  return {
    long: sorted.filter((one) => one.includes('\n')),
    text(text) {
      const clean = (given: string): string => {
        let known = given;
        for (const value of sorted) if (known.includes(value)) known = known.replaceAll(value, REDACTED);
        return shaped(known);
      };
      return clean(text.includes('\u001b[') ? uncoloured(text, clean) : text);
    },
  };
}

/** The digits of base64 that stand in addresses and tokens. */
function urlSafe(base64: string): string {
  return base64.replaceAll('+', '-').replaceAll('/', '_');
}

/** Colours that a terminal is told. */
// oxlint-disable-next-line no-control-regex
const COLOUR = /\u001b\[[0-9;:]*m/g;

/** Lines in which colours stand in or beside a secret, without the colours and without the secret; all others as they are. */
function uncoloured(text: string, clean: (text: string) => string): string {
  return text
    .split('\n')
    .map((line) => {
      if (!line.includes('\u001b[')) return line;
      const plain = line.replace(COLOUR, '');
      const redacted = clean(plain);
      return redacted === plain ? line : redacted;
    })
    .join('\n');
}

/** What shapes alone tell. */
function shaped(text: string): string {
  let clean = text;
  clean = blocks(armoured(clean));
  clean = signed(clean).replace(SHAPE, REDACTED);
  for (const { mark, shape } of MARKED) if (clean.includes(mark)) clean = clean.replace(shape, REDACTED);
  if (clean.includes('://'))
    clean = clean.replace(ADDRESS, (whole, before: string, password: string) =>
      isPlaceholder(password) || /^pass(?:word)?$/i.test(password) ? whole : `${before}:${REDACTED}@`,
    );
  if (clean.includes('@'))
    clean = clean.replace(USER, (whole, scheme: string, user: string) =>
      looksRandom(user) || isHash(user) ? `${scheme}${REDACTED}@` : whole,
    );
  if (!NAMING.test(clean)) return clean;
  // Line by line: most lines name nothing.
  return clean
    .split('\n')
    .map((line) => (NAMING.test(line) ? named(line) : line))
    .join('\n');
}

/** One line, in which something is named that may be a secret. */
function named(line: string): string {
  let clean = line.replace(HEADER, (whole, name: string, mark: string, scheme: string | undefined, value: string) =>
    isPlaceholder(value) || isCode(value) ? whole : `${name}${mark}${scheme ?? ''}${REDACTED}`,
  );
  clean = clean.replace(COOKIE, `$1${REDACTED}`);
  clean = clean.replace(LOGIN, `$1${REDACTED}`);
  clean = clean.replace(BEARER, (whole, scheme: string, value: string) =>
    looksRandom(value) ? `${scheme}${REDACTED}` : whole,
  );
  return spoken(clean).replace(
    ASSIGNMENT,
    (
      whole: string,
      name: string | undefined,
      mark: string,
      value: string,
      flag: string | undefined,
      space: string,
      given: string,
    ) => {
      if (flag !== undefined) {
        // A word behind a flag may be of a sentence about it; one with digits is none.
        const how = /\d/.test(given) ? 'set' : 'bare';
        return isSecret(flag, given, how) ? `${flag}${space}${REDACTED}` : whole;
      }
      if (name === undefined) return whole;
      const quote = /^\\*["']/.exec(value)?.[0] ?? '';
      const bare = quote === '' ? value : value.slice(quote.length, -quote.length);
      // `https://host/?token=…`, `name: TOKEN=…`, JSON in JSON: what is set there is set in what this is set to.
      if (/[=:]/.test(value) && !secretLike(camelApart(name))) {
        if (quote !== '') return `${name}${mark}${quote}${named(bare)}${quote}`;
        return `${name}${mark}${value.replace(INNER, (_, before: string, inner: string) => before + named(inner))}`;
      }
      if (
        !isSecret(
          name,
          bare,
          mark.trim() === '=' && name === name.toUpperCase() ? 'set' : quote === '' ? 'bare' : 'quoted',
        )
      )
        return whole;
      return `${name}${mark}${quote}${REDACTED}${quote}`;
    },
  );
}

/** Whether what a name is set to is a secret: a variable that is `set`, text that is `quoted`, or `bare`, as code may be. */
function isSecret(name: string, value: string, how: 'set' | 'quoted' | 'bare'): boolean {
  const apart = camelApart(name);
  if (!secretLike(apart) || PUBLIC.test(apart) || value.includes(REDACTED) || isPlaceholder(value)) return false;
  if (!CERTAIN.test(apart))
    return (looksRandom(value) && !isHash(value)) || (how === 'set' && name.endsWith('_AUTH') && isMixed(value));
  if (looksRandom(value) || isHash(value) || /^[A-Za-z0-9+/]{43}=$/.test(value)) return true;
  if (isProse(value)) return false;
  const word = WORD.test(apart);
  if (word && how !== 'bare') return (how === 'set' && !isCode(value)) || (value.length >= 3 && isSaidToBe(value));
  if (value.length < 6) return false;
  return how === 'set' || (how === 'quoted' && /[\d\W_]/.test(value)) || (word && isMixed(value) && isChosen(value));
}

/** What stands in quotes is a value; but names of fields, their titles and types stand there, too. */
const isSaidToBe = (value: string): boolean =>
  value.includes(' ') || isChosen(value) || (value.length < 4 && !/^(?:str|int|any|env|yes|off|pwd)$/i.test(value));

/** Where another name begins in a value: at its beginning, behind the mark of a query, after a stroke. */
const INNER = /(^|[?&;#/])([A-Za-z_][\w.-]*[=:][^?&;#]+)/g;

/** `apiKey` as `api_Key`: names are looked at word by word. */
const camelApart = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, '$1_$2');

/** As long as digests and ids are, and of their digits alone. */
function isHash(value: string): boolean {
  return (
    /^(?:sha\d+[-:])?(?:[a-f0-9]{32}|[a-f0-9]{40}|[a-f0-9]{56}|[a-f0-9]{64}|[a-f0-9]{96}|[a-f0-9]{128})$/i.test(
      value,
    ) ||
    /^sha\d+-[A-Za-z0-9+/]+=*$/.test(value) ||
    /^[a-f0-9]{8}-(?:[a-f0-9]{4}-){3}[a-f0-9]{12}$/i.test(value) ||
    // A ULID
    /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(value)
  );
}

/** Whether nobody would write it by hand: long, of several kinds of characters, and evenly so. */
export function looksRandom(value: string): boolean {
  if (value.length < 16 || /\s/.test(value) || isCode(value) || isHash(value)) return false;
  if (/^(?:\.{0,2}\/|~\/|[a-z]+:\/\/)/i.test(value) || (value.match(/\//g)?.length ?? 0) > value.length / 8)
    return false;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/].filter((one) => one.test(value)).length;
  if (kinds < 2) return false;
  // Names of things are words with something between them, and numbers at their ends.
  const dense = value
    .split(/[^A-Za-z0-9+/=]+/)
    .some((part) => part.length >= 12 && /\d/.test(part) && /[A-Za-z]/.test(part));
  return dense && entropy(value) >= (kinds === 3 ? 3.2 : 3.4);
}

/** Bits that each character says. */
function entropy(value: string): number {
  const counts = new Map<string, number>();
  for (const one of value) counts.set(one, (counts.get(one) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / value.length) * Math.log2(count / value.length);
  return bits;
}

function encodeURIComponentSafely(value: string): string {
  try {
    return encodeURIComponent(value);
  } catch {
    return value;
  }
}

/** Values that a configuration gives to programs and that nobody else should read: by their names, or by what they look like. */
export function secretValues(environment: Readonly<Record<string, Readonly<Record<string, string>>>>): string[] {
  const found = new Set<string>();
  for (const values of Object.values(environment))
    for (const [name, value] of Object.entries(values)) {
      if (value.length >= 4 && (secretLike(name) || looksRandom(value))) found.add(value);
      const password = /^[a-z][a-z0-9+.-]*:\/\/[^/@:\s]*:([^/@\s]+)@/i.exec(value)?.[1];
      if (password !== undefined && password.length >= 4) found.add(password);
    }
  return [...found];
}
