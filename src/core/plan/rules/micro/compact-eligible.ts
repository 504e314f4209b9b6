import type { Draft } from '../../draft.ts';
import type { MicroDetail } from '../../kinds/micro/model.ts';
import { isDocsPath, isTestPath } from '../../kinds/micro/task-files.ts';
import { fencesIn } from '../../markdown/text.ts';
import { blockFrom } from '../../markdown/outline.ts';
import type { Rule } from '../rule.ts';
import { taskSpan, titleSpan } from './places.ts';

const MOST_FILES = 3;

/** MI-15: the compact form leaves out what keeps larger changes from going wrong. */
export const compactEligible: Rule<'micro'> = {
  id: 'MI-15',
  name: 'compact-eligible',
  about: 'A plan in compact form changes more than three files of the product, or adds a flag, an interface or a type.',
  severity: 'error',
  fix: 'none',
  kinds: ['micro'],
  *check({ draft, detail }) {
    if (!detail.compact) return;
    const hint = 'Write the full form with Parts 1 to 3, or make the change smaller.';
    const paths = new Map<string, boolean>();
    for (const { files } of detail.tasks) {
      for (const { path, use } of files) {
        if (use === 'test' || isTestPath(path) || isDocsPath(path)) continue;
        paths.set(path, (paths.get(path) ?? false) || use === 'create');
      }
    }
    if (paths.size > MOST_FILES) {
      const fresh = [...paths.values()].filter(Boolean).length;
      const note = fresh > 0 ? ` (${fresh} of them new)` : '';
      const said = detail.header.tier;
      const span =
        said === undefined
          ? titleSpan(draft)
          : draft.outline.source.span(said.start, Math.min(said.end, draft.outline.source.lineEnd(said.start)));
      yield {
        span,
        message: `A compact plan changes at most ${MOST_FILES} files of the product; this one changes ${paths.size}${note}.`,
        hint,
      };
    }
    for (const at of detail.tasks.keys()) {
      const what = addition(draft, detail, at);
      if (what === undefined) continue;
      yield {
        span: taskSpan(draft, at),
        message: `${draft.units[at]?.id ?? ''} adds ${what}: too much for a compact plan.`,
        hint,
      };
    }
    const changed = stated(detail);
    if (changed !== undefined) {
      const { start } = changed.said;
      const span = draft.outline.source.span(start, draft.outline.source.lineEnd(start));
      yield { span, message: `The header speaks of ${changed.what}: too much for a compact plan.`, hint };
    }
  },
};

const ADDS =
  /\b(?:add|adds|adding|introduce|introduces|introducing|new)\s+(?:(?:an?|the|one|new|exported|public|CLI|command[- ]line)\s+){0,4}(?:`[^`]{1,80}`\s+)?(flag|interface|(?:struct )?type|struct|endpoint|subcommand)\b/i;
const NOT = /\b(?:no|not|without|zero|never|existing|don['’]t)\b[^.;\n]{0,40}$/i;

function addition({ outline, units }: Draft<'micro'>, { tasks }: MicroDetail, at: number): string | undefined {
  const unit = units[at];
  if (unit === undefined) return undefined;
  for (const text of [
    unit.title,
    ...(tasks[at]?.steps ?? []).filter(({ kind }) => kind === 'impl').map(({ prose }) => prose),
  ]) {
    const found = adds(text);
    if (found !== undefined) return found;
  }
  for (const step of tasks[at]?.steps ?? []) {
    if (step.kind !== 'impl' || step.fences === 0) continue;
    for (const { code } of fencesIn(outline, blockFrom(outline, step.head.start), blockFrom(outline, step.end))) {
      if (/^\s{0,8}type \w{1,80} interface\b|^\s{0,4}(?:export )?interface \w/m.test(code)) return 'an interface';
      if (/\.Flags\(\)\.|\bflag\.(?:String|Bool|Int|Duration)(?:Var)?\(|\badd_argument\(\s*["']-/.test(code))
        return 'a flag';
    }
  }
  return undefined;
}

function adds(text: string): string | undefined {
  const match = ADDS.exec(text.slice(0, 8000));
  if (match === null || NOT.test(text.slice(Math.max(0, match.index - 60), match.index))) return undefined;
  const word = (match[1] as string).toLowerCase();
  return `${/^[aeiou]/.test(word) ? 'an' : 'a'} ${word}`;
}

function stated({ header }: MicroDetail) {
  for (const key of ['goal', 'adds', 'tier'] as const) {
    const said = header[key];
    if (said === undefined) continue;
    const change = /\bbehaviou?r(?:al)? changes?\b|\bchanges? (?:the )?(?:default )?behaviou?r\b/i.exec(said.text);
    if (change !== null && !NOT.test(said.text.slice(Math.max(0, change.index - 60), change.index))) {
      return { said, what: 'a change of behaviour' };
    }
    const what = key === 'tier' ? undefined : adds(said.text);
    if (what !== undefined) return { said, what };
  }
  return undefined;
}
