import type { DraftUnit } from '../draft.ts';
import { oneLine } from '../kinds/task-inert.ts';
import type { PlanKind } from '../model.ts';
import { differenceOf, type Document, documentOf, type Said, saidIn, same, unitOf } from './document.ts';
import { withNeeds, withoutUnit, withScope, withTitle, withVerify } from './edits.ts';
import { BY_HAND, type PlanOperation } from './operation.ts';
import { hintOf, Refused } from './refused.ts';
import { type Stop, stopsOf } from './stops.ts';
import { withoutRow, withRowList, withRowTitle } from './rows.ts';

/** A plan while an operation changes it: its text, and what each of its units is to say in the end. */
export class Editing {
  document: Document;
  /** The plan as it was. */
  readonly original: Document;
  readonly made: string[] = [];
  readonly kind: PlanKind;
  /** How many units there were. */
  readonly before: number;
  readonly taken: ReadonlySet<string>;
  /** What each unit is to say, as far as the text is changed by now. */
  readonly said: Map<string, Said>;
  /** The stops of the plan as it was. */
  readonly stops: readonly Stop[];
  /** What became of the tasks that were dropped, merged or split. */
  readonly moved = new Map<string, readonly string[]>();
  /** What each task is to wait for in the end, whether its text or a rule of its kind says so. */
  readonly needs: Map<string, Set<string>>;

  constructor(document: Document, kind: PlanKind, taken: readonly string[]) {
    this.document = document;
    this.original = document;
    this.before = document.tasks.length;
    this.kind = kind;
    this.said = saidIn(document);
    this.stops = stopsOf(document);
    this.taken = new Set([...taken, ...this.said.keys()]);
    this.needs = new Map(document.tasks.map(({ id, needs }) => [id, new Set(needs)]));
  }

  /** Refuses what units of this kind never say. */
  sayable(who: string, scope: boolean, verify: boolean): void {
    if (this.kind !== 'functional' || !(scope || verify)) return;
    const flags = [scope ? '--scope' : '', verify ? '--verify' : ''].filter((one) => one !== '').join(' and ');
    throw new Refused(
      `${who} is a work stream, and those of a functional plan name no ${scope ? 'files' : 'commands'}: the plan that is written for it first does`,
      `leave ${flags} out, or say it in its requirements and contracts: edit the plan, then amend the run by it`,
    );
  }

  /** A plan of which the order is that of its lines says it in words before lines change. */
  declareAll(): void {
    const { document } = this;
    if (document.draft.order !== 'document' || document.declares) return;
    for (const { id, needs } of document.tasks) this.declare(id, needs);
  }

  declare(id: string, needs: readonly string[]): void {
    const known = [...new Set(needs)].filter((need) => this.said.has(need));
    const order = new Map(this.document.tasks.map((task, at) => [task.id, at]));
    known.sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
    const unit = this.unit(id);
    const said = this.said.get(id) as Said;
    this.said.set(id, { ...said, needs: new Set(known) });
    // One that says nothing of its needs where others do has none.
    if (known.length === 0 && unit.needs.length === 0 && this.document.declares) return;
    if (unit.needs.length > 0 && same(this.document.declared.get(id) ?? [], known)) return;
    // Some of them a rule of its kind says already, and its text may not; others the rule says only as long as the text says nothing.
    const wanted = [...(this.needs.get(id) ?? [])].filter((need) => this.said.has(need));
    const before = this.document;
    let wrong: string | undefined;
    // What follows from another one anyway may go on standing in a sentence that is about others, too.
    const implied = [...said.needs].filter((need) => this.said.has(need) && this.isWanted(id, need));
    for (const some of [known, [...known, ...implied], wanted, known.filter((need) => said.needs.has(need)), []]) {
      this.document = before;
      this.said.set(id, { ...said, needs: new Set(some) });
      const refused =
        differenceOf(before, this.said) === undefined
          ? undefined
          : this.tries(this.needCandidates(before, this.unit(id), some));
      wrong ??= refused;
      if (refused === undefined && wanted.every((need) => this.waitsFor(id, need))) return;
    }
    this.document = before;
    this.said.set(id, { ...said, needs: new Set(known) });
    this.step(this.needCandidates(before, unit, known), `that ${id} needs ${known.join(', ') || 'nothing'}`);
  }

  needCandidates(document: Document, unit: DraftUnit, ids: readonly string[]): Iterable<string> {
    return unit.needs.length > 0
      ? withNeeds(document, unit, ids)
      : each(withRowList(document, unit, 'needs', ids), withNeeds(document, unit, ids));
  }

  scope(id: string, paths: readonly string[]): void {
    this.sayable(id, true, false);
    this.said.set(id, { ...(this.said.get(id) as Said), scope: paths });
    this.step(
      each(withRowList(this.document, this.unit(id), 'files', paths), withScope(this.document, this.unit(id), paths)),
      `the files of ${id}`,
    );
  }

