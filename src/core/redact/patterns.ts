/** What stands in the place of a secret. */
export const REDACTED = '[redacted]';

/** A shape by which keys of one maker are known; a prefix nobody writes by accident. */
interface Shape {
  readonly of: string;
  readonly pattern: string;
  /** Text without which it cannot be there, for shapes that begin with anything. */
  readonly mark?: string;
  /** It is told by its beginning alone, also where that is glued to a word. */
  readonly glued?: true;
}

const hex = (length: number): string => `[a-f0-9]{${length}}`;

/** Keys that say themselves what they are. Nothing here matches a hash, a UUID or an object id of git. */
export const SHAPES: readonly Shape[] = [
  // Clouds
  { of: 'AWS access key', pattern: '(?:AKIA|ASIA|ABIA|ACCA|A3T[A-Z0-9])[A-Z0-9]{16}(?![A-Z0-9])', glued: true },
  { of: 'Google API key', pattern: 'AIza[\\w-]{35}', glued: true },
  { of: 'Google OAuth token', pattern: 'ya29\\.[\\w-]{20,}' },
  { of: 'Google OAuth secret', pattern: 'GOCSPX-[\\w-]{20,}', glued: true },
  { of: 'Azure storage key', pattern: 'AccountKey=[A-Za-z0-9+/]{40,}={0,2}' },
  { of: 'Azure signature', pattern: 'sig=[A-Za-z0-9%+/]{40,}={0,2}' },
  { of: 'Azure client secret', pattern: '[A-Za-z0-9~._-]{3}8Q~[A-Za-z0-9~._-]{34}', mark: '8Q~' },
  { of: 'DigitalOcean token', pattern: `do[opr]_v1_${hex(64)}`, glued: true },
  { of: 'Alibaba access key', pattern: 'LTAI[A-Za-z0-9]{20}' },
  { of: 'Heroku key', pattern: 'HRKU-[\\w-]{30,}' },
  { of: 'Fly token', pattern: 'FlyV1 fm\\d[\\w+/=,-]{40,}|fo1_[\\w-]{40,}' },
  { of: 'Databricks token', pattern: `dapi${hex(32)}` },
  { of: 'PlanetScale token', pattern: 'pscale_(?:tkn|pw|oauth)_[\\w.-]{20,}' },
  { of: 'Supabase token', pattern: `sb(?:p_${hex(40)}|_secret_[\\w-]{20,})` },
  { of: 'Vercel token', pattern: 'vc[pikar]_[A-Za-z0-9]{24,}' },
  { of: 'Terraform token', pattern: '[A-Za-z0-9]{14}\\.atlasv1\\.[\\w-]{60,}', mark: '.atlasv1.' },
  { of: 'Vault token', pattern: 'hv[sbr]\\.[\\w-]{24,}', glued: true },
  { of: 'Doppler token', pattern: 'dp\\.(?:pt|st|ct|sa|scim|audit)\\.[\\w.-]{40,}' },
  // Forges and registries
  { of: 'GitHub token', pattern: 'gh[pousr]_[A-Za-z0-9]{36,}(?:_[A-Za-z0-9]{30,})*|github_pat_\\w{22,}', glued: true },
  { of: 'GitLab token', pattern: 'gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent|imt|oas)-[\\w.-]{20,}', glued: true },
  { of: 'Atlassian token', pattern: 'AT(?:ATT3|BB|CTT3)[\\w=-]{20,}' },
  { of: 'npm token', pattern: 'npm_[A-Za-z0-9]{36}', glued: true },
  { of: 'PyPI token', pattern: 'pypi-[\\w-]{50,}', glued: true },
  { of: 'RubyGems key', pattern: `rubygems_${hex(48)}` },
  { of: 'NuGet key', pattern: 'oy2[a-z0-9]{43}' },
  { of: 'Docker token', pattern: 'dckr_(?:pat|oat)_[\\w-]{20,}', glued: true },
  // Makers of models
  { of: 'Anthropic key', pattern: 'sk-ant-[\\w-]{20,}', glued: true },
  { of: 'OpenRouter key', pattern: `sk-or-v1-${hex(64)}`, glued: true },
  { of: 'OpenAI key', pattern: 'sk-(?:proj|svcacct|admin|None)-[\\w-]{20,}|sk-[A-Za-z0-9]{32,}' },
  { of: 'xAI key', pattern: 'xai-[A-Za-z0-9]{40,}' },
  { of: 'Groq key', pattern: 'gsk_[A-Za-z0-9]{40,}' },
  { of: 'Hugging Face token', pattern: '(?:hf|api_org)_[A-Za-z0-9]{30,}' },
  { of: 'Replicate token', pattern: 'r8_[A-Za-z0-9]{37}' },
  { of: 'Perplexity key', pattern: 'pplx-[A-Za-z0-9]{40,}' },
  { of: 'LangSmith key', pattern: `lsv2_(?:pt|sk)_${hex(32)}_${hex(10)}` },
  { of: 'Pinecone key', pattern: 'pcsk_[A-Za-z0-9_]{40,}' },
  { of: 'ElevenLabs key', pattern: `sk_${hex(48)}` },
  { of: 'Together key', pattern: 'tgp_v1_[\\w-]{40,}' },
  // Messages, payments, watching
  { of: 'Slack token', pattern: 'xox[abeoprs]-[\\w-]{10,}|xapp-\\d-[\\w-]{10,}', glued: true },
  { of: 'Slack webhook', pattern: 'hooks\\.slack\\.com/(?:services|workflows|triggers)/[\\w/+-]{20,}' },
  { of: 'Discord webhook', pattern: 'discord(?:app)?\\.com/api/webhooks/\\d+/[\\w-]{40,}' },
  { of: 'Telegram token', pattern: '\\d{8,10}:AA[\\w-]{33}' },
  { of: 'Stripe key', pattern: '(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,}|whsec_[A-Za-z0-9+/=]{32,}', glued: true },
  { of: 'SendGrid key', pattern: 'SG\\.[\\w-]{22}\\.[\\w-]{43}', glued: true },
  { of: 'Mailgun key', pattern: `key-${hex(32)}` },
  { of: 'Twilio key', pattern: `SK${hex(32)}` },
  { of: 'Square token', pattern: 'sq0(?:atp|csp|idp)-[\\w-]{22,}|EAAA[\\w-]{60}' },
  { of: 'Shopify token', pattern: 'shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}', glued: true },
  { of: 'Linear key', pattern: 'lin_(?:api|oauth)_[A-Za-z0-9]{32,}' },
  { of: 'Notion token', pattern: 'ntn_[A-Za-z0-9]{40,}|secret_[A-Za-z0-9]{43}' },
  { of: 'Grafana token', pattern: 'gl(?:sa|c)_[\\w+/=]{32,}' },
  { of: 'New Relic key', pattern: 'NR(?:AK|II|JS|AA)-[A-Za-z0-9]{20,}' },
  { of: 'Sentry token', pattern: 'sntry[su]_[\\w+/=]{40,}' },
  { of: 'Postman key', pattern: `PMAK-${hex(24)}-${hex(34)}` },
  { of: 'Figma token', pattern: 'figd_[\\w-]{40,}' },
  {
    of: 'age key',
    pattern: 'AGE-SECRET-KEY-(?:PQ-)?1[A-Z0-9]{58,}|age-secret-key-(?:pq-)?1[a-z0-9]{58,}',
    glued: true,
  },
  { of: 'NVIDIA key', pattern: 'nvapi-[\\w-]{40,}' },
  { of: 'Cerebras key', pattern: 'csk-[a-z0-9]{40,}' },
  { of: 'Artifactory key', pattern: 'AKC[a-zA-Z0-9]{60,}' },
  { of: 'Tailscale key', pattern: 'tskey-(?:auth|client|api|scim|webhook)-[A-Za-z0-9-]{20,}' },
  { of: 'Pulumi token', pattern: `pul-${hex(40)}` },
  // What others wrap in base64, told by how that begins
  {
    of: 'private key in base64',
    pattern:
      'LS0tLS1CRUdJTi(?:BSU0EgUFJJVkFURSBLRVkt|BQUklWQVRFIEtFWS|BFQyBQUklWQVRFIEtFWS|BPUEVOU1NIIFBSSVZBVEUgS0VZ|BFTkNSWVBURUQgUFJJVkFURSBLRVkt)[\\w+/=-]{20,}',
  },
  { of: 'GitHub token in base64', pattern: 'Z2h[vw1zy]X[A-Za-z0-9+/]{45,}={0,2}' },
  { of: 'AWS access key in base64', pattern: 'QUtJQ[T-V][A-Za-z0-9+/]{20,}={0,2}' },
  { of: 'Anthropic key in base64', pattern: 'c2stYW50L[A-Za-z0-9+/]{30,}={0,2}' },
  // What passwords are turned into where they are kept
  {
    of: 'hash of a password',
    pattern: '\\$(?:apr1|1|2[abxy]|5|6|7|y|argon2(?:id|i|d))\\$[\\w./$=,+-]{22,}',
    glued: true,
  },
];

