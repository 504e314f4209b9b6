import { isKept, type TermCriterion, type TermRow } from '../../plan/terms.ts';
import { wordsOf } from '../../witness/criteria.ts';
import { taskOf, type RunState } from '../state.ts';
import type { BalanceItem } from './balance.ts';
import { excuseOf } from './excused.ts';
import { isBehind } from './stops.ts';

/** A test of the tree that is finished. */
export interface FoundTest {
  readonly path: string;
  readonly name: string;
  /** Its name and code. */
  readonly text: string;
}

/** What was found out about the exact commit. */
export interface Found {
  /** Commands that passed on it. */
  readonly commands: readonly string[];
  readonly passed: boolean;
  readonly tests: readonly FoundTest[];
}

/**
 * Draws the balance of a run: what the plan asks for, and what came of it. Fails closed: what nothing proves is missing,
 * by name.
 */
export function drawBalance(state: RunState, found: Found): BalanceItem[] {
  const { terms } = state;
  const items: BalanceItem[] = [];
  for (const one of terms?.criteria ?? []) items.push(criterionItem(state, one, found));
  const drawn = new Map(items.map((one) => [one.id, one]));
  for (const row of terms?.rows ?? []) items.push(rowItem(state, row, drawn, found));
  for (const [at, text] of (terms?.whole ?? []).entries()) items.push(wholeItem(state, `whole-${at + 1}`, text, found));
  items.push(...gateItems(state), ...taskItems(state));
  return items;
}

function criterionItem(state: RunState, one: TermCriterion, found: Found): BalanceItem {
  const of = { kind: 'criterion' as const, id: one.id, text: one.text };
  const waived = waiverOf(state, one.id, one.tasks);
  if (waived !== undefined) return { ...of, state: 'waived', by: waived };
  const by = proofOf(one.id, one.text, found) ?? reviewOf(state, [one.id], one.tasks)?.met ?? undefined;
  return by === undefined ? { ...of, state: 'missing', by: whyNot(found) } : { ...of, state: 'proven', by };
}

function rowItem(state: RunState, row: TermRow, drawn: ReadonlyMap<string, BalanceItem>, found: Found): BalanceItem {
  const of = {
    kind: 'row' as const,
    id: row.id,
    role: row.role,
    text: `${row.criteria.join(', ')}: ${row.text}`.replace(/^: /, ''),
  };
  const waived = waiverOf(state, row.id, row.tasks) ?? waiverOfCriteria(state, row);
  if (waived !== undefined) return { ...of, state: 'waived', by: waived };
  if (row.role === 'review') {
    const seen = reviewOf(
      state,
      [row.id, ...row.criteria, ...(row.criteria.length === 0 ? row.requirements : [])],
      row.tasks,
    );
    if (seen?.met !== undefined) return { ...of, state: 'proven', by: seen.met };
    if (state.settings?.review === undefined)
      return { ...of, state: 'missing', by: 'reviews are off: nobody judged it', known: true };
    return { ...of, state: 'missing', by: seen?.not ?? 'no review said whether it is met' };
  }
  if (row.role === 'testing') {
    const test = testOf(state, row, found);
    if (test !== undefined) return { ...of, state: 'proven', by: test };
    return {
      ...of,
      state: 'missing',
      by: row.criteria.length === 0 ? whyNot(found) : `too few tests name ${row.criteria.join(', ')}`,
    };
  }
  const criteria = row.criteria.flatMap((id) => drawn.get(id) ?? []);
  if (criteria.length > 0 && criteria.every((one) => one.state !== 'missing'))
    return { ...of, state: 'proven', by: criteria[0]?.by ?? '' };
  const by = row.criteria.length > 0 ? undefined : proofOf('', row.text, found);
  return by === undefined ? { ...of, state: 'missing', by: whyNot(found) } : { ...of, state: 'proven', by };
}

/** A test for a row of the mandate: where several rows are of one criterion, there must be as many tests of it. */
function testOf(state: RunState, row: TermRow, found: Found): string | undefined {
  if (!testsWereRun(found)) return undefined;
  const [id] = row.criteria;
  if (id === undefined) return byWords(row.text, found);
  const alike = (state.terms?.rows ?? []).filter((one) => one.role === row.role && one.criteria.includes(id));
  const place = alike.findIndex((one) => one.id === row.id);
  const named = found.tests.filter((test) => names(test.text, row.id) || names(test.text, id));
  const own = named.find((test) => names(test.text, row.id)) ?? named[place];
  return own === undefined ? byWords(row.text, found) : testWords(own);
}

