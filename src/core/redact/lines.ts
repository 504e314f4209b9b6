import { isChosen, isMixed, isPlaceholder } from './chosen.ts';
import { REDACTED } from './patterns.ts';

/*
 * What a line says of a secret without quotes around it and without a shape of its own: files of settings, commands, statements of a
 * database. All patterns are bounded, so that a line of any length takes a time that grows with it alone.
 */

/** A line that calls a program which takes a password has one of these. */
const CALLS =
  /mysql|mariadb|sshpass|redis-cli|requirepass|masterauth|ldap|smb|rpcclient|login|htpasswd|pass |keytool|openssl|sqlplus|oracle:thin|curl|_auth|_password/;

const VALUE = String.raw`[^\s"'\`\\|;&<>$]{3,200}`;
const OPENING = String.raw`(?:\\?["'])?`;

/** What stands behind the first group is a password, whatever it looks like. */
const COMMANDS: readonly RegExp[] = [
  String.raw`\b(?:mysql|mariadb)(?:-?(?:dump|admin|import|check|show|sh|binlog|slap|upgrade))?(?=\s)[^|;&\n]{0,300}?\s-p${OPENING}`,
  String.raw`\bsshpass\s(?:-v\s)?\s{0,4}-p\s{0,4}${OPENING}`,
  String.raw`\bredis-cli\s[^|;&\n]{0,200}?\s?(?:-a|--pass)\s{1,4}${OPENING}`,
  String.raw`(?:^|\\n|["'])\s{0,20}(?:requirepass|masterauth)\s{1,8}${OPENING}`,
  String.raw`\bldap(?:search|add|modify|delete|whoami|passwd)\s[^|;&\n]{0,300}?\s?-w\s{1,4}${OPENING}`,
  String.raw`\b(?:smbclient|rpcclient|smbmap)\s[^|;&\n]{0,200}?\s?-U\s{0,4}${OPENING}[^\s%"']{1,64}%`,
  String.raw`\b(?:docker|podman|nerdctl|helm|skopeo|buildah|oras|crane|az|cf|oc|npm|vault)(?:\s(?:registry|auth))?\slogin\s[^|;&\n]{0,200}?\s?(?:-p|--password)[ =]${OPENING}`,
  String.raw`\bhtpasswd\s[^|;&\n]{0,40}?-\w{0,6}b\w{0,6}\s[^\s|;&]{1,100}\s[^\s|;&]{1,64}\s${OPENING}`,
  String.raw`\s-(?:store|key|srcstore|deststore)pass(?:word)?\s(?:pass:)?${OPENING}`,
  String.raw`\bopenssl\s[^|;&\n]{0,300}?\s-pass(?:in|out)?\s${OPENING}pass:`,
  String.raw`\bcurl\s(?:[^|;&\n]{0,200}\s)?-u${OPENING}[^\s:"'$]{1,64}:`,
  String.raw`\bsqlplus\s(?:-\w{1,3}\s){0,3}[A-Za-z]\w{0,40}/`,
  String.raw`\boracle:thin:[A-Za-z]\w{0,40}/`,
  String.raw`(?:^|[:\s"'n])_(?:authToken|password|auth)\s{0,2}[= ]\s{0,2}${OPENING}`,
].map((one) => new RegExp(`(${one})(?!\\[redacted\\])(${VALUE})`, 'g'));

