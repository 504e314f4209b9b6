/** Names of what people choose, which may be a word. */
export const WORD = /pass(?:word|wd|phrase)?\d*$|pwd$/i;

/** What stands behind the name of a secret in code, in sentences and in tables, and is none. */
const SAID: ReadonlySet<string> = new Set(
  `absent accepted access added admin all allowed always any argument array ascii ask asked auto base64 basic bearer blank body bool boolean buffer byte bytes
  bytestring cached callback changed changeme char char[] chararray check checked class cleared column config confirm confirmation const content correct created
  current custom data datetime default defined denied deprecated digest dict disabled double duplicate dynamic else email empty enabled encrypted encoded end entered
  entry env environment error event example except exists expired expires external fail failed false field file final first float forbidden form format found func
  function generated get given global hash hashed have header hidden ident identifier ignored import inherit incorrect input insecure insert int integer interface
  internal invalid item json keep keychain keyring label last length line list load local lock locked lookup manual masked match matched mismatch missing mixed name
  never next node none normal not null number object obscured okay omitted only open optional option options other output param params parse passed pending per phrase plain plaintext
  plugin position present prev private prompt promise property protected provided public punctuation query random rand raw read ready received record redacted
  rejected removed renewed replace request required reset response result return revoked root rotate rotated safe saved scope self send sensitive sent session set short shown
  single skip skipped some source start state static status stdin stored str strict string strong struct style success supported symbol sysdba system table test
  text this time todo true tuple type types typing uint uint8array unchanged undefined union unique unknown unset unsupported updated user username uuid valid value values vault
  varchar verified verify void wait weak with write wrong yes your`.split(/\s+/),
);

/** Stands for a value that is put in later, or says that there is none. */
export function isPlaceholder(value: string): boolean {
  return (
    /^(?:\$|%|<|\{|\*|\[redacted\]|\.\.\.|…|x{4,}$|X{4,}$)/.test(value) ||
    /\$\{|\{\{|process\.env|os\.environ|getenv|ENV\[/.test(value) ||
    /^(?:null|none|undefined|true|false|string|number|boolean|example|changeme|required|optional|hidden|masked)$/i.test(
      value,
    ) ||
    /^(?:your|my|the|some|an?|test|dummy|fake|example)[-_ ]/i.test(value)
  );
}

/** Reads like code and not like a value. */
export const isCode = (value: string): boolean => /[()]|^[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)+$/.test(value);

/** Words with blanks between them: a sentence about a secret. A few bare words in a row are what people choose. */
export const isProse = (value: string): boolean =>
  /\s/.test(value) &&
  !/\d/.test(value) &&
  (!/^[a-z]+(?: [a-z]+){2,7}$/.test(value) ||
    /\b(?:a|an|and|are|as|at|be|by|can|de|do|for|from|has|have|if|in|is|it|may|must|no|not|of|on|one|or|so|that|the|this|to|was|will|with|you|your|pass\w*|secret|token|keys?)\b/.test(
      value,
    ));

/** Letters and digits in a way that names of things are not: a digit stands within it, or beside a sign. */
export const isMixed = (value: string): boolean =>
  value.length >= 6 &&
  /\d/.test(value) &&
  /[A-Za-z]/.test(value) &&
  !/^[A-Za-z_$][A-Za-z_$-]*\d{0,6}$/.test(value) &&
  !/base64|sha\d|utf8|md5|s3|oauth2|i18n|e2e|k8s|x509|ed25519|(?:^|[_-])v\d|^\d+(?:\.\d+)*[a-z]{0,4}$|^[\d.:-]+[A-Z]?$/i.test(
    value,
  );

/**
 * Whether somebody may have chosen this as a password: one word that neither stands for something else nor reads like code. Precise rather
 * than complete: what begins with a capital and has letters alone is the name of a type, what has two words in it a name.
 */
export function isChosen(value: string): boolean {
  if (value.length < 4 || /\s/.test(value) || isPlaceholder(value) || isCode(value)) return false;
  if (/^[!&*|>~?:@#=\\/.,;+-]|^\p{Lu}\p{L}*$|^(?:[a-z]+[A-Z][A-Za-z]*|[a-z]+_[a-z_]+)$|[[\]<>{}|]|::|->/u.test(value))
    return false;
  const bare = value.toLowerCase().replace(/[.!?…,;]+$/, '');
  if (SAID.has(bare) || SAID.has(bare.replace(/\d+$/, ''))) return false;
  // `password: hashedPassword` is code; one with digits may be either.
  return /\d/.test(value) || !/pass|pwd|secret|token|cred|key/i.test(value);
}