  verify(id: string, commands: readonly string[]): void {
    const lines = commands.map((one) => one.trim()).filter((one) => one !== '');
    if (lines.length === 0) throw new Refused('no command is given', `masterplan amend verify ${id} "npm test"`);
    this.sayable(id, false, true);
    this.said.set(id, { ...(this.said.get(id) as Said), verify: lines });
    this.step(
      each(withRowList(this.document, this.unit(id), 'verify', lines), withVerify(this.document, this.unit(id), lines)),
      `the verification of ${id}`,
    );
  }

  title(id: string, title: string): void {
    this.said.set(id, { ...(this.said.get(id) as Said), title: oneLine(title) });
    this.step(
      each(withRowTitle(this.document, this.unit(id), title), withTitle(this.document, this.unit(id), title)),
      `the title of ${id}`,
    );
  }

  cut(id: string): void {
    const unit = this.unit(id);
    this.said.delete(id);
    this.needs.delete(id);
    this.step(
      each(withoutRow(this.document, unit), withoutUnit(this.document, unit)),
      `${id} as something that can be cut out`,
    );
  }

  /** Goes on with the first text in which every unit says what it is to say. */
  step(candidates: Iterable<string>, what: string): void {
    if (differenceOf(this.document, this.said) !== undefined) this.take(candidates, what);
  }

  /** As {@link #step}, also where only words are to be otherwise. */
  take(candidates: Iterable<string>, what: string): void {
    const wrong = this.tries(candidates);
    if (wrong === undefined) return;
    const why = wrong === '' ? '' : ` (${wrong})`;
    throw new Refused(`${what}: this plan writes that in a form that only a person can edit${why}`, BY_HAND);
  }

  /** Goes on with the first text that says what is wanted; otherwise what is wrong with the likeliest. */
  tries(candidates: Iterable<string>): string | undefined {
    let wrong = '';
    for (const text of candidates) {
      const document = documentOf(text, this.kind);
      const difference = document === undefined ? 'it would be no plan' : differenceOf(document, this.said);
      if (document !== undefined && difference === undefined) {
        this.document = document;
        return undefined;
      }
      wrong ||= difference ?? '';
    }
    return wrong;
  }

  inTheEnd(operation: PlanOperation): void {
    for (const { id, needs } of this.document.tasks) {
      const wanted = this.needs.get(id) ?? new Set();
      const declared = this.document.declared.get(id) ?? [];
      // A rule of its kind may order a new task among the others.
      const more = needs.filter(
        (need) => !this.isWanted(id, need) && !(this.made.includes(id) && !declared.includes(need)),
      );
      const less = [...wanted].filter((need) => !this.waitsFor(id, need));
      if (more.length === 0 && less.length === 0) continue;
      const words = more.length > 0 ? `need ${more.join(', ')}` : `not need ${less.join(', ')}`;
      throw new Refused(`by the rules of plans of this kind ${id} would ${words}`, hintOf(operation, this.kind));
    }
  }

  /** Whether a task is to wait for another one, by itself or through others. */
  isWanted(id: string, need: string): boolean {
    return reaches((one) => this.needs.get(one) ?? [], id, need);
  }

  /** Whether a task waits for another one, by itself or through others. */
  waitsFor(id: string, need: string, document = this.document): boolean {
    const tasks = new Map(document.tasks.map((task) => [task.id, task.needs]));
    return reaches((one) => tasks.get(one) ?? [], id, need);
  }

  /** Whether the needs of this plan are said in its text. */
  get orders(): boolean {
    return this.document.declares || this.document.draft.order !== 'chain';
  }

  declaredBy(id: string): readonly string[] {
    return [...(this.said.get(id)?.needs ?? [])];
  }

  unit(id: string): DraftUnit {
    const unit = unitOf(this.document, id);
    if (unit === undefined) throw new Refused(`the plan has no task ${id}`, this.tasks());
    return unit;
  }

  /** The id of a task as it may be typed: `t3`, `3`. */
  idOf(typed: string): string {
    const word = typed.trim().toLowerCase();
    const known = [...this.said.keys()].find((id) => [word, `t${word}`].includes(id.toLowerCase()));
    if (known === undefined) throw new Refused(`the plan has no task ${typed}`, this.tasks());
    return known;
  }

  tasks(): string {
    return `tasks: ${[...this.said.keys()].slice(0, 20).join(', ')}`;
  }

  /** The next number that no task has or had, in the series of another id. */
  freshId(like: string): string {
    const series = like.replace(/\d+[a-z]?$/i, '');
    let next = 1;
    for (const id of [...this.taken, ...this.made]) {
      const number = id.startsWith(series) ? /^\d+/.exec(id.slice(series.length))?.[0] : undefined;
      if (number !== undefined) next = Math.max(next, Number(number) + 1);
    }
    return `${series}${next}`;
  }
}

/** One after the other. */
function* each(...all: readonly Iterable<string>[]): Generator<string> {
  for (const one of all) yield* one;
}

function reaches(needsOf: (id: string) => Iterable<string>, id: string, need: string): boolean {
  const seen = new Set<string>();
  const open = [id];
  for (let one = open.pop(); one !== undefined; one = open.pop())
    for (const next of needsOf(one)) {
      if (next === need) return true;
      if (!seen.has(next)) open.push(next);
      seen.add(next);
    }
  return false;
}
