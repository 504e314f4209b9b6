import { list, member, string } from './json.ts';
import { quoted } from './tools.ts';
import { deliver, GOOD_DIGEST, type Way, wayOf } from './deliver.ts';
import type { Action, Answer, Scenario, Scene } from './turn.ts';

/*
 * A whole task of a run. What is to be done stands in the brief itself, where the plan's task says it: behind the
 * marker `[[task]]`, a fenced block of `json` with
 *
 *   read    paths to look at first (some agents change no file that they have not read)
 *   write   path -> content, one turn each
 *   run     commands, one turn each
 *   plan    text of the plan that a planning attempt writes, as its last thing
 *   digest  fields to put over a good digest; "invalid-once", "invalid", or "none"
 *   way     "tool", "text" or "file"; otherwise as the agent and its brief want it
 *   review  fields to put over an approval, for whoever reviews it
 *   near    percent of its limit that the account is at, told with every answer
 *   say     the last words
 */

interface Work {
  readonly actions: readonly Action[];
  readonly files: readonly string[];
  readonly commands: readonly string[];
  readonly digest: unknown;
  readonly way: Way | undefined;
  readonly near: number | undefined;
  readonly say: string;
}

/** Reads, writes, runs, gives a digest and says something. */
export const task: Scenario = (scene) => {
  if (/"contract_id": ?"review\.v1"/.test(scene.prompt)) return review(scene);
  const work = workOf(scene.text);
  if (work === undefined) return { text: 'The block of JSON behind the marker cannot be read.' };
  const turns: (() => Answer)[] = work.actions.map((action) => () => ({ text: words(action), actions: [action] }));
  const good = {
    ...GOOD_DIGEST,
    ...(/"contract_id": ?"plan\.v1"/.test(scene.prompt) ? { contract_id: 'plan.v1' } : {}),
    files_changed: work.files,
    commands_run: work.commands,
    ...(typeof work.digest === 'object' ? work.digest : {}),
  };
  const bad = { ...good, status: 'perhaps' };
  const way = work.way ?? wayOf(scene);
  if (work.digest === 'invalid-once' || work.digest === 'invalid') turns.push(() => deliver(bad, scene, way));
  if (work.digest === 'invalid') turns.push(() => deliver(bad, scene, way));
  else if (work.digest !== 'none') turns.push(() => deliver(good, scene, way));
  // A digest that is the text of an answer is the last word itself.
  if (way !== 'text' || work.digest === 'none') turns.push(() => ({ text: work.say }));
  const turn = turns[Math.min(scene.step, turns.length - 1)];
  const near = work.near === undefined ? {} : { near: { used: work.near, resetsAt: scene.now + 3_600_000 } };
  return { tokens: tokens(scene), ...near, ...turn?.() };
};

/** Judges the work of another agent: the brief quotes the task, and with it what is to be said of it. */
function review(scene: Scene): Answer {
  const block = /^> ```json[^\n]*\n([^]*?)\n> ```/m.exec(scene.prompt)?.[1]?.replace(/^> ?/gm, '');
  let said: unknown;
  try {
    said = member(JSON.parse(block ?? ''), 'review');
  } catch {
    return { text: 'The quoted block of JSON cannot be read.' };
  }
  const approval = {
    contract_id: 'review.v1',
    verdict: 'approve',
    summary: 'Looked at it.',
    findings: [],
    earlier: [],
    rows: [],
  };
  const way = wayOf(scene);
  const digest = deliver({ ...approval, ...(typeof said === 'object' ? said : {}) }, scene, way);
  return { tokens: tokens(scene), ...(scene.step === 0 || way === 'text' ? digest : { text: 'It is reviewed.' }) };
}

function workOf(text: string): Work | undefined {
  const block = /```json[^\n]*\n([^]*?)\n[ \t]*```/.exec(text)?.[1];
  let read: unknown;
  try {
    read = JSON.parse(block ?? '');
  } catch {
    return undefined;
  }
  const write = Object.entries((member(read, 'write') ?? {}) as Readonly<Record<string, unknown>>);
  const commands = list(read, 'run').map(String);
  const way = string(read, 'way');
  const plan = string(read, 'plan');
  const near = member(read, 'near');
  return {
    actions: [
      ...list(read, 'read').map((path): Action => ({ do: 'read', path: String(path) })),
      ...write.map(([path, content]): Action => ({ do: 'write', path, content: String(content) })),
      ...commands.map((command): Action => ({ do: 'shell', command })),
      ...(plan === '' ? [] : [{ do: 'shell', command: `printf %s ${quoted(plan)} > "$MASTERPLAN_PLAN"` } as const]),
    ],
    files: write.map(([path]) => path),
    commands,
    digest: member(read, 'digest'),
    near: typeof near === 'number' ? near : undefined,
    way: way === 'tool' || way === 'text' || way === 'file' ? way : undefined,
    say: string(read, 'say') === '' ? 'The task is done.' : string(read, 'say'),
  };
}

function words(action: Action): string {
  switch (action.do) {
    case 'read':
      return `A look at ${action.path}.`;
    case 'write':
      return `Now ${action.path}.`;
    default:
      return 'Now a command.';
  }
}

/** A conversation that grows by a little with every turn, most of it cached. */
function tokens({ step }: Scene): NonNullable<Answer['tokens']> {
  return { input: step === 0 ? 2000 : 200, cached: step === 0 ? 0 : 1800 + step * 200, output: 60 };
}
