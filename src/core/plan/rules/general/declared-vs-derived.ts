import { reachability } from '../../closure.ts';
import type { Draft, DraftUnit } from '../../draft.ts';
import { taskGraph, topologicalOrder } from '../../graph.ts';
import { plainText } from '../../markdown/inline.ts';
import { textIn } from '../../markdown/text.ts';
import { PLAN_KINDS, type PlanTask } from '../../model.ts';
import { waveOf } from '../../waves.ts';
import type { Remark, Rule } from '../rule.ts';

/** GEN-006: a table of waves, a line of execution order or a sentence about parallel work says other than the needs do. */
export const declaredVsDerived: Rule = {
  id: 'GEN-006',
  name: 'declared-vs-derived',
  about: 'What the document says of waves, order or parallel work contradicts the needs of its units.',
  severity: 'warning',
  fix: 'none',
  kinds: PLAN_KINDS,
  *check({ draft, compiled }) {
    yield* waves(draft, compiled.tasks);
    yield* statements(draft, compiled.tasks);
  },
};

function* waves({ units, outline }: Draft, tasks: readonly PlanTask[]): Iterable<Remark> {
  const declared = new Map<string, { wave: number; unit: DraftUnit; headed: boolean }>();
  for (const unit of units) {
    const wave = waveOf(unit);
    if (wave !== undefined && !declared.has(unit.id))
      declared.set(unit.id, { wave, unit, headed: unit.declaredWave === undefined });
  }
  if (declared.size < 2) return;
  for (const task of tasks) {
    const own = declared.get(task.id);
    if (own === undefined || own.unit.needs.length === 0) continue;
    // A heading "Wave 2" is often but a chapter, in which tasks wait for each other; a table of waves means it.
    const late = task.needs.find((need) => {
      const wave = declared.get(need)?.wave ?? -Infinity;
      return need !== task.id && (own.headed ? wave > own.wave : wave >= own.wave);
    });
    if (late === undefined) continue;
    const { wave } = declared.get(late) as { wave: number };
    const span = own.unit.needs[0]?.span ?? outline.source.span(own.unit.heading.start, own.unit.heading.end);
    const where =
      wave === own.wave ? `both are in wave ${wave}` : `${task.id} is in wave ${own.wave}, ${late} in wave ${wave}`;
    const message = `${task.id} needs ${late}, but ${where}.`;
    yield { span, message, hint: `Put ${task.id} into a later wave, or remove the need. The needs are what counts.` };
  }
}

