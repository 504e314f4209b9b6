import { callFor, quoted } from './tools.ts';
import { FAULT_SCENARIOS } from './scenarios-of-faults.ts';
import { task } from './scenario-of-task.ts';
import { deliver, GOOD_DIGEST } from './deliver.ts';
import type { Answer, Scenario, Scene, Turn } from './turn.ts';

/*
 * What the scripted model can be told to do, by a marker in the prompt: `[[name]]`, `[[name=argument]]`, and
 * `[[name#word]]` or `[[name=argument#word]]` to keep conversations apart whose requests are counted.
 */

/** Turns in order; the last one again when there are more requests than turns. */
function play(...turns: readonly Answer[]): Scenario {
  return ({ step }) => turns[Math.min(step, turns.length - 1)] ?? { text: '' };
}

/** Tokens of the scenario `edit`, a turn each. */
export const EDIT_TOKENS = [
  { input: 1100, cached: 0, output: 41 },
  { input: 150, cached: 1000, output: 32 },
  { input: 170, cached: 1200, output: 23 },
] as const;

/** Writes `greeting.txt`, runs a command that makes `copy.txt` of it, and says so. */
const edit = play(
  {
    text: 'First the greeting.',
    actions: [{ do: 'write', path: 'greeting.txt', content: 'good morning\n' }],
    tokens: EDIT_TOKENS[0],
  },
  {
    text: 'Then a copy of it.',
    actions: [{ do: 'shell', command: 'cat greeting.txt > copy.txt && cat copy.txt' }],
    tokens: EDIT_TOKENS[1],
  },
  { text: 'The greeting is written, and there is a copy of it.', tokens: EDIT_TOKENS[2] },
);

/** A digest that no reader takes, then the same one mended, then the end. */
const digestRepaired: Scenario = (scene) => {
  const bad = { ...GOOD_DIGEST, status: 'perhaps' };
  if (scene.step === 0) return deliver(bad, scene);
  return scene.step === 1 ? deliver(GOOD_DIGEST, scene) : { text: 'Now it is right.' };
};

/** A helper agent of the agent's own, which plays `helper`. */
const delegate: Scenario = ({ step, conversation }) => {
  if (step > 0) return { text: 'The helper has done it.' };
  const tool = ['Agent', 'Task'].find((name) => conversation.tools.some((one) => one.name === name)) ?? 'Task';
  const input = { description: 'A small part', prompt: '[[helper]] Do your part.', subagent_type: 'general-purpose' };
  return { text: 'A helper does it.', actions: [{ do: 'call', tool, input: { ...input, run_in_background: false } }] };
};

/** A number behind `=` in the marker. */
function number({ argument }: Scene, otherwise: number): number {
  const read = Number(argument ?? otherwise);
  return Number.isFinite(read) ? read : otherwise;
}

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  edit,
  task,
  say: (scene) => ({ text: scene.argument?.replaceAll('_', ' ') ?? 'Here is my answer.' }),
  empty: () => ({ text: '' }),
  refusal: () => ({ text: 'I will not do this.', stop: 'refusal' }),
  'cut-short': () => ({ text: 'This answer is longer than it', stop: 'length' }),
  /** A digest by whatever way the agent has for it, after one command. */
  digest: (scene) =>
    scene.step === 0
      ? { text: 'A look first.', actions: [{ do: 'shell', command: 'ls' }] }
      : scene.step === 1
        ? deliver(GOOD_DIGEST, scene)
        : { text: 'That is all.' },
  'digest-repaired': digestRepaired,
  /** Never a valid one, however often it is asked for. */
  'digest-broken': (scene) => deliver({ ...GOOD_DIGEST, status: 'perhaps' }, scene),
  'digest-never': () => ({ text: 'I have done it, and say nothing more about it.' }),
  /** One command for which leave may be needed, then a file. */
  ask: play(
    { text: 'This needs leave.', actions: [{ do: 'shell', command: 'touch asked.txt' }] },
    { text: 'And a file.', actions: [{ do: 'write', path: 'written.txt', content: 'written\n' }] },
    { text: 'Both were tried.' },
  ),
  /** The same command twice: an answer for the whole session is asked for once. */
  'ask-twice': play(
    { text: 'Once.', actions: [{ do: 'shell', command: 'touch asked.txt' }] },
    { text: 'And again.', actions: [{ do: 'shell', command: 'touch asked.txt' }] },
    { text: 'It was tried twice.' },
  ),
  /** A file beside the worktree. */
  'ask-outside': play(
    { text: 'Now outside.', actions: [{ do: 'shell', command: 'touch ../outside.txt' }] },
    { text: 'It was tried.' },
  ),
  'ask-network': play(
    { text: 'Now the network.', actions: [{ do: 'shell', command: 'curl -sS -m 2 http://127.0.0.1:9/' }] },
    { text: 'It was tried.' },
  ),
  /** Never ends by itself. */
  loop: ({ step }) => ({ text: `Round ${step}.`, actions: [{ do: 'shell', command: `echo round ${step}` }] }),
  /** A command that takes as many seconds as the marker says, or five minutes. */
  sleep: (scene) =>
    scene.step === 0
      ? {
          text: 'This takes a while.',
          actions: [{ do: 'shell', command: `echo $$ > shell.pid; sleep ${number(scene, 300)}` }],
        }
      : { text: 'Awake.' },
  /** An answer that takes about as many seconds as the marker says. */
  slowly: (scene) => ({ text: 'word '.repeat(64), pace: (number(scene, 2) * 1000) / 20 }),
  delegate,
  helper: play({ text: 'My part.', actions: [{ do: 'shell', command: 'echo part > part.txt' }] }, { text: 'Done.' }),
  /** Two tools in one turn. */
  together: play(
    {
      text: 'Two at once.',
      actions: [
        { do: 'write', path: 'one.txt', content: 'one\n' },
        { do: 'write', path: 'two.txt', content: 'two\n' },
      ],
    },
    { text: 'Both are there.' },
  ),
  'bad-json': play(
    { text: 'A broken call.', actions: [{ do: 'shell', command: 'echo never', malformed: true }] },
    { text: 'It went wrong, and I go on.' },
  ),
  'bad-tool': play(
    { text: 'A tool that is not there.', actions: [{ do: 'call', tool: 'Telepathy', input: { to: 'you' } }] },
    { text: 'It is not there, and I go on.' },
  ),
  'bad-arguments': ({ step, conversation }) => {
    const tool = callFor({ do: 'shell', command: '' }, conversation.tools, '')?.name ?? 'Bash';
    return step === 0
      ? { text: 'Arguments that are not its own.', actions: [{ do: 'call', tool, input: { colour: 'blue' } }] }
      : { text: 'They were wrong, and I go on.' };
  },
  /** The account is near its limit, and says so beside the answer. `[[near-limit=92]]`: percent. */
  'near-limit': (scene) => ({
    text: 'There is little left.',
    near: { used: number(scene, 90), resetsAt: scene.now + 3_600_000 },
  }),
  /** Runs what the marker's line says behind `$ `. */
  shell: (scene): Turn => {
    const command = /^\$ (.+)$/m.exec(scene.text)?.[1] ?? `echo ${quoted('no command is given')}`;
    return scene.step === 0 ? { text: 'As you say.', actions: [{ do: 'shell', command }] } : { text: 'It has run.' };
  },
  ...FAULT_SCENARIOS,
};
