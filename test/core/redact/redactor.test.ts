import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SHAPES } from '../../../src/core/redact/patterns.ts';
import { redactorOf, secretValues } from '../../../src/core/redact/redactor.ts';
import { redactEvent } from '../../../src/core/redact/event.ts';
import { RedactingStream } from '../../../src/core/redact/stream.ts';

const redactor = redactorOf();

/** Characters that no secret scanner of a forge takes for a real key, because it is made here. */
function made(length: number, alphabet = 'aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zC'): string {
  let text = '';
  for (let i = 0; i < length; i++) text += alphabet[(i * 7 + ((i * i) % 11)) % alphabet.length];
  return text;
}
const hex = (length: number): string => made(length, '0a1b2c3d4e5f6978');
const upper = (length: number): string => made(length, 'ABCDEFGH234567JK');
const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** One example of every shape. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  'AWS access key': [`AKIA${upper(16)}`, `ASIA${upper(16)}`],
  'Google API key': [`AIza${made(35)}`],
  'Google OAuth token': [`ya29.${made(60)}`],
  'Google OAuth secret': [`GOCSPX-${made(28)}`],
  'Azure storage key': [`AccountKey=${made(86)}==`],
  'Azure signature': [`sig=${made(43)}%3D`],
  'Azure client secret': [`abc8Q~${made(34)}`],
  'DigitalOcean token': [`dop_v1_${hex(64)}`],
  'Alibaba access key': [`LTAI${made(20)}`],
  'Heroku key': [`HRKU-${made(40)}`],
  'Fly token': [`FlyV1 fm2_${made(60)}`, `fo1_${made(43)}`],
  'Databricks token': [`dapi${hex(32)}`],
  'PlanetScale token': [`pscale_tkn_${made(43)}`],
  'Supabase token': [`sbp_${hex(40)}`, `sb_secret_${made(31)}`],
  'Vercel token': [`vcp_${made(56)}`],
  'Terraform token': [`${made(14)}.atlasv1.${made(67)}`],
  'Vault token': [`hvs.${made(90)}`],
  'Doppler token': [`dp.pt.${made(43)}`],
  'GitHub token': [`ghp_${made(36)}`, `ghs_${made(36)}`, `github_pat_${made(22)}_${made(59)}`],
  'GitLab token': [`glpat-${made(20)}`],
  'Atlassian token': [`ATATT3${made(180)}`, `ATBB${made(32)}`],
  'npm token': [`npm_${made(36)}`],
  'PyPI token': [`pypi-${made(160)}`],
  'RubyGems key': [`rubygems_${hex(48)}`],
  'NuGet key': [`oy2${made(43, 'abcdefghij0123456789')}`],
  'Docker token': [`dckr_pat_${made(27)}`],
  'Anthropic key': [`sk-ant-api03-${made(93)}AA`, `sk-ant-oat01-${made(90)}`],
  'OpenRouter key': [`sk-or-v1-${hex(64)}`],
  'OpenAI key': [`sk-proj-${made(120)}`, `sk-${made(48)}`],
  'xAI key': [`xai-${made(80)}`],
  'Groq key': [`gsk_${made(52)}`],
  'Hugging Face token': [`hf_${made(34)}`],
  'Replicate token': [`r8_${made(37)}`],
  'Perplexity key': [`pplx-${made(48)}`],
  'LangSmith key': [`lsv2_pt_${hex(32)}_${hex(10)}`],
  'Pinecone key': [`pcsk_${made(60)}`],
  'ElevenLabs key': [`sk_${hex(48)}`],
  'Together key': [`tgp_v1_${made(43)}`],
  'Slack token': [`xoxb-${made(40)}`, `xapp-1-${made(60)}`],
  'Slack webhook': [`hooks.slack.com/services/T${upper(8)}/B${upper(8)}/${made(24)}`],
  'Discord webhook': [`discord.com/api/webhooks/123456789012345678/${made(68)}`],
  'Telegram token': [`123456789:AA${made(33)}`],
  'Stripe key': [`sk_live_${made(24)}`, `rk_test_${made(24)}`, `whsec_${made(32)}`],
  'SendGrid key': [`SG.${made(22)}.${made(43)}`],
  'Mailgun key': [`key-${hex(32)}`],
  'Twilio key': [`SK${hex(32)}`],
  'Square token': [`sq0atp-${made(22)}`],
  'Shopify token': [`shpat_${hex(32)}`],
  'Linear key': [`lin_api_${made(40)}`],
  'Notion token': [`ntn_${made(46)}`, `secret_${made(43)}`],
  'Grafana token': [`glsa_${made(32)}_${hex(8)}`],
  'New Relic key': [`NRAK-${upper(27)}`],
  'Sentry token': [`sntrys_${made(80)}`],
  'Postman key': [`PMAK-${hex(24)}-${hex(34)}`],
  'Figma token': [`figd_${made(40)}`],
  'age key': [`age-secret-key-1${made(58).toLowerCase()}`, `AGE-SECRET-KEY-1${upper(58)}`],
  'NVIDIA key': [`nvapi-${made(64)}`],
  'Cerebras key': [`csk-${made(48).toLowerCase()}`],
  'Artifactory key': [`AKCp8${made(68)}`],
  'Tailscale key': [`tskey-auth-${made(12)}-${made(32)}`],
  'Pulumi token': [`pul-${hex(40)}`],
  'private key in base64': [
    base64(`-----BEGIN PRIVATE KEY-----\n${made(64)}`),
    base64(`-----BEGIN EC PRIVATE KEY-----\n${made(64)}`),
  ],
  'GitHub token in base64': [base64(`ghp_${made(36)}`), base64(`ghs_${made(36)}`)],
  'AWS access key in base64': [base64(`AKIA${upper(16)}`)],
  'Anthropic key in base64': [base64(`sk-ant-api03-${made(60)}`)],
  'hash of a password': [`$2b$12$${made(53)}`, `$6$${made(16)}$${made(86)}`],
};

