import { err, ok, type Result } from '../../base/result.ts';
import type { DraftUnit } from '../draft.ts';
import { oneLine } from '../kinds/task-inert.ts';
import type { PlanKind } from '../model.ts';
import { normaliseScope } from '../scope.ts';
import { differenceOf, type Document, documentOf, refusing, type Said, saidIn, same, unitOf } from './document.ts';
import {
  headsOf,
  valueOf,
  withLead,
  withMore,
  withNeeds,
  withoutUnit,
  withScope,
  withSection,
  withTitle,
  withTotals,
  withVerify,
} from './edits.ts';
import { bodiesOf } from './new-unit.ts';
import { BY_HAND, type OperationRefusal, type Part, type PlanOperation } from './operation.ts';

type Of<D extends PlanOperation['do']> = Extract<PlanOperation, { do: D }>;

/** The text of a plan after an operation. */
export interface Operated {
  readonly text: string;
  /** Ids of the tasks that it made. */
  readonly made: readonly string[];
}

/**
 * Changes a plan by changing its text: what the operation is not about stays as it is, byte for byte. The text that comes out is read
 * again; unless it says what was wanted and nothing else is otherwise, the operation is refused.
 *
 * @param taken ids that new tasks must not have, beside those of the plan.
 */
export function operate(
  source: string,
  kind: PlanKind,
  operation: PlanOperation,
  taken: readonly string[] = [],
): Result<Operated, OperationRefusal> {
  const document = documentOf(source, kind);
  if (document === undefined) return err({ message: 'this is no plan', hint: 'masterplan lint says what it lacks' });
  try {
    const editing = new Editing(document, kind, taken);
    editing.carryOut(operation);
    const finding = refusing(editing.document.text, kind);
    if (finding !== undefined)
      throw new Refused(`that would be no plan any more: ${finding.message}`, hintOf(operation));
    return ok({ text: editing.document.text, made: editing.made });
  } catch (error) {
    if (error instanceof Refused) return err({ message: error.message, hint: error.hint });
    throw error;
  }
}

class Refused extends Error {
  readonly hint: string;
  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

class Editing {
  document: Document;
  readonly made: string[] = [];
  readonly #kind: PlanKind;
  /** How many units there were. */
  readonly #before: number;
  readonly #taken: ReadonlySet<string>;
  /** What each unit is to say, as far as the text is changed by now. */
  readonly #said: Map<string, Said>;
  /** What each task is to wait for in the end, whether its text or a rule of its kind says so. */
  readonly #needs: Map<string, Set<string>>;

  constructor(document: Document, kind: PlanKind, taken: readonly string[]) {
    this.document = document;
    this.#before = document.tasks.length;
    this.#kind = kind;
    this.#said = saidIn(document);
    this.#taken = new Set([...taken, ...this.#said.keys()]);
    this.#needs = new Map(document.tasks.map(({ id, needs }) => [id, new Set(needs)]));
  }

  carryOut(operation: PlanOperation): void {
    switch (operation.do) {
      case 'add':
        this.#declareAll();
        this.#add(operation);
        break;
      case 'drop':
        this.#declareAll();
        this.#drop(operation.tasks.map((id) => this.#idOf(id)));
        break;
      case 'split':
        this.#declareAll();
        this.#split(operation);
        break;
      case 'merge':
        this.#declareAll();
        this.#merge(operation);
        break;
      case 'add-need':
      case 'drop-need':
        this.#declareAll();
        this.#changeNeeds(operation);
        break;
      case 'scope':
        this.#scope(this.#idOf(operation.task), pathsOf(operation.paths));
        break;
      case 'verify':
        this.#verify(this.#idOf(operation.task), operation.commands);
        break;
      case 'title':
        this.#title(this.#idOf(operation.task), operation.title);
    }
    const more = this.document.tasks.length - this.#before;
    if (more !== 0) this.#take(withTotals(this.document, more), 'how many there are');
    this.#inTheEnd();
  }

  /** A plan of which the order is that of its lines says it in words before lines change. */
  #declareAll(): void {
    const { document } = this;
    if (document.draft.order !== 'document' || document.declares) return;
    for (const { id, needs } of document.tasks) this.#declare(id, needs);
  }