/** Not on from a word; the letter of an escaped line end or tab is none. */
const BEGINS = String.raw`(?:(?<![A-Za-z0-9_])|(?<=\\[nrt]))`;

const apart = (patterns: readonly string[]): RegExp => new RegExp(`${BEGINS}(?:${patterns.join('|')})`, 'g');

/** One pass over all shapes that begin with something of their own. */
export const SHAPE = new RegExp(
  [
    `${BEGINS}(?:${SHAPES.filter(({ mark, glued }) => mark === undefined && glued === undefined)
      .map(({ pattern }) => pattern)
      .join('|')})`,
    ...SHAPES.filter(({ glued }) => glued === true).map(({ pattern }) => pattern),
  ].join('|'),
  'g',
);

/** The others, each looked for where its mark is. */
export const MARKED = SHAPES.flatMap(({ mark, pattern }) =>
  mark === undefined ? [] : [{ mark, shape: apart([pattern]) }],
);

/** What a line has that names a secret, whatever it is set to. */
export const NAMING =
  /pass|pwd|secret|token|cred|key|auth|priv|dsn|salt|cookie|bearer|mysql|mariadb|redis-cli|ldap|smbclient|rpcclient|login|identified|sqlplus|oracle:thin|@tcp\(|@unix\(|curl|otpauth|basic |kty|AC[a-f0-9]{32}|:54?\d\d|:\*:/i;

/** `scheme://user:password@host`; what stands for a password that is put in later is left alone. */
export const ADDRESS =
  /\b([a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@'"`<>]{0,200}):(?![$<{%*]|\[redacted\])([^\s/@'"`<>]{1,200}(?:@[^\s/@'"`<>?#,:&]{1,100}(?=@)){0,4})@/gi;

/** `scheme://token@host`. */
export const USER = /\b([a-z][a-z0-9+.-]{1,20}:\/\/)([\w.~+=-]{16,200})(?::x-oauth-basic)?@/gi;

/** Headers that carry who somebody is. */
export const HEADER =
  /\b((?:proxy-)?authorization|x-api-key|x-auth-token|x-goog-api-key|api-key|private-token)(["']?\s{0,3}[:=]\s{0,3}["']?)((?:bearer|basic|token|digest|apikey|negotiate)\s+)?(?![$<{*]|\[redacted\]|(?:bearer|basic|token|digest|apikey|negotiate)\b)([^\s"'`,;]{6,})/gi;

/** All of the cookies of one line. */
export const COOKIE =
  /\b((?:set-)?cookie["']?\s{0,3}:\s{0,3}["']?)(?![\s$<{*]|\[redacted\])([^\s"'`=;]{1,100}=[^"'`\r\n]{4,})/gi;

/** A bearer of something, wherever it stands. */
export const BEARER = /\b(bearer\s+)(?![$<{*]|\[redacted\])([A-Za-z0-9._~+/-]{16,}=*)/gi;

/** `curl -u user:password`, and the lines of a .netrc. */
export const LOGIN =
  /((?:^|\s)(?:-u|--user|--proxy-user)(?:=|\s{1,3})["']?[^\s:"'$<{*]{1,64}:|\blogin\s+\S{1,64}\s+password\s+)(?![$<{*]|\[redacted\])([^\s"'`]{4,200})/g;

/** A name and what it is set to: `DB_PASSWORD=…`, `"apiKey": "…"`, `--token …`. */
export const ASSIGNMENT =
  /([A-Za-z_][\w.-]{0,60})((?:\\{0,3}["'])?\s{0,3}(?::=|=>|[:=])\s{0,3})(\\{1,3}"[^"\\\r\n]{3,400}\\{1,3}"|"(?:[^"\\\r\n]|\\.){3,400}"|'(?:[^'\\\r\n]|\\.){3,400}'|(?:[^\s"'`,;(){}[\]<>\\]|\\(?![nrt"'])){6,400})|(--?[A-Za-z][\w-]{2,40})([ =])([^\s"'`,;(){}[\]<>-][^\s"'`,;(){}[\]<>]{7,400})/g;
