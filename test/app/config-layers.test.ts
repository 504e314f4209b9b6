import { expect, test } from 'vitest';
import { loadConfig, type Config } from '../../src/app/config.ts';
import { keyPath, keyText, nodeAt, originAt } from '../../src/app/config-tree.ts';
import { type ConfigFlag, setFlag } from '../../src/app/config-layers.ts';
import { desk } from './rig.ts';

interface Given {
  readonly home?: string;
  readonly repository?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly flags?: readonly ConfigFlag[];
}

async function load({ home, repository, env = {}, flags = [] }: Given) {
  const place = desk({
    ...(repository === undefined ? {} : { '.masterplan.yaml': repository }),
    ...(home === undefined ? {} : { '../home/.masterplan.yaml': home }),
  });
  const context = { ...place.context, env: { ...place.context.env, ...env } };
  return { place, loaded: await loadConfig(context, place.root, { flags }) };
}

async function config(given: Given): Promise<Config> {
  const { loaded } = await load(given);
  if (!loaded.ok) throw new Error(loaded.error.message);
  return loaded.value;
}

async function refusal(given: Given): Promise<string> {
  const { loaded, place } = await load(given);
  if (loaded.ok) throw new Error('it is valid');
  return loaded.error.message.replaceAll(place.root, 'project').replaceAll(place.path('..', 'home'), 'home');
}

const from = (one: Config, key: string) => originAt(one.tree, keyPath(key) ?? []);

test('maps are joined at every depth, lists are replaced, and every value knows where it comes from', async () => {
  const one = await config({
    home: 'parallelism: {max_agents: 2, max_verifications: 5}\nverify: {commands: [a, b], timeout: 5m}\nreview: on\n',
    repository: 'parallelism:\n  max_agents: 3\nverify:\n  commands: [c]\nreview:\n  rounds: 4\n',
    env: { MASTERPLAN_VERIFY__TIMEOUT: '7m' },
    flags: [{ key: 'review.rounds', value: '6', flag: '--set review.rounds=6' }],
  });
  expect(one.settings).toMatchObject({
    parallel: 3,
    verify_parallel: 5,
    verify: { timeout: 420_000, commands: ['c'] },
    review: { mode: 'on', rounds: 6 },
  });
  expect(from(one, 'parallelism.max_agents').where).toMatch(/project\/\.masterplan\.yaml:2:15$/);
  expect(from(one, 'parallelism.max_verifications').where).toMatch(/home\/\.masterplan\.yaml:1:49$/);
  expect(from(one, 'review.mode').where).toMatch(/home\/\.masterplan\.yaml:3:9$/);
  expect(from(one, 'verify.timeout')).toMatchObject({ from: 'variable', where: 'MASTERPLAN_VERIFY__TIMEOUT' });
  expect(from(one, 'review.rounds')).toMatchObject({ from: 'flag', where: '--set review.rounds=6' });
});

test('an empty value takes back what a file below says, but where it means something', async () => {
  const home = 'budget: {run: {cost: 5}}\nagents: {claude: {model: opus}}\n';
  const one = await config({ home, repository: 'budget:\nagents:\n  claude:\n' });
  expect(one.settings.budget).toBeUndefined();
  expect(one.settings.agents['claude']).toMatchObject({ kind: 'claude', model: 'opus' });
});

test('an agent may be completed by another file, and its program lies beside the file that names it', async () => {
  const one = await config({
    home: 'agents: {mine: {command: [./agent.sh]}}\n',
    repository: 'agents: {mine: {max_concurrent: 2}}\n',
  });
  expect(one.settings.agents['mine']).toMatchObject({ max_concurrent: 2 });
  expect(one.settings.agents['mine']?.command[0]).toMatch(/\/home\/agent\.sh$/);
});

test('a file below that is not valid refuses, although the one above says otherwise', async () => {
  expect(await refusal({ home: 'attempts: many\n', repository: 'attempts: 2\n' })).toBe(
    'home/.masterplan.yaml:1:11: attempts: must be a number',
  );
});

test.each([
  ['ATTEMPTS', '5', { attempts: 5 }],
  ['PARALLELISM__MAX_AGENTS', ' 7 ', { parallel: 7 }],
  ['PARALLELISM__LANES__WORK', '2', { parallel_lanes: { work: 2 } }],
  ['FINISH', 'merge', { finish: 'merge' }],
  ['REVIEW', 'yes', { review: { mode: 'on' } }],
  ['REVIEW__MODE', 'required', { review: { mode: 'required' } }],
  ['LIMITS__RESUME_UNATTENDED', 'no', { resume_unattended: false }],
  ['LIMITS__RESUME_UNATTENDED', 'OFF', { resume_unattended: false }],
  ['VERIFY__COMMANDS', 'npm test,npm run lint', { verify: { commands: ['npm test', 'npm run lint'] } }],
  ['VERIFY__COMMANDS', '["a, b", c]', { verify: { commands: ['a, b', 'c'] } }],
  ['LANDING__BATCH', 'auto', { landing: { batch: 0 } }],
  ['LANDING__BATCH', '3', { landing: { batch: 3 } }],
  ['AGENTS__MY_AGENT__MODEL', '5', { agents: { 'my-agent': { model: '5' } } }],
  ['BUDGET__RUN__COST', '2.5', { budget: { run: { cost: 2.5 } } }],
])('MASTERPLAN_%s=%j', async (name, text, settings) => {
  const repository = 'agents: {my-agent: {command: [x]}}\n';
  const one = await config({ repository, env: { [`MASTERPLAN_${name}`]: text } });
  expect(one.settings).toMatchObject(settings);
});

