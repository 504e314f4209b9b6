import type { Remark } from '../../../plan/rules/rule.ts';
import type { CompanionRule } from '../../rule.ts';
import type { BundleEntry } from '../model.ts';

/** Words that say to go on without saying with what. */
const VAGUE = new Set(
  (
    'continue continuing keep going proceed resume carry on go move ahead forward work working do doing finish complete ' +
    'wrap up implement implementing implementation development coding project task tasks plan the this that it them with ' +
    'as planned before remaining rest of everything all other next step steps phase more stuff things tbd todo etc to be ' +
    'determined start and then a an where we you i left off from here is was progress making until done'
  ).split(' '),
);

const REASON =
  /\b(?:rationale|reason(?:s|ing)?|why|because|since|so that|so as to|in order to|due to|justification|to (?:avoid|keep|prevent|reduce|allow|ensure))\b/i;
const UNFILLED = /^[\s*_"'`]{0,9}(?:|tbd|todo|n\/a|none|null|~|-|\.{3}|…|\[[^\]]{0,200}\])[\s*_"'`]{0,9}$/i;
const FIELDS = ['rationale', 'reason', 'reasoning', 'reasons', 'why', 'because', 'justification'];

/** BU-04: what is handed over must be enough to go on with, and still true. */
export const nextAction: CompanionRule<'bundle'> = {
  id: 'BU-04',
  name: 'next-action-specific',
  about:
    'A context bundle names a next action that says nothing, a decision without its reason, or files that changed after it was made.',
  severity: 'warning',
  fix: 'none',
  kind: 'bundle',
  *check({ source, detail: { nextActions, decisions, keyFiles, day }, facts: { changed } }) {
    const at = ({ start, end }: BundleEntry): Remark['span'] =>
      source.span(start, Math.min(end, source.lineEnd(start)));
    for (const entry of nextActions) {
      const words = wordsOf(entry);
      if (words.length > 0 && !words.every((word) => VAGUE.has(word))) continue;
      yield {
        span: at(entry),
        message: `The next action "${entry.title.slice(0, 60)}" does not say what to do.`,
        hint: 'Write a verb, what it is done to, and where: `add the expiry check to src/tokens.ts`.',
      };
    }
    for (const entry of decisions) {
      if (hasReason(entry)) continue;
      yield {
        span: at(entry),
        message: `The decision "${entry.title.slice(0, 60)}" gives no reason.`,
        hint: 'Write its rationale; without it, the next one decides again.',
      };
    }
    if (day === undefined || changed === undefined) return;
    const newer = keyFiles.filter((path) => (changed.get(path) ?? '').slice(0, 10) > day.value);
    if (newer.length === 0) return;
    const names = `${newer.slice(0, 5).join(', ')}${newer.length > 5 ? ` and ${newer.length - 5} more` : ''}`;
    yield {
      span: source.span(day.start, day.end),
      message: `The bundle is of ${day.value}; ${names} changed after that.`,
      hint: 'Look at what changed, correct the bundle, and date it anew.',
    };
  },
};

function wordsOf({ title, fields }: BundleEntry): readonly string[] {
  const text = fields.get('action') ?? title;
  return (
    text
      .slice(0, 400)
      .toLowerCase()
      .match(/[\p{L}\p{N}][\p{L}\p{N}_./-]*/gu) ?? []
  );
}

function hasReason({ text, fields }: BundleEntry): boolean {
  const named = FIELDS.filter((name) => fields.has(name));
  if (named.length > 0) return named.some((name) => !UNFILLED.test((fields.get(name) ?? '').slice(0, 300)));
  return REASON.test(text) || /\s(?:—|–|->|→)\s\S/.test(text);
}
