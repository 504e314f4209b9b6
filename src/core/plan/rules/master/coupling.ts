import type { Rule } from '../rule.ts';
import { nameOf } from './around.ts';

/** MS-10: modules that are built side by side meet in what Phase 0 defines, not in each other's code. */
export const coupling: Rule<'master'> = {
  id: 'MS-10',
  name: 'coupling-via-phase0',
  about: 'A module depends on another one that is said to run in parallel with it, and no note says how.',
  severity: 'warning',
  fix: 'none',
  kinds: ['master'],
  *check({ draft, detail }) {
    const { orchestration, modules } = detail;
    if (orchestration === undefined) return;
    const sets = orchestration.parallel.map(({ numbers }) => new Set(numbers));
    const provider = new Map<string, number>();
    for (const { number, provides } of modules)
      for (const { key } of provides) provider.set(key, provider.get(key) ?? number);
    for (const module of modules) {
      const told = new Set<number>();
      for (const { phases, names, span } of module.dependencies) {
        const meant = phases.length > 0 ? phases : names.flatMap(({ key }) => provider.get(key) ?? []);
        for (const other of meant) {
          if (other === 0 || other === module.number || told.has(other)) continue;
          if (!sets.some((set) => set.has(other) && set.has(module.number))) continue;
          if (orchestration.notes.some((note) => note.includes(other) && note.includes(module.number))) continue;
          told.add(other);
          const message = `${nameOf(module)} depends on phase ${other}, which is to run in parallel with it.`;
          yield {
            span: span ?? draft.outline.source.span(module.start, module.start),
            message,
            hint: 'Define what they share in Phase 0, or add a **Note** that says why both can run at once.',
          };
        }
      }
    }
  },
};
