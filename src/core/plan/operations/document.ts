import type { Draft, DraftUnit } from '../draft.ts';
import type { Finding } from '../../base/finding.ts';
import type { PlanKind, PlanTask } from '../model.ts';
import { refuses } from '../rules/registry.ts';
import { isRunnable, parsePlan, readDraft } from '../parse.ts';

/** A text of a plan with all that was read from it. */
export interface Document {
  readonly text: string;
  readonly draft: Draft;
  readonly tasks: readonly PlanTask[];
  /** Needs that the text itself declares, by id; others follow from rules of its kind. */
  readonly declared: ReadonlyMap<string, readonly string[]>;
  /** Whether the text says itself what needs what. */
  readonly declares: boolean;
}

/** Reads a text; `undefined`: it is a plan no more. */
export function documentOf(text: string, kind: PlanKind): Document | undefined {
  const read = readDraft(text, kind);
  if (!read.ok) return undefined;
  const { draft, compiled } = read.value;
  const declared = new Map<string, string[]>();
  for (const { from, to, why } of compiled.edges)
    if (why === 'declared') declared.set(to, [...(declared.get(to) ?? []), from]);
  return { text, draft, tasks: compiled.tasks, declared, declares: compiled.declared };
}

export function unitOf({ draft }: Document, id: string): DraftUnit | undefined {
  return draft.units.find((unit) => unit.id === id);
}

/** What a unit says for itself: all that an operation changes or must leave alone. */
export interface Said {
  readonly title: string;
  /** Needs that its own text declares. */
  readonly needs: ReadonlySet<string>;
  readonly scope: readonly string[];
  readonly verify: readonly string[];
  /** Sentences that no command checks; `undefined`: whatever comes of it. */
  readonly criteria: readonly string[] | undefined;
  /** Kind of work, agent, estimate: nothing that an operation is about; `undefined`: whatever comes of it. */
  readonly rest: string | undefined;
}

/** What each unit of a text says, by id. */
export function saidIn({ tasks, declared, draft }: Document): Map<string, Said> {
  return new Map(
    tasks.map((task, i) => {
      const { id, title, scope, verify, nonCommitting, planFirst, loop, agent, estimate } = task;
      const rest = JSON.stringify([nonCommitting, planFirst, loop, agent, estimate]);
      return [
        id,
        { title, needs: new Set(declared.get(id)), scope, verify, criteria: draft.units[i]?.criteria ?? [], rest },
      ];
    }),
  );
}

/** In what a text differs from what its units are to say, in words; `undefined`: it says just that. */
export function differenceOf(document: Document, wanted: ReadonlyMap<string, Said>): string | undefined {
  const is = saidIn(document);
  for (const id of is.keys()) if (!wanted.has(id)) return `there would be a task ${id}`;
  for (const [id, want] of wanted) {
    const one = is.get(id);
    if (one === undefined) return `there would be no task ${id}`;
    if (one.title !== want.title) return `the title of ${id} would read "${one.title}"`;
    if (!same(one.scope, want.scope)) return `the scope of ${id} would be ${[...one.scope].join(', ') || 'none'}`;
    if (!same(one.verify, want.verify))
      return `the verification of ${id} would be ${[...one.verify].join('; ') || 'none'}`;
    if (!same(one.needs, want.needs)) return `${id} would need ${[...one.needs].join(', ') || 'nothing'}`;
    if (want.criteria !== undefined && !same(one.criteria ?? [], want.criteria))
      return `${id} would have other criteria`;
    if (want.rest !== undefined && one.rest !== want.rest) return `${id} would be of another kind of work`;
  }
  return undefined;
}

/** Whether two lists hold the same, in whatever order. */
export function same(a: Iterable<string>, b: Iterable<string>): boolean {
  const [one, other] = [new Set(a), new Set(b)];
  return one.size === other.size && [...one].every((each) => other.has(each));
}

/** The first finding because of which a text cannot be carried out. */
export function refusing(text: string, kind: PlanKind): Finding | undefined {
  const parsed = parsePlan(text, { fileName: 'plan.md', kind });
  if (!parsed.ok) return parsed.error.findings[0];
  if (isRunnable(parsed.value)) return undefined;
  return parsed.value.findings.find(({ severity, rule }) => severity === 'error' && refuses(rule));
}
