import type { SpecPhase } from '../../kinds/implementation/model.ts';
import type { Rule } from '../rule.ts';
import { newlineOf } from '../newline.ts';
import { headingSpan, insertBelow, isSpecification, trimmedEnd } from './shared.ts';

/** IS-13: a phase that is left without a look at what it made. */
export const checkpointPerPhase: Rule<'implementation'> = {
  id: 'IS-13',
  name: 'checkpoint-per-phase',
  about: 'A phase has no validation checkpoint.',
  severity: 'warning',
  fix: 'stub',
  kinds: ['implementation'],
  *check({ draft, detail }) {
    const { phases, checkpoints, tasks } = detail;
    if (!isSpecification(detail)) return;
    const used = new Set(tasks.map(({ phase }) => phase));
    const numbered = phases.filter(({ number }, i) => number !== undefined && used.has(i));
    if (numbered.length === 0) return;
    const lines = checkpoints?.lines ?? [];
    // "After each phase: …" speaks of all of them.
    if (lines.length > 0 && lines.every(({ phase }) => phase === undefined)) return;
    const known = new Set(lines.map(({ phase }) => phase));
    const missing = numbered.filter(({ number }) => !known.has(number));
    if (missing.length === 0) return;
    const stub = missing.map(({ number }) => `- Phase ${number}: [What must be true before the next phase]`).join('\n');
    const hint = 'Write one bullet for each phase: `- Phase 1: the migration runs on a copy`.';
    const which = missing
      .map(({ number }) => number)
      .slice(0, 10)
      .join(', ');
    if (checkpoints === undefined) {
      if (numbered.length < 2) return;
      const place = detail.rollback?.section ?? detail.risksSection ?? detail.acceptanceSection;
      const message = 'No phase has a validation checkpoint.';
      const text = `## Validation Checkpoints\n\n${stub}`;
      const at = place?.end ?? draft.outline.source.text.length;
      const fix = insertBelow(draft, at, text, 'Insert "Validation Checkpoints" to fill in');
      yield { span: (numbered[0] as SpecPhase).span, message, hint, ...fix };
      return;
    }
    const message = `No checkpoint for phase ${which}.`;
    const { source } = draft.outline;
    const end = trimmedEnd(source.shadow, checkpoints.section.end);
    const newline = newlineOf(source);
    const gap = lines.length > 0 ? newline : newline + newline;
    const edits = [{ start: end, end, text: gap + stub.replaceAll('\n', newline) }];
    const fix = { kind: 'stub' as const, title: 'Insert the missing checkpoints to fill in', edits };
    yield { span: headingSpan(draft, checkpoints.section), message, hint, fix };
  },
};