  #add({ title, needs, before, scope, verify, text }: Of<'add'>): void {
    const behind = this.#unit(this.document.tasks.at(-1)?.id ?? '');
    const wanted = { title: oneLine(title), needs: needs.map((id) => this.#idOf(id)), scope: pathsOf(scope), verify };
    if (wanted.title === '')
      throw new Refused('the new task has no title', 'masterplan amend add "what is to be done"');
    const id = this.#freshId(behind.id);
    const waiting = before.map((one) => this.#idOf(one));
    let declared: readonly string[] = this.#orders ? wanted.needs : [];
    this.#said.set(id, { ...wanted, needs: new Set(declared), criteria: undefined, rest: undefined });
    this.#needs.set(id, new Set(wanted.needs));
    const { document } = this;
    function* candidates(): Generator<string> {
      for (const body of bodiesOf(document, behind, { ...wanted, needs: declared, id, text }))
        for (const head of headsOf(document, behind, { id, title: wanted.title }))
          yield* withSection(document, behind, head + body);
    }
    // What a rule of its kind says of every task need not be said of this one.
    if (this.#tries(candidates()) !== undefined && declared.length > 0) {
      declared = [];
      this.#said.set(id, { ...wanted, needs: new Set(), criteria: undefined, rest: undefined });
    }
    this.#step(candidates(), `a new task behind ${behind.id}`);
    this.made.push(id);
    for (const one of waiting) {
      this.#needs.get(one)?.add(id);
      this.#declare(one, [...this.#declaredBy(one), id]);
    }
  }

  #drop(gone: readonly string[]): void {
    if (this.#said.size <= new Set(gone).size)
      throw new Refused('nothing would be left of the plan', 'to end the run: masterplan cancel');
    for (const id of gone) {
      const inherited = [...(this.#needs.get(id) ?? [])];
      for (const [other, needs] of this.#needs) {
        if (other === id || !needs.delete(id)) continue;
        const declared = this.#declaredBy(other);
        for (const need of inherited) needs.add(need);
        if (declared.includes(id)) this.#declare(other, [...declared.filter((need) => need !== id), ...inherited]);
      }
      this.#cut(id);
    }
  }

  #split({ task, parts, beside }: Of<'split'>): void {
    const id = this.#idOf(task);
    const whole = this.#unit(id);
    const [first, ...others] = parts;
    if (first === undefined || others.length === 0)
      throw new Refused(
        `${id} is split into at least two parts`,
        `masterplan amend split ${id} "the first part" "the second part"`,
      );
    const ids = [id];
    for (const part of others) ids.push(this.#copy(whole, ids.at(-1) as string, part));
    const own = this.#declaredBy(id);
    const needed = this.#needs.get(id) ?? new Set();
    const last = beside ? ids : [ids.at(-1) as string];
    ids.forEach((one, i) => {
      if (i === 0) return;
      const needs = beside ? own : [ids[i - 1] as string];
      this.#needs.set(one, new Set(beside ? needed : needs));
      if (this.#orders) this.#declare(one, needs);
    });
    for (const [other, needs] of this.#needs) {
      if (ids.includes(other) || !needs.has(id)) continue;
      needs.delete(id);
      for (const one of last) needs.add(one);
      const declared = this.#declaredBy(other);
      if (declared.includes(id)) this.#declare(other, [...declared.filter((need) => need !== id), ...last]);
    }
    parts.forEach((part, i) => {
      const one = ids[i] as string;
      if (part.scope !== undefined) this.#scope(one, pathsOf(part.scope));
      if (part.verify !== undefined) this.#verify(one, part.verify);
      const rest = ids.flatMap((other, n) => (n === i ? [] : [`${other} (${oneLine(parts[n]?.title ?? '')})`]));
      const words = `Only this part of "${whole.title}" is done here: ${oneLine(part.title)}. The rest of it is the work of ${rest.join(', ')}.`;
      this.#take(withLead(this.document, this.#unit(one), words), `what part of it ${one} is`);
    });
    this.#title(id, first.title);
  }

  /** A unit that says what another one does, under a title and an id of its own, behind a third one. */
  #copy(whole: DraftUnit, behind: string, { title }: Part): string {
    const id = this.#freshId(whole.id);
    const said = this.#said.get(whole.id) as Said;
    const { document } = this;
    const unit = this.#unit(whole.id);
    const body = opened(document.text.slice(unit.heading.end, unit.end));
    const after = this.#unit(behind);
    const before = document.text.slice(unit.start, unit.heading.start);
    this.#said.set(id, { ...said, title: oneLine(title) });
    function* candidates(): Generator<string> {
      for (const head of headsOf(document, unit, { id, title }))
        yield* withSection(document, after, before + head + body);
    }
    this.#step(candidates(), `a part of ${whole.id} as a task of its own`);
    this.made.push(id);
    return id;
  }

  #merge({ tasks, title }: Of<'merge'>): void {
    const [into, ...others] = [...new Set(tasks.map((id) => this.#idOf(id)))];
    if (into === undefined || others.length === 0)
      throw new Refused('it takes two tasks to merge them', 'masterplan amend merge T3 T4');
    const all = new Set([into, ...others]);
    const between = [...this.#said.keys()].find(
      (id) =>
        !all.has(id) &&
        [...all].some((one) => this.#waitsFor(one, id)) &&
        [...all].some((one) => this.#waitsFor(id, one)),
    );
    if (between !== undefined)
      throw new Refused(
        `${between} stands between them: it needs one, and another needs it`,
        `merge it too: masterplan amend merge ${into} ${between} ${others.join(' ')}`,
      );
    const titles = [...all].map((id) => this.#unit(id).title);
    const declared = new Set([...all].flatMap((id) => this.#declaredBy(id)).filter((id) => !all.has(id)));
    const needs = new Set([...all].flatMap((id) => [...(this.#needs.get(id) ?? [])]).filter((id) => !all.has(id)));
    this.#needs.set(into, needs);
    for (const [other, waits] of this.#needs) {
      if (all.has(other) || !others.some((id) => waits.delete(id))) continue;
      for (const id of others) waits.delete(id);
      waits.add(into);
      const said = this.#declaredBy(other);
      if (others.some((id) => said.includes(id))) this.#declare(other, [...said.filter((id) => !all.has(id)), into]);
    }
    if (this.#orders) this.#declare(into, [...declared]);
    for (const id of others) this.#takeOver(into, id);
    this.#title(into, title ?? titles.join(', and '));
  }

  /** A unit takes over what another one was to do, and that is gone. */
  #takeOver(into: string, id: string): void {
    const own = this.#said.get(into) as Said;
    const other = this.#said.get(id) as Said;
    const { text } = this.document;
    const unit = this.#unit(id);
    const bodies = [
      withoutCommands(this.document, unit, own.verify),
      withoutNeeds(this.document, unit),
      text.slice(unit.heading.end, unit.end),
    ].map((one) => opened(one).trim());
    this.#cut(id);
    const scope = [...new Set([...own.scope, ...other.scope])];
    const verify = [...new Set([...own.verify, ...other.verify])];
    const words = `What was ${id} (${unit.title}) is done here, too.`;
    const what = `what ${id} was to do among what ${into} does`;
    const candidates = function* (document: Document, target: DraftUnit): Generator<string> {
      for (const body of bodies) yield* withMore(document, target, `${words}\n\n${body}`);
      // Where its fields and boxes would be those of the whole, they are words that are quoted.
      for (const body of bodies.slice(0, 1))
        for (const quoted of [quotedText(body), inertText(body)])
          yield* withLead(document, target, `${words}\n\n${quoted}`);
    };
    // Most documents may say twice what a task changes and what proves it; in the others one place says all.
    const criteria = [...(own.criteria ?? []), ...(other.criteria ?? [])];
    this.#said.set(into, { ...own, scope, verify, criteria });
    if (this.#tries(candidates(this.document, this.#unit(into))) === undefined) return;
    // There what the other one wanted to be true is said in its words alone.
    this.#said.set(into, own);
    if (!same(own.scope, scope)) this.#scope(into, scope);
    if (!same(own.verify, verify)) this.#verify(into, verify);
    this.#take(candidates(this.document, this.#unit(into)), what);
  }

  #changeNeeds({ do: what, task, needs: asked }: Of<'add-need' | 'drop-need'>): void {
    const id = this.#idOf(task);
    const needs = this.#needs.get(id) as Set<string>;
    const declared = new Set(this.#declaredBy(id));
    for (const need of asked.map((one) => this.#idOf(one))) {
      if (need === id) throw new Refused(`${id} cannot wait for itself`, `masterplan amend add-need ${id} T2`);
      if (what === 'add-need') {
        if (needs.has(need)) throw new Refused(`${id} needs ${need} already`, `masterplan explain ${id}`);
        needs.add(need);
        declared.add(need);
        continue;
      }
      if (!needs.delete(need)) throw new Refused(`${id} does not need ${need}`, `masterplan explain ${id}`);
      if (!declared.delete(need))
        throw new Refused(
          `that ${id} needs ${need} is a rule of plans of this kind, and said nowhere`,
          'edit the plan',
        );
    }
    this.#declare(id, [...declared]);
  }

  #declare(id: string, needs: readonly string[]): void {
    const known = [...new Set(needs)].filter((need) => this.#said.has(need));
    const order = new Map(this.document.tasks.map((task, at) => [task.id, at]));
    known.sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
    const unit = this.#unit(id);
    const said = this.#said.get(id) as Said;
    this.#said.set(id, { ...said, needs: new Set(known) });
    // One that says nothing of its needs where others do has none.
    if (known.length === 0 && unit.needs.length === 0 && this.document.declares) return;
    if (unit.needs.length > 0 && same(this.document.declared.get(id) ?? [], known)) return;
    // Some of them a rule of its kind says already, and its text may not; others the rule says only as long as the text says nothing.
    const wanted = [...(this.#needs.get(id) ?? [])].filter((need) => this.#said.has(need));
    const before = this.document;
    let wrong: string | undefined;
    for (const some of [known, wanted, known.filter((need) => said.needs.has(need)), []]) {
      this.document = before;
      this.#said.set(id, { ...said, needs: new Set(some) });
      const refused =
        differenceOf(before, this.#said) === undefined
          ? undefined
          : this.#tries(withNeeds(before, this.#unit(id), some));
      wrong ??= refused;
      if (refused === undefined && wanted.every((need) => this.#waitsFor(id, need))) return;
    }
    this.document = before;
    this.#said.set(id, { ...said, needs: new Set(known) });
    this.#step(withNeeds(before, unit, known), `that ${id} needs ${known.join(', ') || 'nothing'}`);
  }

  #scope(id: string, paths: readonly string[]): void {
    this.#said.set(id, { ...(this.#said.get(id) as Said), scope: paths });
    this.#step(withScope(this.document, this.#unit(id), paths), `the files of ${id}`);
  }

  #verify(id: string, commands: readonly string[]): void {
    const lines = commands.map((one) => one.trim()).filter((one) => one !== '');
    if (lines.length === 0) throw new Refused('no command is given', `masterplan amend verify ${id} "npm test"`);
    this.#said.set(id, { ...(this.#said.get(id) as Said), verify: lines });
    this.#step(withVerify(this.document, this.#unit(id), lines), `the verification of ${id}`);
  }

  #title(id: string, title: string): void {
    this.#said.set(id, { ...(this.#said.get(id) as Said), title: oneLine(title) });
    this.#step(withTitle(this.document, this.#unit(id), title), `the title of ${id}`);
  }

  #cut(id: string): void {
    const unit = this.#unit(id);
    this.#said.delete(id);
    this.#needs.delete(id);
    this.#step(withoutUnit(this.document, unit), `${id} as something that can be cut out`);
  }

  /** Goes on with the first text in which every unit says what it is to say. */
  #step(candidates: Iterable<string>, what: string): void {
    if (differenceOf(this.document, this.#said) !== undefined) this.#take(candidates, what);
  }

  /** As {@link #step}, also where only words are to be otherwise. */
  #take(candidates: Iterable<string>, what: string): void {
    const wrong = this.#tries(candidates);
    if (wrong === undefined) return;
    const why = wrong === '' ? '' : ` (${wrong})`;
    throw new Refused(`${what}: this plan writes that in a form that only a person can edit${why}`, BY_HAND);
  }

  /** Goes on with the first text that says what is wanted; otherwise what is wrong with the likeliest. */
  #tries(candidates: Iterable<string>): string | undefined {
    let wrong = '';
    for (const text of candidates) {
      const document = documentOf(text, this.#kind);
      const difference = document === undefined ? 'it would be no plan' : differenceOf(document, this.#said);
      if (document !== undefined && difference === undefined) {
        this.document = document;
        return undefined;
      }
      wrong ||= difference ?? '';
    }
    return wrong;
  }

  #inTheEnd(): void {
    for (const { id, needs } of this.document.tasks) {
      const wanted = this.#needs.get(id) ?? new Set();
      const declared = this.document.declared.get(id) ?? [];
      // A rule of its kind may order a new task among the others.
      const more = needs.filter((need) => !wanted.has(need) && !(this.made.includes(id) && !declared.includes(need)));
      const less = [...wanted].filter((need) => !this.#waitsFor(id, need));
      if (more.length === 0 && less.length === 0) continue;
      const words = more.length > 0 ? `need ${more.join(', ')}` : `not need ${less.join(', ')}`;
      throw new Refused(`by the rules of plans of this kind ${id} would ${words}`, BY_HAND);
    }
  }

  /** Whether a task waits for another one, by itself or through others. */
  #waitsFor(id: string, need: string): boolean {
    const tasks = new Map(this.document.tasks.map((task) => [task.id, task.needs]));
    const seen = new Set<string>();
    const open = [id];
    for (let one = open.pop(); one !== undefined; one = open.pop())
      for (const next of tasks.get(one) ?? []) {
        if (next === need) return true;
        if (!seen.has(next)) open.push(next);
        seen.add(next);
      }
    return false;
  }

  /** Whether the needs of this plan are said in its text. */
  get #orders(): boolean {
    return this.document.declares || this.document.draft.order === 'document';
  }

  #declaredBy(id: string): readonly string[] {
    return [...(this.#said.get(id)?.needs ?? [])];
  }

  #unit(id: string): DraftUnit {
    const unit = unitOf(this.document, id);
    if (unit === undefined) throw new Refused(`the plan has no task ${id}`, this.#tasks());
    return unit;
  }

  /** The id of a task as it may be typed: `t3`, `3`. */
  #idOf(typed: string): string {
    const word = typed.trim().toLowerCase();
    const known = [...this.#said.keys()].find((id) => [word, `t${word}`].includes(id.toLowerCase()));
    if (known === undefined) throw new Refused(`the plan has no task ${typed}`, this.#tasks());
    return known;
  }

  #tasks(): string {
    return `tasks: ${[...this.#said.keys()].slice(0, 20).join(', ')}`;
  }

  /** The next number that no task has or had, in the series of another id. */
  #freshId(like: string): string {
    const series = like.replace(/\d+[a-z]?$/i, '');
    let next = 1;
    for (const id of [...this.#taken, ...this.made]) {
      const number = id.startsWith(series) ? /^\d+/.exec(id.slice(series.length))?.[0] : undefined;
      if (number !== undefined) next = Math.max(next, Number(number) + 1);
    }
    return `${series}${next}`;
  }
}

/** What to do when a plan may not be without a task, or not with one more. */
function hintOf(operation: PlanOperation): string {
  const [id = ''] = operation.do === 'drop' ? operation.tasks : [];
  return operation.do === 'drop' ? `let it stand, and: masterplan waive ${id} --reason "…"` : BY_HAND;
}

/** Paths as a plan has them. */
function pathsOf(paths: readonly string[]): string[] {
  return [
    ...new Set(
      paths.map((path) => {
        const normal = normaliseScope(path);
        if (!normal.ok)
          throw new Refused(
            `the path ${JSON.stringify(path)} ${normal.error}`,
            'files, directories (src/db/) or globs',
          );
        return normal.value;
      }),
    ),
  ];
}

/** Text of which nothing is done yet. */
function opened(text: string): string {
  return text.replace(/^(\s*(?:[-*+]|\d{1,9}[.)]|#{1,6})\s+)\[[xX]\]/gm, '$1[ ]');
}

/** What a unit says below its head, without what it needs, and without commands that are there already, where they stand on lines of their own. */
function withoutCommands(document: Document, unit: DraftUnit, known: readonly string[]): string {
  const lines = withoutNeeds(document, unit).split('\n');
  return lines
    .filter((line) => {
      const command = /^\s*[-*+]\s+(?:\[[ xX]\]\s+)?(`+)\s*(.+?)\s*\1\s*$/.exec(line)?.[2];
      return command === undefined || !known.includes(command);
    })
    .join('\n');
}

/** Text as a quotation: what it says of fields and boxes is said by nobody. */
function quotedText(text: string): string {
  return text
    .split('\n')
    .map((line) => (line.trim() === '' ? '>' : `> ${line}`))
    .join('\n');
}

/** Text with its headings and boxes as plain words. */
function inertText(text: string): string {
  return text
    .replace(/^(\s*[-*+]\s+)\[[ xX]\]\s+/gm, '$1')
    .replace(/^#{1,6}\s+(.*)$/gm, '$1:')
    .replace(/^/gm, '> ');
}

/** What a unit says below its head, without the lines that say nothing but what it needs. */
function withoutNeeds(document: Document, unit: DraftUnit): string {
  const { text } = document;
  let body = text.slice(unit.heading.end, unit.end);
  for (const need of unit.needs.toReversed()) {
    const value = valueOf(document, need);
    const start = text.lastIndexOf('\n', value.start - 1) + 1;
    const alone =
      /^\s*(?:[-*+]\s+)?(?:\*\*|__)?[A-Za-z][\w -]{0,30}:?(?:\*\*|__)?:?\s*$/.test(text.slice(start, value.start)) &&
      /^[ \t]*(?:\n|$)/.test(text.slice(value.end));
    if (!alone || start < unit.heading.end) continue;
    const from = start - unit.heading.end;
    body = body.slice(0, from) + body.slice(value.end - unit.heading.end).replace(/^[ \t]*\n/, '');
  }
  return body;
}