test('every shape has an example, which is redacted wherever it stands', () => {
  expect(Object.keys(KEYS).sort()).toEqual(SHAPES.map(({ of }) => of).sort());
  for (const [of, keys] of Object.entries(KEYS))
    for (const key of keys)
      for (const text of [key, `the key is ${key}.`, `"${key}"`, `KEY=${key}\nnext`, `x\n${key},`, `(${key})`]) {
        const clean = redactor.text(text);
        expect([of, text, clean.includes(key.slice(-12))]).toEqual([of, text, false]);
        expect(redactor.text(clean)).toBe(clean);
      }
});

const GITHUB = `ghp_${made(36)}`;
const ESC = '\u001b';

test.each([
  ['glued to a word', `token${GITHUB}`],
  ['glued to another', `${GITHUB}ghp_${made(36)}`],
  ['behind an escaped line end', `{"a":"x\\n${GITHUB}\\n"}`],
  ['an access key behind an escaped line end', `x\\nAKIA${upper(16)}\\n`],
  ['in colours', `${ESC}[32m${GITHUB}${ESC}[0m`],
  ['cut by a colour', `ghp_${ESC}[1m${made(36)}${ESC}[0m`],
  ['a value in a colour of its own', `${ESC}[34mAPI_KEY${ESC}[0m=${ESC}[33m${made(32)}${ESC}[0m`],
  ['in an address', `GET https://example.org/cb?code=1&access_token=${made(32)}&a=b`],
  ['behind another name', `env: DD_API_KEY=${hex(32)}`],
  ['in JSON within JSON', `{"log":"{\\"apiKey\\":\\"${made(32)}\\"}"}`],
  ['a password in JSON within JSON', '"{\\"password\\": \\"hunter2!x-012345\\"}"'],
  ['a login of curl', 'curl -u admin:S3cr3tPass-012345 https://example.org'],
  ['a line of a .netrc', 'machine example.org login ada password S3cr3tPass-012345'],
  ['a flag', 'login --password=hunter2-hunter2-012345'],
])('a secret %s is redacted', (_, text) => {
  const clean = redactor.text(text);
  expect(clean).toContain('[redacted]');
  expect(clean).not.toMatch(/[A-Za-z0-9]{24,}|012345/);
  expect(redactor.text(clean)).toBe(clean);
});

const PEM = `-----BEGIN RSA PRIVATE KEY-----\n${Array.from({ length: 25 }, (_, i) => made(64).slice(i) + made(i)).join('\n')}\n-----END RSA PRIVATE KEY-----`;

