import type { Edit } from '../../base/finding.ts';
import { type Annotation, annotationsIn, type Key } from '../annotations.ts';
import type { PlanKind } from '../model.ts';
import { inLog, type Page } from './page.ts';

/** How a label is written in plans of kind `task`, where short forms and long ones are read. */
const TASK_LABELS: Readonly<Partial<Record<Key, { readonly label: string; readonly aliases: ReadonlySet<string> }>>> = {
  files: { label: 'Files', aliases: new Set(['files', 'file']) },
  needs: { label: 'Needs', aliases: new Set(['needs', 'deps', 'dependency', 'depends']) },
  verify: { label: 'Verify', aliases: new Set(['verify', 'verify command', 'verify commands']) },
  estimate: { label: 'Estimate', aliases: new Set(['estimate']) },
  agent: { label: 'Agent', aliases: new Set(['agent']) },
  group: { label: 'Parallel-group', aliases: new Set(['parallel group']) },
  codex: { label: 'Codex', aliases: new Set(['codex']) },
  'non-committing': { label: 'Non-committing', aliases: new Set(['non committing']) },
};

/** Kinds whose templates write `**Label:** value`; others have forms of their own, which stay. */
const KINDS: ReadonlySet<PlanKind> = new Set<PlanKind>(['task', 'implementation']);

const FORM = /^(\*\*|__)([A-Za-z][A-Za-z _-]{0,60})(?::(?:\*\*|__)|(?:\*\*|__)[ \t]*:)$/;

/** Labels that tasks are made of are written `**Needs:**`, with one blank behind them. */
export function labels({ kind, outline }: Page): readonly Edit[] {
  if (!KINDS.has(kind)) return [];
  const { text } = outline.source;
  const edits: Edit[] = [];
  for (const one of annotationsIn(outline, 0, outline.blocks.length)) {
    if (one.key === 'other' || one.section || inLog(outline, one.at)) continue;
    const form = FORM.exec(text.slice(one.at, one.start));
    if (form === null) continue;
    const wanted = `**${spelling(kind, one, form[2] as string)}:**`;
    const blanks = /^[ \t]*(?=\S)/.exec(text.slice(one.start, one.start + 200))?.[0].length;
    const end = one.start + (blanks ?? 0);
    const whole = blanks === undefined ? wanted : `${wanted} `;
    if (text.slice(one.at, end) !== whole) edits.push({ start: one.at, end, text: whole });
  }
  return edits;
}

function spelling(kind: PlanKind, { key, label }: Annotation, written: string): string {
  const known = kind === 'task' ? TASK_LABELS[key] : undefined;
  if (known?.aliases.has(label) === true) return known.label;
  return (written[0] as string).toUpperCase() + written.slice(1);
}