test.each([
  ['ATTEMPTS', 'many', 'MASTERPLAN_ATTEMPTS: attempts: must be a number'],
  ['ATTEMPTS', '99', 'MASTERPLAN_ATTEMPTS: attempts: must be at most 20'],
  ['FINISH', 'merg', 'MASTERPLAN_FINISH: finish: must be one of ask, merge, '],
  ['PARALLELISM__MAX_AGENT', '4', 'unknown key "max_agent"; did you mean "max_agents"?'],
  ['VERIFY__TIMEOUT', '10:30', 'MASTERPLAN_VERIFY__TIMEOUT: verify.timeout: must be a duration'],
])('MASTERPLAN_%s=%s refuses, and names the variable', async (name, text, words) => {
  const refused = await refusal({ env: { [`MASTERPLAN_${name}`]: text } });
  expect(refused).toContain(words);
  expect(refused).toMatch(new RegExp(`^MASTERPLAN_${name}: `));
});

test('variables that agents and developers are told by are no keys, and a misspelt one refuses', async () => {
  const env = { MASTERPLAN_TASK: 'T1', MASTERPLAN_DEBUG: '1', MASTERPLAN_PORT_WEB: '1', MASTERPLAN_ATTEMPTS: '' };
  expect((await config({ env })).warnings).toEqual([]);
  expect(await refusal({ env: { MASTERPLAN_PARALELISM__MAX_AGENTS: '1' } })).toBe(
    'MASTERPLAN_PARALELISM__MAX_AGENTS: unknown key "paralelism"; did you mean "parallelism"?',
  );
  expect((await config({ env: { MASTERPLAN_BIN: '/x', MASTERPLAN_HOMEPAGE: 'x' } })).warnings).toEqual([
    'MASTERPLAN_BIN: unknown key "bin"; did you mean "lint"?',
  ]);
});

test.each([
  ['attempt', '3', '--set attempt=3: unknown key "attempt"; did you mean "attempts"?'],
  ['a..b', '3', '"a..b" is no key'],
  ['attempts', 'x', '--set attempts=x: attempts: must be a number'],
])('--set %s=%s refuses', async (key, value, words) => {
  expect(await refusal({ flags: [{ key, value, flag: `--set ${key}=${value}` }] })).toContain(words);
});

test('keys of older tools are read as what they became, layer by layer', async () => {
  const home = 'codex: {review: off, review_max_fix_iterations: 0}\nparallelism: {enabled: false}\n';
  const one = await config({ home, repository: 'codex: {review: on, review_prompt_at: never, routing: manual}\n' });
  expect(one.settings).toMatchObject({
    parallel: 1,
    review: { mode: 'on', rounds: 1, hold: 'high' },
    routing: { small_edits: 'manual' },
  });
  expect(from(one, 'review.mode').where).toMatch(/project\/\.masterplan\.yaml:1:17$/);
  const both = await config({ home: 'codex: {review: on}\nreview: off\n' });
  expect(both.settings.review).toBeUndefined();
  const timed = 'agents: {claude: {}, codex: {timeout: 1m}}\nparallelism: {member_timeout_sec: 60, on_member_timeout: ';
  expect((await config({ home: `${timed}blocker}\n` })).settings.agents['claude']?.timeout).toBe(60_000);
  expect((await config({ home: `${timed}warn}\n` })).settings.agents['claude']?.timeout).toBe(3_600_000);
});

test('of an older key and ours that contradict each other in one file it is told which counts, with both places', async () => {
  const told = async (home: string): Promise<readonly string[]> => (await config({ home })).warnings;
  const [off = '', ...more] = await told('parallelism: {enabled: off, max_agents: 3}\n');
  expect(more).toEqual([]);
  expect(off).toMatch(/:1:24: parallelism\.enabled is false, so parallelism\.max_agents: 3 \(.*:1:41\) does not count/);
  const [mode = ''] = await told('codex: {review: on}\nreview: {mode: off}\n');
  expect(mode).toMatch(/:2:16: review\.mode is "off", so codex\.review: "on" \(.*:1:17\) does not count/);
  expect(await told('parallelism: {enabled: on, max_agents: 3}\n')).toEqual([]);
  expect(await told('parallelism: {enabled: off, max_agents: 1}\n')).toEqual([]);
  // A later layer is meant to say something else.
  expect(
    (await config({ home: 'parallelism: {enabled: off}\n', repository: 'parallelism: {max_agents: 3}\n' })).warnings,
  ).toEqual([]);
});

test('a flag sets a key', async () => {
  expect(setFlag('attempts')).toEqual({ ok: false, error: expect.stringContaining('write key=value') });
  const flag = setFlag('verify.commands=a=b, c');
  if (!flag.ok) throw new Error(flag.error);
  expect((await config({ flags: [flag.value] })).settings.verify.commands).toEqual(['a=b', 'c']);
});

test('a path with dots is quoted, and read back', () => {
  const path = ['prices', 'gpt-5.1', 'a"b', 'input'];
  expect(keyText(path)).toBe('prices."gpt-5.1"."a\\"b".input');
  expect(keyPath(keyText(path))).toEqual(path);
  expect(keyPath('a.')).toBeUndefined();
  expect(keyPath('')).toBeUndefined();
});

test('a tree is found by its path only', async () => {
  const one = await config({ repository: 'verify: {commands: [a]}\n' });
  expect(nodeAt(one.tree, ['verify', 'commands', 0])).toMatchObject({ value: 'a' });
  expect(nodeAt(one.tree, ['verify', 'commands', 1])).toBeUndefined();
  expect(nodeAt(one.tree, ['constructor'])).toBeUndefined();
});
