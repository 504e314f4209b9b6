import { expect, test } from 'vitest';
import { loadConfig } from '../../src/app/config.ts';
import { unpriced } from '../../src/app/agents/unpriced.ts';
import { desk } from './rig.ts';

async function load(text: string) {
  const { context } = desk({ '.masterplan.yaml': text });
  return loadConfig(context, context.cwd);
}

async function refusal(text: string): Promise<string> {
  const loaded = await load(text);
  if (loaded.ok) throw new Error('it is valid');
  return loaded.error.message.replace(/^.*\.masterplan\.yaml/, '');
}

test.each([
  ['agents: {claude: {modell: x}}', ':1:19: agents.claude: unknown key "modell"; did you mean "model"?'],
  ['agents: {claude: {}}\nroles: {implment: claude}', ':2:9: roles: unknown key "implment"; did you mean "implement"?'],
  ['budget: {run: {costs: 2}}', ':1:16: budget.run: unknown key "costs"; did you mean "cost"?'],
  ['containment: {netwrok: none}', ':1:15: containment: unknown key "netwrok"; did you mean "network"?'],
  [
    'agents: {x: {kind: acp}}',
    'agents.x.command: is missing, and nothing is known by the name "x": command: [program, argument]',
  ],
  [
    'agents: {gemini: {kind: acp}}',
    'is missing: command: [program, argument]; or leave out the kind, which the name says',
  ],
  ['agents: {cluade: {}}', '; or did you mean the agent "claude"?'],
  ['agents: {claude: {command: claude -p}}', 'agents.claude.command: must be a list: [claude, -p]'],
  [
    'agents: {claude: {kind: claud}}',
    'agents.claude.kind: must be one of claude, codex, acp, command; did you mean "claude"?',
  ],
  ['agents: {claude: {permission: al}}', 'agents.claude.permission: must be one of ask, all'],
  ['agents: [claude]', ':1:9: agents: must be names with values'],
  ['attempts: many', ':1:11: attempts: must be a number'],
])('%j is refused in words', async (text, words) => {
  expect(await refusal(`${text}\n`)).toContain(words);
});

test('a stranger who is to take over is a warning', async () => {
  const loaded = await load('agents: {claude: {}, codex: {}}\nlimits: {failover: [codx]}\n');
  expect(loaded.ok ? loaded.value.warnings : []).toEqual([
    'limits.failover names "codx", which is not configured; did you mean "codex"?',
  ]);
});

test.each([
  ['contanment: required', ':1:1: unknown key "contanment"; did you mean "containment"?'],
  ['contanment:', ':1:1: unknown key "contanment"'],
  ['verify:\n  comands:', ':2:3: verify: unknown key "comands"; did you mean "commands"?'],
  ['constructor: 1', ':1:1: unknown key "constructor"'],
  ['autonomy: Loose', ':1:11: autonomy: must be one of gated, loose, full; did you mean "loose"?'],
  ['attempts: 0', ':1:11: attempts: must be at least 1'],
  ['attempts: "3"', ':1:11: attempts: must be a number: 3 without quotes'],
  ['budget: {run: {cost: -1}}', ':1:22: budget.run.cost: must be more than 0'],
  ['budget: {run: 5}', ':1:15: budget.run: must be keys with values: cost, tokens, time'],
  ['circuit: 3', ':1:10: circuit: must be off or false or keys with values'],
  ['circuit: {after: 1}', ':1:18: circuit.after: must be at least 2'],
  ['circuit: {aftr: 2}', ':1:11: circuit: unknown key "aftr"; did you mean "after"?'],
  ['verify: {env: {A: [x]}}', ':1:19: verify.env.A: must be text or a number or true'],
  ['agents: {Claude: {}}', ':1:10: agents.Claude: an agent is named by lower-case letters'],
])('%j is refused at its place', async (text, words) => {
  expect(await refusal(`${text}\n`)).toContain(words);
});

test('every mistake of a file is told at once, what is misspelt first', async () => {
  const text = 'attempts: many\nautonom: x\ncodex: {review: "of"}\nverify: {timeout: x, foo: 1}\n';
  const lines = (await refusal(text)).split('\n').map((line) => line.replace(/^.*yaml:|^:/, ''));
  expect(lines).toEqual([
    '2:1: unknown key "autonom"; did you mean "autonomy"?',
    '4:22: verify: unknown key "foo"',
    '3:17: codex.review: must be one of off, on; did you mean "off"?',
    '1:11: attempts: must be a number',
    '4:19: verify.timeout: must be a duration: seconds, or a number with ms, s, m or h',
  ]);
});

test('keys that begin with x- are those of whoever wrote the file', async () => {
  const loaded = await load('x-common: &common {attempts: 2}\n$schema: ./schema.json\n<<: *common\n');
  expect(loaded.ok ? [loaded.value.settings.attempts, loaded.value.warnings] : loaded.error).toEqual([2, []]);
});

test('a program that begins with ./ lies beside the file, and its path is shown without it', async () => {
  const loaded = await load('agents: {mine: {command: [./bin/agent.sh, ./x]}}\n');
  const command = loaded.ok ? loaded.value.settings.agents['mine']?.command : [];
  expect(command?.[0]).toMatch(/^\/.*[^.]\/bin\/agent\.sh$/);
  expect(command?.[1]).toBe('./x');
});

test('a budget of cost that cannot hold an agent is said, and one that can is not', async () => {
  const said = async (text: string) => {
    const loaded = await load(text);
    return loaded.ok ? unpriced(loaded.value.settings) : [loaded.error.message];
  };
  const agents = (codex: string): string => `agents: {claude: {}, codex: ${codex}, mine: {command: [x]}}\n`;
  const budget = 'budget: {run: {cost: 20}}\n';
  expect(await said(agents('{}'))).toEqual([]);
  expect(await said(`${agents('{}')}budget: {run: {tokens: 20}}\n`)).toEqual([]);
  const way = 'cannot hold it without a price: agents: {codex: {price: {input: …, output: …}}}';
  expect(await said(agents('{max_cost: 1}'))).toEqual([`codex does not tell what it costs, so its max_cost ${way}`]);
  expect(await said(agents('{}') + budget)).toEqual([
    `codex does not tell what it costs, so a budget of cost ${way}`,
    'nobody tells what mine costs: no budget of cost holds it',
  ]);
  expect(await said(agents('{max_cost: 1, price: {input: 1, output: 8}}') + budget)).toHaveLength(1);
});