const NAME =
  /(?<![\w-])(?:(?:tasks?|phases?|prs?|issues?|groups?|modules?)\s+#?\d{1,6}(?:\.\d{1,4})?|[A-Z]{1,6}-?\d{1,6}(?:[.-][A-Z]?\d{1,6}){0,2})(?![\w-])/gi;
const PARALLEL = /\b(?:in parallel|concurrently|simultaneously|at the same time|are independent)\b/i;
const NOT_PLAIN =
  /\b(?:not|never|cannot|can't|n't|no|after|then|once|before|until|unless|except|if|when|wait|each)\b|n't\b|→|->|;/i;
const ORDER =
  /^[ \t]*(?:[-*+] )?(?:\*\*|__)?(?:(?:execution|implementation|merge|build|work) order|order of (?:work|execution)|sequence)\b/i;

/** Text that is looked at for statements; more is no statement. */
const MAX_TEXT = 2000;

function* statements(draft: Draft, tasks: readonly PlanTask[]): Iterable<Remark> {
  const { outline } = draft;
  const names = namesOf(tasks);
  if (names.size < 2) return;
  let waits: ((a: number, b: number) => boolean) | undefined;
  const waitsFor = (a: number, b: number): boolean => {
    if (waits === undefined) {
      const graph = taskGraph(tasks);
      waits = reachability(graph, topologicalOrder(graph));
    }
    return a !== b && waits(a, b);
  };
  for (const { text, start } of textIn(outline, 0, outline.blocks.length)) {
    if (!PARALLEL.test(text.slice(0, MAX_TEXT)) && !ORDER.test(text.slice(0, 80))) continue;
    for (const { sentence, at } of sentencesOf(text.slice(0, MAX_TEXT))) {
      const span = outline.source.span(start + at, start + at + sentence.length);
      if (PARALLEL.test(sentence)) {
        const lead = sentence.slice(0, PARALLEL.exec(sentence)?.index);
        if (NOT_PLAIN.test(plainText(sentence))) continue;
        const found = idsIn(lead, names);
        const pair = firstPair(found, (a, b) => waitsFor(a, b) || waitsFor(b, a));
        if (pair === undefined) continue;
        const [a, b] = waitsFor(pair[0], pair[1]) ? pair : [pair[1], pair[0]];
        const message = `${tasks[a]?.id} and ${tasks[b]?.id} are said to run in parallel, but ${tasks[a]?.id} waits for ${tasks[b]?.id}.`;
        yield { span, message, hint: 'Correct the sentence or the needs. The needs are what counts.' };
      } else if (ORDER.test(sentence) && /→|->/.test(sentence)) {
        const found = sentence.split(/→|->/).map((part) => idsIn(part, names));
        const wrong = found.slice(1).flatMap((after, i) => {
          const before = found[i] as readonly number[];
          return before.flatMap((a) => after.flatMap((b) => (waitsFor(a, b) ? [[a, b] as const] : [])));
        })[0];
        if (wrong === undefined) continue;
        const [a, b] = wrong;
        const message = `This order puts ${tasks[a]?.id} before ${tasks[b]?.id}, but ${tasks[a]?.id} waits for ${tasks[b]?.id}.`;
        yield { span, message, hint: 'Correct the order or the needs. The needs are what counts.' };
      }
    }
  }
}

function namesOf(tasks: readonly PlanTask[]): ReadonlyMap<string, number> {
  const names = new Map<string, number>();
  tasks.forEach(({ id }, i) => {
    const key = nameKey(id);
    if (!names.has(key)) names.set(key, i);
  });
  return names;
}

/** `Task 3`, `T3`, `T03`: one name. */
function nameKey(text: string): string {
  return text
    .toUpperCase()
    .replace(/^TASKS?\s+#?/, 'T')
    .replace(/^PHASES?\s+#?/, 'P')
    .replace(/^PRS?\s+#?/, 'PR-')
    .replace(/^(?:ISSUE|GROUP|MODULE)S?\s+#?/, '')
    .replace(/([A-Z-]|^)0+(?=\d)/g, '$1');
}

function idsIn(text: string, names: ReadonlyMap<string, number>): readonly number[] {
  const found: number[] = [];
  for (const [name] of text.matchAll(NAME)) {
    const at = names.get(nameKey(name));
    if (at !== undefined && !found.includes(at) && found.length < 50) found.push(at);
  }
  return found;
}

function firstPair(
  found: readonly number[],
  contradicts: (a: number, b: number) => boolean,
): readonly [number, number] | undefined {
  for (const [i, a] of found.entries()) {
    for (const b of found.slice(i + 1)) if (contradicts(a, b)) return [a, b];
  }
  return undefined;
}

function* sentencesOf(text: string): Iterable<{ sentence: string; at: number }> {
  let from = 0;
  for (const match of text.matchAll(/\n|\.(?=\s|$)|\|/g)) {
    yield* trimmed(text, from, match.index);
    from = match.index + 1;
  }
  yield* trimmed(text, from, text.length);
}

function* trimmed(text: string, from: number, to: number): Iterable<{ sentence: string; at: number }> {
  const raw = text.slice(from, to);
  const sentence = raw.trim();
  if (sentence !== '') yield { sentence, at: from + raw.indexOf(sentence) };
}
