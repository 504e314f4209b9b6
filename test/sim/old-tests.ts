import { taskOf, type RunState } from '../../src/core/run/state.ts';
import type { RecordedEvent } from '../../src/core/run/event.ts';
import type { RunSettings } from '../../src/core/run/settings.ts';
import { Dice } from './dice.ts';
import { isSecondGeneration } from './generation.ts';
import type { GitStore, Tree } from './git-store.ts';
import type { Scenario } from './scenario.ts';

/*
 * Tests that are there before the run, and agents that ease them. The law of this world: work that says `eased` fails the test of its
 * task as long as that asks for much.
 */

const MUCH = 'asks for much\n';
const EASED = 'eased\n';

/** Whether tests are run as they were, and what follows; of the second generation, in some of its seeds. */
export function witnessOf(seed: number): Pick<RunSettings, 'witness'> {
  const dice = new Dice(seed, 'old-tests');
  if (!isSecondGeneration(seed) || !dice.chance(0.4)) return {};
  return { witness: { weakened: 'off', claims: 'warn', old_tests: dice.pick(['warn', 'ask', 'reject', 'reject']) } };
}

/** Tests on the base: one for each file that a task is verified by. */
export function testsOnBase({ scripts, settings }: Scenario): ReadonlyMap<string, string> {
  const mains = settings.witness === undefined ? [] : [...scripts.values()].map(({ main }) => main);
  return new Map(mains.map((main) => [testOf(main), MUCH]));
}

/** What an attempt does beside its work, as path and content; its own file is to say `eased` where it makes its test ask for less. */
export function easing(
  { seed, settings }: Pick<Scenario, 'seed' | 'settings'>,
  main: string,
  task: string,
  attempt: number,
): { readonly says: string; readonly files: readonly (readonly [path: string, content: string])[] } {
  const dice = new Dice(seed, `eases ${task} ${attempt}`);
  // Whoever never comes to an end with it would never come to an end at all.
  if (settings.witness === undefined || attempt > 3 || !dice.chance(0.5)) return { says: '', files: [] };
  const eases = dice.chance(0.7);
  const name = `${task}#${attempt}`;
  return {
    says: eases ? EASED : '',
    files: [
      [testOf(main), `asks for ${eases ? 'little' : 'more'} since ${name}\n`],
      [main.replace(/\.txt$/, '.js'), `source of ${name}\n`],
      ...(dice.chance(0.4) ? [[testOf(main).replace('-case', '-new'), `new since ${name}\n`] as const] : []),
    ],
  };
}

/** Whether the test of a task as it is in this tree objects to its work. */
export function objects(tree: Tree, main: string): boolean {
  return (tree.get(main) ?? '').endsWith(`\n${EASED}`) && tree.get(testOf(main)) === MUCH;
}

function testOf(main: string): string {
  return main.replace(/\/([^/]+)\.txt$/, '/tests/$1-case.js');
}

/** What is wrong with what the log says of tests as they were; `undefined`: nothing. */
export function oldTestsFault(
  events: readonly RecordedEvent[],
  state: RunState,
  event: RecordedEvent,
  git: Pick<GitStore, 'tree' | 'treeOf'>,
  scenario: Scenario,
): string | undefined {
  if (event.event === 'old_tests_tried') {
    const name = `${event.task}#${event.attempt}`;
    const before = events.filter((one) => one.event === 'old_tests_tried' && one.of === event.of && one !== event);
    if (before.length > 0) return `the tests of ${name} as they were are run again on ${event.of.slice(0, 8)}`;
    const main = scenario.scripts.get(event.task)?.main;
    if (main === undefined) return undefined;
    const tree = git.tree(event.tree);
    if (tree.get(testOf(main)) !== git.treeOf(event.base).get(testOf(main)))
      return `${name}: its test is not as it was`;
    if (event.passed && objects(tree, main)) return `${name}: its test as it was objects, and is said to have passed`;
  }
  if (event.event !== 'merge_finished') return undefined;
  const attempt = taskOf(state, event.task)?.attempts[event.attempt - 1];
  const answered = events.some(
    (one) =>
      one.event === 'gate_answered' && one.gate === `witness:${event.task}.${event.attempt}` && one.answer === 'accept',
  );
  const verdict = attempt?.oldTests?.verdict;
  if (verdict === 'rejected' || (verdict === 'asked' && !answered))
    return `${event.task}#${event.attempt} lands, though its tests fail as they were and nobody accepted that`;
  return undefined;
}