function wholeItem(state: RunState, id: string, text: string, found: Found): BalanceItem {
  const of = { kind: 'whole' as const, id, text };
  const excuse = excuseOf(state, id);
  if (excuse !== undefined) return { ...of, state: 'waived', by: waiverWords(excuse) };
  if (
    /^all (?:modules|phases|tasks|streams|prs|pull requests)\b.{0,60}\b(?:implemented|merged|done|complete)/i.test(text)
  ) {
    const open = state.tasks.filter(({ progress }) => progress.status !== 'merged' && progress.status !== 'dropped');
    if (open.length === 0) return { ...of, state: 'proven', by: `all ${state.tasks.length} tasks are merged` };
    return {
      ...of,
      state: 'missing',
      by: `not merged: ${open
        .slice(0, 10)
        .map(({ task }) => task.id)
        .join(', ')}`,
    };
  }
  const by = proofOf('', text, found) ?? suiteOf(state, text, found);
  if (by !== undefined) return { ...of, state: 'proven', by };
  const sort = sortOf(text);
  // A master plan is complete when its modules work together, and not before.
  const held = state.kind === 'master' && sort !== undefined ? (true as const) : undefined;
  const why =
    sort === undefined || !found.passed
      ? whyNot(found)
      : 'no command of the whole plan and no test of that sort was run';
  return { ...of, state: 'missing', by: why, ...(held === undefined ? {} : { held }) };
}

/** Sorts of tests that look at the whole: those of a part say nothing about it. */
const SORTS: readonly RegExp[] = [
  /\bintegration\b|\bmodule boundaries\b/i,
  /\be2e\b|\bend[- ]to[- ]end\b|\buser journeys?\b|\bcritical journeys?\b/i,
];

function sortOf(text: string): RegExp | undefined {
  return SORTS.find((sort) => sort.test(text));
}

/** What shows that tests pass: for those of the whole the plan's own commands, or a command or test of that sort; for others all that was run. */
function suiteOf(state: RunState, text: string, { passed, commands, tests }: Found): string | undefined {
  if (!passed || commands.length === 0) return undefined;
  const sort = sortOf(text);
  if (sort === undefined && !/\b(?:tests?|suite|build|lint)\b.{0,60}\b(?:pass|green|succeed|clean)/i.test(text))
    return undefined;
  const own = commands.filter((command) => state.verify.includes(command));
  const words = (which: readonly string[]): string => `commands of the whole: ${which.slice(-3).join('; ')}`;
  if (own.length > 0) return words(own);
  if (sort === undefined) return words(commands);
  // Names of files and commands are written with other signs between their words.
  const named = (one: string): boolean => sort.test(one.replace(/[_/.:]+|(?<=[a-z])(?=[A-Z])/g, ' '));
  const command = commands.find(named);
  if (command !== undefined) return `command ${command}`;
  const test = tests.find(({ path, name }) => named(path) || named(name));
  return test === undefined ? undefined : testWords(test);
}

/** Stops of the plan that were passed over, and those that never opened. */
function gateItems(state: RunState): BalanceItem[] {
  return (state.terms?.gates ?? []).flatMap((gate): BalanceItem[] => {
    const opened = state.opened?.[gate.id];
    const of = { kind: 'gate' as const, id: gate.id, text: gate.title };
    if (opened === undefined) {
      // Of what nobody waited for nobody was asked. What came into the plan when the work had landed is open, and said so.
      const built =
        isKept(gate) && state.tasks.some((task) => task.progress.status === 'merged' && isBehind(gate, task));
      return built ? [{ ...of, state: 'missing', by: 'nobody settled it, and what rests on it landed' }] : [];
    }
    const who = `${opened.by}${opened.note === undefined ? '' : `: ${opened.note}`}`;
    return opened.answer === 'waive'
      ? [{ ...of, state: 'waived', by: who }]
      : [{ ...of, state: 'proven', by: `${opened.answer} (${who})` }];
  });
}

/** Tasks that did not land: in a run that is finished all the same, each of them is named. */
function taskItems(state: RunState): BalanceItem[] {
  return state.tasks.flatMap(({ task, progress }): BalanceItem[] => {
    if (progress.status === 'merged' || progress.status === 'dropped') return [];
    const of = { kind: 'task' as const, id: task.id, text: task.title };
    // A scan that somebody did without: nothing in the plan asks for it.
    if (progress.status === 'waived' && task.authors !== undefined) return [];
    if (progress.status === 'waived') return [{ ...of, state: 'waived', by: waiverWords(progress) }];
    return [{ ...of, state: 'missing', by: `it is ${progress.status}` }];
  });
}

/** Who waived it: by its own name, or with all the tasks that were to fulfil it. */
function waiverOf(state: RunState, id: string, tasks: readonly string[]): string | undefined {
  const own = excuseOf(state, id);
  if (own !== undefined) return waiverWords(own);
  const all = tasks.flatMap((task) => {
    const progress = taskOf(state, task)?.progress;
    return progress?.status === 'waived' ? [{ task, ...progress }] : [];
  });
  const [first] = all;
  return first !== undefined && all.length === tasks.length
    ? `with ${first.task}, by ${waiverWords(first)}`
    : undefined;
}

function waiverOfCriteria(state: RunState, { criteria }: TermRow): string | undefined {
  const words = criteria.map((id) => waiverOf(state, id, []));
  const [first] = words;
  return first !== undefined && words.every((one) => one !== undefined)
    ? `with ${criteria.join(', ')}, by ${first}`
    : undefined;
}

