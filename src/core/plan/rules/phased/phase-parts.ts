import type { Fix } from '../../../base/finding.ts';
import type { Draft } from '../../draft.ts';
import type { Rule } from '../rule.ts';
import {
  contentEnd,
  FILES,
  headOf,
  lineEndOf,
  partOf,
  PHASES_OF,
  VERIFICATION,
  type WrittenPhase,
  writtenPhases,
} from './parts.ts';

/** PP-06: a phase without a list of files or of verification. */
export const phaseParts: Rule<'phased' | 'master'> = {
  id: 'PP-06',
  name: 'phase-needs-files-verification',
  about: 'A phase lacks its list of files or of verification.',
  severity: 'error',
  fix: 'stub',
  kinds: PHASES_OF,
  *check({ draft }) {
    for (const written of writtenPhases(draft)) {
      const { number, hasFiles, hasVerification } = written.phase;
      const span = headOf(draft, written.unit);
      if (!hasFiles) {
        const message = `Phase ${number} lists no files: it may change anything.`;
        const fix = stub(draft, written, 'Files', FILES, '- `[path]` — [why it changes]');
        yield { span, message, hint: 'Write `### Files` with bullets such as - `src/a.ts` — why', ...fix };
      }
      if (!hasVerification) {
        const message = `Phase ${number} has no verification.`;
        const fix = stub(draft, written, 'Verification', VERIFICATION, '- [ ] `[command that proves it]`');
        yield { span, message, hint: 'Write `### Verification` with bullets such as - [ ] `npm test`', ...fix };
      }
    }
  },
};

function stub(
  draft: Draft,
  { unit, heading }: WrittenPhase,
  title: string,
  name: RegExp,
  text: string,
): { readonly fix?: Fix } {
  const { outline } = draft;
  const { source } = outline;
  if (heading === undefined) return {};
  // Steps without a phase get one first (PP-03), and these parts then.
  if (draft.kind === 'phased' && (draft as Draft<'phased'>).detail.loose !== undefined) return {};
  const eol = lineEndOf(source);
  const empty = partOf(outline, unit, name);
  if (empty !== undefined) {
    const at = empty.heading.end;
    return {
      fix: { kind: 'stub', title: `Fill in "${title}"`, edits: [{ start: at, end: at, text: `${eol}${eol}${text}` }] },
    };
  }
  const checks = title === 'Files' ? partOf(outline, unit, VERIFICATION)?.heading : undefined;
  const head = `${'#'.repeat(Math.min(6, heading.level + 1))} ${title}${eol}${eol}${text}`;
  if (checks !== undefined) {
    const at = checks.start;
    return {
      fix: { kind: 'stub', title: `Add "${title}"`, edits: [{ start: at, end: at, text: `${head}${eol}${eol}` }] },
    };
  }
  const at = contentEnd(source, unit.start, unit.end);
  return {
    fix: { kind: 'stub', title: `Add "${title}"`, edits: [{ start: at, end: at, text: `${eol}${eol}${head}` }] },
  };
}