/** `user:password@tcp(host)` of Go. */
const GO = /\b([A-Za-z][\w.-]{0,64}:)(?!\[redacted\])([^\s"'`@/:]{1,200})(?=@(?:tcp|unix)\()/g;
/** `echo word | docker login --password-stdin`. */
const ECHOED =
  /\b(?:echo|printf)\s(?:-n\s)?(?:\\?["'])?(?:[\w.-]{1,64}:)?([^\s"'`$|\\]{3,200})(?:\\?["'])?(?=\s{0,4}\|[^|\n]{0,200}(?:--password-stdin|\bchpasswd\b|--with-token|\bsudo -S))/g;
/** Passwords in SQL. */
const SQL =
  /(\bidentified\s{1,4}(?:with\s{1,4}\S{1,64}\s{1,4})?(?:by|as)\s{1,4}|\b(?:user|role|login)\s[^;'\n]{0,200}(?:'[^'\n]{0,64}'[^;'\n]{0,64}){0,2}\bpassword\s{0,4}=?\s{0,4})(\\?')([^'"\\\n]{1,200})(?=\\?')/gi;
/** `<password>word</password>`. */
const ELEMENT =
  /<((?:[\w.-]{1,40}[.:-]?)?(?:password|passwd|passphrase|secret|token|api-?key))>([^<>\n]{3,400})(?=<\/)/gi;
const NAMED = '[\\w.-]{0,60}?(?:password|passwd|passphrase|secret|token|api_?key)';
const PAIRED = String.raw`(?!\[redacted\])([^\s"'\\,;}<>]{3,200})(?=["'\\\s}]|$)`;
/** `define('DB_PASSWORD', 'word')`. */
const DEFINED = new RegExp(
  String.raw`(\b(?:define|set_?env|putenv|setProperty|setdefault)\s{0,2}\(\s{0,2}\\?["']${NAMED}\\?["']\s{0,3},\s{0,3}\\?["'])${PAIRED}`,
  'gi',
);
/** `{"name": "DB_PASSWORD", "value": "word"}`, `<add key="Password" value="word">`. */
const PAIR = new RegExp(
  String.raw`(\b(?:name|key)\\?["']?\s{0,3}[:=]\s{0,3}\\?["']?${NAMED}\\?["']?\s{0,3},?(?:\s|\\[rnt]){0,40}\\?["']?value\\?["']?\s{0,3}[:=]\s{0,3}\\?["']?)${PAIRED}`,
  'gi',
);
/** `set -x DB_PASSWORD word` of fish, `setenv DB_PASSWORD word`, `ENV DB_PASSWORD word` of a Dockerfile. */
const SPACED =
  /((?:^|[\s;"']|\\n)(?:set\s-\w{1,4}|setenv|ENV|ARG)\s{1,4}[A-Za-z_]{0,40}(?:PASSWORD|PASSWD|PASS|SECRET|TOKEN|API_KEY)\s{1,4}["']?)(?!\[redacted\])([^\s"'`$=;|&]{3,200})/gi;
/** `$env:DB_PASSWORD = "word"` of PowerShell. */
const POWERSHELL =
  /(\$env:[A-Za-z_]{0,40}(?:PASSWORD|PASSWD|PASS|SECRET|TOKEN|API_KEY)\s{0,3}=\s{0,3}\\?["'])([^\s"'\\$]{3,200})/gi;
/** `host:5432:database:user:word`, a line of .pgpass. */
const PGPASS = /^(\s{0,20}[\w.*-]{1,100}:(?:543\d|6432|\*):[^:\s]{1,64}:[^:\s/]{1,64}:)([^\s:]{3,200})(?=\s{0,4}$)/;
/** `Basic dXNlcjp3b3Jk`, and `"auth": "…"` of docker: base64 of a user and a password. */
const LOGIN64 =
  /(\bbasic\s{1,3}|["']auth\\?["']\s{0,3}:\s{0,3}\\?["'])([A-Za-z0-9+/]{6,400}={0,2})(?![A-Za-z0-9+/=])/gi;
const OTP = /(\botpauth(?:-migration)?:\/\/[^\s"'`<>?]{0,300}\?)(?!\[redacted\])[^\s"'`<>]{4,2000}/gi;
/** The private part of a JSON web key. */
const JWK = /(\\?["'](?:d|p|q|dp|dq|qi|k)\\?["']\s{0,3}:\s{0,3}\\?["'])([\w-]{22,1400})(?=\\?["'])/g;
/** An account of Twilio, and what stands beside it. */
const TWILIO =
  /(\bAC[a-f0-9]{32}["']?[^A-Za-z0-9\n]{1,8}(?:[A-Za-z_]{2,24}["']?[^A-Za-z0-9\n]{1,6})?)([a-f0-9]{32})(?![A-Za-z0-9])/g;

/** A whole line of settings, also one that stands in a string, behind the sign of a diff or behind a number of a line. */
const SETTING =
  /((?:^|\\n|["'`])[ \t]{0,60}(?:[\w./-]{1,100}:\d{1,6}:[ \t]{0,40}|\d{1,6}(?:→|\\t|[\t|:])[ \t]{0,40})?(?:[-+>|*][ \t]{0,8}){0,2}(?:(?:export|set|declare -x|env)[ \t]{1,4})?)([A-Za-z_][\w.-]{0,80})([ \t]{0,20}(?:=|:[ \t])[ \t]{0,20})([^\s"'`\\,;]{3,200})(?=[ \t]{0,40}(?:#|\\[rn]|["'`]|\r?$))/gm;
/** `password=word` between others of its kind: logs, queries, connection strings, flags. */
const GLUED =
  /((?:(?<![A-Za-z])|(?<=[a-z])(?=P))(?:pass(?:word|wd|phrase)|(?<=_)pass|pwd)\d?=)(?!\[redacted\])([^\s"'`,;&(){}[\]<>|\\]{3,200})(?=[\s;&|"'`\\]|$)/gi;
/** `--password word`, where the command goes on behind it or ends. */
const FLAG =
  /(\s--?(?:[a-z]{1,20}-)?pass(?:word|wd|phrase)?\s{1,3})(?![-[])([^\s"'`,;|&]{4,200})(?=\s{1,3}(?:-|&&|\||>|\\$)|\s{0,4}["'`]?$)/gi;

/** Names of passwords, in settings. */
const CHOSEN = /(?:pass(?:word|wd|phrase)|[_.-]pass|(?:^|[_.-])pwd)\d?$/i;
/** Names that end in a secret, in settings: with these a word has to look made. */
const KEYS = /(?:^|[_.-])(?:secret|token|(?:api|access|secret|client|auth)[_.-]?key|auth)$/i;

/** The line without what it says of secrets in ways that no maker of keys has. */
export function spoken(line: string): string {
  let clean = line;
  const put = (pattern: RegExp, is: (value: string) => boolean = isGiven): void => {
    clean = clean.replace(pattern, (whole: string, before: string, value: string) =>
      is(value) ? `${before}${REDACTED}` : whole,
    );
  };
  if (CALLS.test(line)) for (const command of COMMANDS) put(command);
  put(GO);
  put(OTP, () => true);
  put(TWILIO, () => true);
  put(LOGIN64, isLogin64);
  put(SPACED, isChosen);
  put(POWERSHELL);
  put(PGPASS, isChosen);
  put(DEFINED, isChosen);
  put(PAIR, isChosen);
  if (clean.includes('kty')) put(JWK, () => true);
  clean = clean.replace(ECHOED, (whole: string, value: string) =>
    isGiven(value) ? whole.replace(value, REDACTED) : whole,
  );
  clean = clean.replace(SQL, (whole: string, before: string, quote: string, value: string) =>
    isPlaceholder(value) ? whole : `${before}${quote}${REDACTED}`,
  );
  clean = clean.replace(ELEMENT, (whole: string, name: string, value: string) =>
    (/pass/i.test(name) ? isChosen(value) : isMixed(value) && isChosen(value)) ? `<${name}>${REDACTED}` : whole,
  );
  put(GLUED, isChosen);
  put(FLAG, isChosen);
  return clean.replace(SETTING, (whole: string, before: string, name: string, mark: string, value: string) =>
    isSetting(name, mark, value) ? `${before}${name}${mark}${REDACTED}` : whole,
  );
}

/** Whether the whole of a line sets a secret: a password may be a word, a key is none. */
function isSetting(name: string, mark: string, value: string): boolean {
  const apart = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2');
  // What stands in a variable is a value: it needs no look of one.
  const variable = mark.trim() === '=' && name === name.toUpperCase();
  if (CHOSEN.test(apart)) return isChosen(value);
  if (/^pass$/i.test(apart)) return isChosen(value) && isMixed(value);
  return KEYS.test(apart) && isChosen(value) && (isMixed(value) || (variable && /\d/.test(value)));
}

const isGiven = (value: string): boolean => value.length >= 3 && !isPlaceholder(value);

/** Base64 that holds a user and a password. */
function isLogin64(value: string): boolean {
  const bare = value.replace(/=+$/, '');
  let bits = 0;
  let held = 0;
  let colon = false;
  for (const one of bare) {
    bits = ((bits << 6) | DIGITS.indexOf(one)) & 0xffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    const byte = (bits >> held) & 0xff;
    if (byte < 0x20 || byte === 0x7f) return false;
    if (byte === 0x3a) colon = true;
  }
  return colon;
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