describe('other forms', () => {
  test.each([
    [`before\n${PEM}\nafter`, 'before\n[redacted]\nafter'],
    [JSON.stringify({ private_key: PEM, a: 1 }), '{"private_key":"[redacted]","a":1}'],
    [`cut off: ${PEM.slice(0, 400)}`, 'cut off: [redacted]'],
    ['postgres://ada:hunter2@db:5432/x', 'postgres://ada:[redacted]@db:5432/x'],
    ['redis://:p4ss@h', 'redis://:[redacted]@h'],
    ['mongodb+srv://u:p%40ss@c.example.net/?w=1', 'mongodb+srv://u:[redacted]@c.example.net/?w=1'],
    ['https://x-access-token:abcdefgh@github.com/a/b', 'https://x-access-token:[redacted]@github.com/a/b'],
    [`Authorization: Bearer ${made(30)}`, 'Authorization: Bearer [redacted]'],
    [`curl -H 'authorization: Basic ${made(24)}=='`, "curl -H 'authorization: Basic [redacted]'"],
    [`X-Api-Key: ${made(24)}`, 'X-Api-Key: [redacted]'],
    ['Cookie: session=abcdef; theme=dark\nHost: x', 'Cookie: [redacted]\nHost: x'],
    [`sent bearer ${made(40)} to it`, 'sent bearer [redacted] to it'],
    ['DB_PASSWORD=hunter2', 'DB_PASSWORD=[redacted]'],
    ['export API_TOKEN="correct-horse"', 'export API_TOKEN="[redacted]"'],
    [`  "apiKey": "${made(24)}",`, '  "apiKey": "[redacted]",'],
    [`client_secret: ${made(40)}`, 'client_secret: [redacted]'],
    [`AWS_SECRET_ACCESS_KEY=${made(40)}`, 'AWS_SECRET_ACCESS_KEY=[redacted]'],
    [`MY_API_KEY=${hex(32)}`, 'MY_API_KEY=[redacted]'],
    [`login --token ${made(24)} --user ada`, 'login --token [redacted] --user ada'],
    ["password = 's3cr3t-word'", "password = '[redacted]'"],
  ])('%j', (text, expected) => {
    expect(redactor.text(text)).toBe(expected);
    expect(redactor.text(expected)).toBe(expected);
  });
});

test.each([
  'commit 3f786850e387550fdab836ed7e6dc881de23001b',
  `tree ${hex(64)}`,
  'id 123e4567-e89b-12d3-a456-426614174000',
  'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  '"integrity": "sha512-MV1ezbiGLw1b2hF3RrVz1ShTBKJ6ZQ0mBqT0hXx1pUb8Y2x3e5v0Zg7Vq3lq0f1w=="',
  'cache key: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  'const token = await getToken(options.tokenPath);',
  'token: string; password?: string;',
  'password = process.env.DB_PASSWORD',
  'password: ${{ secrets.DB_PASSWORD }}',
  'API_KEY=$API_KEY npm test',
  'token=<your token>',
  'The password must be at least 12 characters long.',
  'secret: null, token: undefined',
  'auth: { type: "oauth2" }',
  'author: Ada Lovelace-Byron-1815',
  'tokenizer: cl100k_base_multilingual',
  'max_tokens: 4096000000000000',
  'key: my-feature-flag-name-2026-01',
  'sort_key = created_at_timestamp_utc',
  '  at Object.<anonymous> (/srv/project/src/auth/session-token-store.test.ts:12:34)',
  'src/keys/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b/index.ts',
  'https://example.org/a/b?x=1#token',
  'ssh://git@github.com:22/a/b.git',
  'http://localhost:4318/v1/traces',
  'npm_config_cache=/srv/cache/.npm',
  'eyJustALongWordThatBeginsLikeOne',
  'sk-learn and sk-image are libraries',
  'task-0123456789abcdef0123456789abcdef',
  '-----BEGIN CERTIFICATE-----',
  '-----BEGIN PUBLIC KEY-----',
  'Expected: "a1b2c3d4e5f6a7b8" Received: "ffffffffffffffff"',
  'bearer of bad news for everybody',
  'idempotency_key: 01HQZX3V9K7M8N2P4R6T8W0Y1Z',
  '\u001b[32mPASS\u001b[0m src/auth/token-store.test.ts \u001b[2m(5 tests)\u001b[0m',
  'see https://example.org/a?page_token=next&sort=key:asc',
  'run with --password prompt, or -u ada',
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ',
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJrVENCKw==',
])('is left as it is: %s', (text) => {
  expect(redactor.text(text)).toBe(text);
});

