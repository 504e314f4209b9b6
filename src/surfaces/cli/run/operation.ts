import { err, ok, type Result } from '../../../core/base/result.ts';
import type { OperationRefusal, PlanOperation } from '../../../core/plan/operations/operation.ts';

/** What `masterplan amend` can be told about an operation beside its words. */
export interface OperationFlags {
  readonly needs?: string;
  readonly before?: string;
  readonly scope?: readonly string[];
  readonly verify?: readonly string[];
  readonly text?: string;
  readonly title?: string;
  readonly parallel: boolean;
}

/** What is typed for each operation. */
const USAGES: Readonly<Record<PlanOperation['do'], string>> = {
  add: 'add "what is to be done" --needs T2 --scope src/a/ --verify "npm test"',
  drop: 'drop T4',
  split: 'split T3 "the first part" "the second part" --scope src/a/ --scope src/b/',
  merge: 'merge T3 T4 --title "both"',
  scope: 'scope T3 src/a/ src/b/',
  verify: 'verify T3 "npm test -- a"',
  title: 'title T3 "what is to be done"',
  'add-need': 'add-need T5 T2',
  'drop-need': 'drop-need T5 T2',
};

/** Flags that each operation knows. */
const FLAGS: Readonly<Record<PlanOperation['do'], readonly (keyof OperationFlags)[]>> = {
  add: ['needs', 'before', 'scope', 'verify', 'text'],
  drop: [],
  split: ['scope', 'verify', 'parallel'],
  merge: ['title'],
  scope: [],
  verify: [],
  title: [],
  'add-need': [],
  'drop-need': [],
};

function isOperation(word: string | undefined): word is PlanOperation['do'] {
  return word !== undefined && Object.hasOwn(USAGES, word);
}

/** `[slug] [operation …]` as it was typed: a word alone is a run, whatever it is called. */
export function operationOf(
  words: readonly string[],
  flags: OperationFlags,
): Result<{ readonly run?: string; readonly operation?: PlanOperation }, OperationRefusal> {
  const [first, second] = words;
  if (first === undefined || words.length === 1)
    return given(flags).length === 0
      ? ok(first === undefined ? {} : { run: first })
      : err({ message: `--${given(flags)[0] ?? ''} is about an operation`, hint: usage('add') });
  if (isOperation(first)) return operation(first, words.slice(1), flags, undefined);
  if (isOperation(second)) return operation(second, words.slice(2), flags, first);
  return err({
    message: `${second ?? ''} is no operation on a plan`,
    hint: `one of: ${Object.keys(USAGES).join(', ')}; such as ${usage('drop')}`,
  });
}

function given(flags: OperationFlags): string[] {
  return Object.entries(flags).flatMap(([name, value]) =>
    value === undefined || value === false || (Array.isArray(value) && value.length === 0) ? [] : [name],
  );
}

function usage(what: PlanOperation['do']): string {
  return `masterplan amend ${USAGES[what]}`;
}

function operation(
  what: PlanOperation['do'],
  words: readonly string[],
  flags: OperationFlags,
  run: string | undefined,
): Result<{ readonly run?: string; readonly operation: PlanOperation }, OperationRefusal> {
  const strange = given(flags).find((name) => !FLAGS[what].some((known) => known === name));
  if (strange !== undefined) return err({ message: `${what} has no --${strange}`, hint: usage(what) });
  const made = operationWith(what, words, flags);
  if (made === undefined) return err({ message: `${what} needs to know more, or less`, hint: usage(what) });
  return ok({ ...(run === undefined ? {} : { run }), operation: made });
}

/** The operation; `undefined`: there are too few words for it, or too many. */
function operationWith(
  what: PlanOperation['do'],
  words: readonly string[],
  flags: OperationFlags,
): PlanOperation | undefined {
  const [first, ...others] = words;
  if (first === undefined) return undefined;
  const { scope = [], verify = [] } = flags;
  const only = others.length === 1 ? (others[0] as string) : undefined;
  switch (what) {
    case 'add':
      if (others.length > 0) return undefined;
      return {
        do: 'add',
        title: first,
        needs: listed(flags.needs ?? ''),
        before: listed(flags.before ?? ''),
        scope: scope.flatMap(listed),
        verify,
        text: flags.text ?? '',
      };
    case 'drop':
      return { do: 'drop', tasks: words };
    case 'split': {
      if (others.length < 2 || scope.length > others.length || verify.length > others.length) return undefined;
      const parts = others.map((title, i) => {
        const [paths, command] = [scope[i], verify[i]];
        return {
          title,
          scope: paths === undefined ? undefined : listed(paths),
          verify: command === undefined ? undefined : [command],
        };
      });
      return { do: 'split', task: first, parts, beside: flags.parallel };
    }
    case 'merge':
      return others.length === 0 ? undefined : { do: 'merge', tasks: words, title: flags.title };
    case 'scope':
      return others.length === 0 ? undefined : { do: 'scope', task: first, paths: others.flatMap(listed) };
    case 'verify':
      return others.length === 0 ? undefined : { do: 'verify', task: first, commands: others };
    case 'title':
      return only === undefined ? undefined : { do: 'title', task: first, title: only };
    case 'add-need':
    case 'drop-need':
      return others.length === 0 ? undefined : { do: what, task: first, needs: others.flatMap(listed) };
  }
}

/** `a,b` as two; what stands in braces is one pattern. */
function listed(value: string): string[] {
  return value
    .split(/,(?![^{]*\})/)
    .map((one) => one.trim())
    .filter((one) => one !== '');
}
