import type { Edit } from '../../../base/finding.ts';
import type { Draft } from '../../draft.ts';
import type { Orchestration } from '../../kinds/master/model.ts';
import type { Rule } from '../rule.ts';
import { contentEnd, lineEndOf } from '../phased/parts.ts';
import { nameOf, waits } from './around.ts';

/** Modules that are compared with each other; plans of more are compared by what waits directly. */
const MAX_MODULES = 300;

/** MS-09: the section says who waits for whom a second time, so it can contradict the briefs. */
export const orchestrationConsistent: Rule<'master'> = {
  id: 'MS-09',
  name: 'dep-section-consistent',
  about: 'The section on dependencies contradicts the interfaces of the modules, or leaves a module out.',
  severity: 'error',
  fix: 'suggest',
  kinds: ['master'],
  *check({ draft, detail }) {
    const { orchestration, modules } = detail;
    if (orchestration === undefined || modules.length === 0) return;
    const { source } = draft.outline;
    const { section, parallel, sequential, named, notes } = orchestration;
    const fix = {
      kind: 'suggest' as const,
      title: 'Write the section anew from the briefs',
      edits: anew(draft, orchestration),
    };
    const span = source.span(section.heading.start, section.heading.end);
    const hint = 'Say the same here as the briefs say under "Depends on".';
    const missing = modules.filter(({ number }) => !named.has(number));
    if (missing.length > 0) {
      const message = `The section on dependencies leaves out ${missing.slice(0, 5).map(nameOf).join(', ')}.`;
      yield { span, message, hint: 'Say of every module what it waits for, or that it can run in parallel.', fix };
    }
    const reach = reaching(draft);
    const told = new Set<string>();
    for (const { numbers, span: where } of parallel) {
      for (const to of numbers.slice(0, MAX_MODULES)) {
        const before = reach.get(to);
        if (before === undefined || before.size === 0) continue;
        for (const from of numbers.slice(0, MAX_MODULES)) {
          if (from === to || from === 0 || !before.has(from)) continue;
          if (notes.some((note) => note.includes(from) && note.includes(to)) || told.has(`${from} ${to}`)) continue;
          told.add(`${from} ${to}`);
          const message = `Phases ${from} and ${to} are said to run in parallel, but phase ${to} waits for phase ${from}.`;
          yield { span: where, message, hint, fix };
        }
      }
    }
    const briefs = dependenciesOf(draft);
    for (const { before, after, span: where } of sequential) {
      for (const from of before) {
        if (from === 0) continue;
        for (const to of after) {
          if (from === to || briefs.get(from)?.has(to) !== true || told.has(`${to} ${from}`)) continue;
          told.add(`${to} ${from}`);
          const message = `Phase ${from} is said to come before phase ${to}, but its brief depends on phase ${to}.`;
          yield { span: where, message, hint, fix };
        }
      }
    }
    const numbers = new Set(draft.units.map(({ phase }) => phase?.number));
    const gone = [...named].find((number) => !numbers.has(number));
    if (gone !== undefined)
      yield { span, message: `It names phase ${gone}, which this plan does not have.`, hint, fix };
  },
};

/** What the briefs alone depend on, by phase numbers. */
function dependenciesOf({ detail }: Draft<'master'>): ReadonlyMap<number, ReadonlySet<number>> {
  return new Map(
    detail.modules.map(({ number, dependencies }) => [number, new Set(dependencies.flatMap(({ phases }) => phases))]),
  );
}

/** For every module all modules that must be merged before it, directly or through others. */
function reaching(draft: Draft<'master'>): ReadonlyMap<number, ReadonlySet<number>> {
  const direct = waits(draft);
  if (direct.size > MAX_MODULES) return direct;
  const found = new Map<number, Set<number>>();
  for (const number of direct.keys()) {
    const reached = new Set<number>();
    const open = [...(direct.get(number) ?? [])];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (reached.has(next)) continue;
      reached.add(next);
      open.push(...(direct.get(next) ?? []));
    }
    reached.delete(number);
    found.set(number, reached);
  }
  return found;
}

function anew(draft: Draft<'master'>, { section }: Orchestration): readonly Edit[] {
  const { source } = draft.outline;
  const eol = lineEndOf(source);
  const reach = reaching(draft);
  const numbers = draft.detail.modules.map(({ number }) => number);
  const lines = ['- **Sequential**: Phase 0 → then all others'];
  for (const number of numbers) {
    const needs = [...(reach.get(number) ?? [])].filter((one) => one !== 0).sort((a, b) => a - b);
    if (needs.length > 0)
      lines.push(`- **Sequential**: Phase ${number} after ${needs.map((one) => `Phase ${one}`).join(' and ')}`);
  }
  const free = numbers.filter((number) => (reach.get(number)?.size ?? 0) === 0);
  if (free.length > 1) lines.push(`- **Parallel**: Phases ${free.join(', ')} can run in parallel`);
  const end = contentEnd(source, section.heading.start, section.end);
  return [
    { start: section.heading.end, end: Math.max(section.heading.end, end), text: `${eol}${eol}${lines.join(eol)}` },
  ];
}