test('values of variables are redacted wherever they stand, also in JSON, in addresses and line by line', () => {
  const values = secretValues({
    mine: {
      DB_PASSWORD: 'a"b cd',
      NODE_ENV: 'production',
      REGION: 'eu-central-1',
      BLOB: made(30),
      URL: 'postgres://u:geheim@h/d',
    },
    verify: { SSH_KEY: `first line ${made(12)}\nsecond line ${made(14)}` },
  });
  const one = redactorOf(values);
  expect(values).not.toContain('production');
  expect(values).not.toContain('eu-central-1');
  for (const text of [
    'x a"b cd y',
    'x a\\"b cd y',
    'x a%22b%20cd y',
    `x ${made(30)} y`,
    'x geheim y',
    `x second line ${made(14)} y`,
  ])
    expect(one.text(text)).toBe('x [redacted] y');
});

test('an event loses its secrets where somebody speaks, and keeps names, paths and commands', () => {
  const token = `ghp_${made(36)}`;
  const event = {
    event: 'anomaly' as const,
    what: `it said ${token}`,
    detail: 'nothing',
  };
  expect(redactEvent(event, redactor)).toEqual({ event: 'anomaly', what: 'it said [redacted]', detail: 'nothing' });
  const plain = { event: 'anomaly' as const, what: 'a', detail: 'b' };
  expect(redactEvent(plain, redactor)).toBe(plain);
  const word = redactorOf(['postgres']);
  const merged = { event: 'task_failed' as const, task: 'postgres', reason: 'postgres is down' };
  expect(redactEvent(merged, word)).toEqual({ event: 'task_failed', task: 'postgres', reason: '[redacted] is down' });
});

test('a value that is known is found where base64 holds it, whatever stands before it', () => {
  const value = 'correct horse/battery+staple?';
  const one = redactorOf([value]);
  for (const around of ['', 'a', 'ab', 'abc', 'ada:']) {
    const whole = Buffer.from(`${around}${value} and more`);
    for (const text of [whole.toString('base64'), whole.toString('base64url')]) {
      const clean = one.text(`said: ${text}`);
      expect(clean).toContain('[redacted]');
      expect(Buffer.from(clean.replace('[redacted]', ''), 'base64').toString()).not.toContain('horse');
    }
  }
});

test('pieces of a text become what the whole becomes, wherever it is cut', () => {
  const secrets = [
    ...Object.values(KEYS).flat(),
    PEM,
    'DB_PASSWORD=hunter2',
    'postgres://ada:hunter2@db/x',
    'multi\nline value',
  ];
  const word = fc.constantFrom('hello', 'token', '\n', ' ', '=', 'ä€', '{"a": 1}', ...secrets);
  const one = redactorOf(['multi\nline value']);
  fc.assert(
    fc.property(fc.array(word, { maxLength: 30 }), fc.array(fc.nat(400), { maxLength: 40 }), (words, sizes) => {
      const text = words.join(' ');
      const stream = new RedactingStream(one);
      let out = '';
      let at = 0;
      for (const size of sizes) {
        out += stream.push(text.slice(at, at + size));
        at += size;
      }
      out += stream.push(text.slice(at)) + stream.end();
      expect(out).toBe(one.text(text));
    }),
    { numRuns: 200 },
  );
});

test('a line without end does not gather, and no text whatever takes long', () => {
  const stream = new RedactingStream(redactor);
  let out = '';
  for (let i = 0; i < 200; i++) {
    out += stream.push('x'.repeat(10_000));
    if (i === 100) out += stream.push(` ghp_${made(36)} `);
  }
  expect(out.length).toBeGreaterThan(1_900_000);
  out += stream.end();
  expect(out).not.toContain('ghp_');
  expect(out.length).toBe(2_000_000 + ' [redacted] '.length);
});
