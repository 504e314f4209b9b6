import type { Remark } from '../../../plan/rules/rule.ts';
import type { CompanionRule } from '../../rule.ts';
import type { BundleForm, BundlePart, ContextBundle } from '../model.ts';
import { NAMES, partNamed } from '../read.ts';

interface Field {
  /** As it is asked for. */
  readonly name: string;
  readonly names: readonly string[];
}

const field = (name: string, ...names: readonly string[]): Field => ({ name, names: [name, ...names] });

/** What a bundle of findings holds whatever it is made for; then what research adds. */
const FOR_ALL: readonly Field[] = [
  field('bundle_type', ...NAMES.type),
  field('topic', ...NAMES.topic),
  field('phase', 'metadata.phase'),
  field('next_phase', 'next_steps', 'next', 'metadata.next_phase'),
];
const FOR_RESEARCH: readonly Field[] = [
  field('findings_summary', ...NAMES.findings, 'summary'),
  field('constraints', 'key_constraints', 'findings.constraints'),
  field('success_criteria'),
  field('open_questions', 'questions', 'findings.open_questions'),
  field('recommendations', 'recommendation', 'recommended_approach'),
];
const COMPRESSED: readonly Field[] = [
  field('type', ...NAMES.type),
  field('date', ...NAMES.date, 'metadata.date', 'metadata.created'),
  field('topic', ...NAMES.topic),
  // `**Compression:** 60k → 4.5k (13:1)` says all three.
  field('original_tokens', ...NAMES.original, 'compression'),
  field('compressed_tokens', ...NAMES.compressed, 'compression'),
  field('compression_ratio', ...NAMES.ratio),
];
const HANDOVER: readonly Field[] = [
  field('mission'),
  field('mission.goal', 'mission.objective', 'goal'),
  field('current_state', 'state', 'current_status'),
  field('decisions', ...NAMES.decisions),
  field('open_questions', 'questions'),
  field('context', 'context.key_files', 'key_files'),
  field('next_actions', ...NAMES.nextActions, ...NAMES.nextSteps),
];
const TYPES = ['research', 'plan', 'implementation'];

/** BU-01: who starts with an empty context has nothing but this to go by. */
export const bundleFields: CompanionRule<'bundle'> = {
  id: 'BU-01',
  name: 'bundle-fields',
  about: 'A context bundle lacks a key that bundles of its form have, leaves it empty, or is of no known type.',
  severity: 'error',
  fix: 'none',
  kind: 'bundle',
  *check({ source, detail }) {
    const { form, parts, type, head } = detail;
    const wanted = fieldsOf(detail);
    const missing = wanted.filter(({ names }) => partNamed(parts, names) === undefined);
    // A goal is not missed below a mission that says it in a sentence, nor where there is no mission at all.
    const mission = parts.get('mission');
    const goalSaid = mission === undefined || (mission.value !== '' && mission.entries.length === 0);
    const lacking = missing.filter(({ name }) => name !== 'mission.goal' || !goalSaid).map(({ name }) => name);
    if (lacking.length > 0) {
      yield {
        span: source.span(head.start, head.end),
        message: `The bundle has no ${lacking.join(', ')}.`,
        hint: `Write ${lacking.length === 1 ? 'it' : 'them'} as keys of the bundle; \`[]\` says that there is none.`,
      };
    }
    for (const { names } of wanted) {
      const part = partNamed(parts, names);
      if (part !== undefined && isEmpty(part, parts)) yield empty(part, source.span(part.start, part.end));
    }
    if (form === 'findings' && type !== undefined && !TYPES.includes(type.value.replace(/[\s_-]?bundle$/, ''))) {
      yield {
        span: source.span(type.start, type.end),
        message: `"${type.value.slice(0, 60)}" is no type of a bundle.`,
        hint: `Write ${TYPES.slice(0, -1).join(', ')} or ${TYPES.at(-1)}.`,
      };
    }
  },
};

function fieldsOf({ form, type }: ContextBundle): readonly Field[] {
  const byForm: Readonly<Record<BundleForm, readonly Field[]>> = {
    findings: type === undefined || type.value.startsWith('research') ? [...FOR_ALL, ...FOR_RESEARCH] : FOR_ALL,
    compressed: COMPRESSED,
    handover: HANDOVER,
  };
  return byForm[form];
}

/** What is named and says nothing, also in what stands below it. */
function isEmpty({ key, value, entries, none }: BundlePart, parts: ContextBundle['parts']): boolean {
  if (none || entries.length > 0) return false;
  const filled = value !== '' && !/^(?:\[[^\]]{1,200}\]|\.{3}|…|tbd|todo)$/i.test(value.trim().slice(0, 300));
  return !filled && ![...parts.keys()].some((other) => other.startsWith(`${key}.`));
}

function empty({ key }: BundlePart, span: Remark['span']): Remark {
  return { span, message: `${key} says nothing.`, hint: 'Fill it in; `[]` or none says that there is none.' };
}