function waiverWords({ by, reason }: { readonly by: string; readonly reason: string }): string {
  return reason === '' ? by : `${by}: ${reason}`;
}

function proofOf(id: string, text: string, found: Found): string | undefined {
  if (!found.passed || found.commands.length === 0) return undefined;
  const own = [...text.matchAll(/`([^`]+)`/g)].map(([, command = '']) => command);
  const whole = text.replace(/`/g, '').replace(PASSES, '').trim();
  const command = found.commands.find(
    (each) =>
      (id !== '' && names(each, id)) ||
      each === whole ||
      own.some((one) => each === one || (one.includes(' ') && runs(each, one))),
  );
  if (command !== undefined) return `command ${command}`;
  if (!testsWereRun(found)) return undefined;
  const test = id === '' ? undefined : found.tests.find((one) => names(one.text, id));
  return test === undefined ? byWords(text, found) : testWords(test);
}

/** What may stand behind a command that is a criterion by itself. */
const PASSES = /\s+(?:passes|pass|succeeds|succeed|is green|are green|exits (?:with )?0|returns 0)\.?$/i;

/** Programs that look at files and run no test. */
const LOOKS =
  /^(?:true|:|test|\[|\[\[|!|if|then|else|fi|cd|exit|ls|cat|echo|printf|grep|egrep|fgrep|rg|head|tail|wc|stat|file|diff|cmp|sort|uniq|jq|git|mkdir|pwd|sleep)$/;

/** Whether any command that passed can have run tests: a test of the tree that none of them runs shows nothing. */
function testsWereRun({ passed, commands }: Found): boolean {
  if (!passed) return false;
  return commands.some((command) =>
    command.split(/&&|\|\||[;|\n]/).some((part) => {
      const [program = ''] = part.trim().split(/\s+/);
      return program !== '' && !program.startsWith('#') && !LOOKS.test(program.replace(/^[({]+/, '') || ':');
    }),
  );
}

/** Whether a command is another one or runs it among others: `verify T21` does not run `verify T2`. */
function runs(command: string, other: string): boolean {
  const edge = /[\s;&|()"']/;
  for (let at = command.indexOf(other); at >= 0; at = command.indexOf(other, at + 1)) {
    const [before, after] = [command[at - 1] ?? ' ', command[at + other.length] ?? ' '];
    if (edge.test(before) && edge.test(after)) return true;
  }
  return false;
}

function byWords(text: string, { tests }: Found): string | undefined {
  const wanted = wordsOf(text);
  if (wanted.length < 2) return undefined;
  const like = tests.find((test) => {
    const has = new Set(wordsOf(test.text));
    return wanted.filter((word) => has.has(word)).length * 2 >= wanted.length;
  });
  return like === undefined ? undefined : `${testWords(like)}, by what it speaks of`;
}

function testWords({ path, name }: FoundTest): string {
  return `test ${name === '' ? 'in ' : `"${name.slice(0, 120)}" in `}${path}`;
}

function whyNot({ passed, commands }: Found): string {
  if (commands.length === 0) return 'no command was run on the finished branch';
  return passed ? 'no test, no command and no review shows it' : 'the verification of the whole failed';
}

/** Whether a text names an id: `AC-1` is not named by `AC-12`. `ac_1` and `testAC1` are how names of functions write it. */
export function names(text: string, id: string): boolean {
  const letters = /^([A-Za-z]+)-?(.+)$/.exec(id);
  if (letters === null) return false;
  const [, series = '', rest = ''] = letters;
  const parts = rest.split(/[-.]/).map((one) => one.replace(/[^\w]/g, '\\$&'));
  const rests = `[-_ ]?${parts.join('[-_. ]')}(?![0-9A-Za-z])`;
  // In `testAC1` the capitals begin a word.
  return (
    new RegExp(`(?<![A-Za-z0-9])${series}${rests}`, 'i').test(text) ||
    new RegExp(`(?<=[a-z])${series.toUpperCase()}${rests}`).test(text)
  );
}

/** What reviews said of any of these ids: of the tasks themselves, and of those of their sub-plans. */
function reviewOf(
  state: RunState,
  ids: readonly string[],
  tasks: readonly string[],
): { readonly met?: string; readonly not?: string } | undefined {
  let not: string | undefined;
  for (const task of state.tasks) {
    const own =
      tasks.length === 0 || tasks.includes(task.task.id) || (task.parent !== undefined && tasks.includes(task.parent));
    if (!own || task.progress.status !== 'merged') continue;
    for (const id of ids) {
      const said = task.review?.rows?.[id.toUpperCase()];
      if (said === undefined) continue;
      if (said.verdict === 'met') return { met: `review of ${task.task.id} by ${said.agent}` };
      if (said.verdict !== 'not-applicable')
        not ??= `${said.verdict.replace('-', ' ')}, says the review of ${task.task.id}`;
    }
  }
  return not === undefined ? undefined : { not };
}
