import type { Finding } from '../base/finding.ts';
import { ALLOWS_EVERYTHING, disablesOf } from '../plan/disable.ts';
import { finding } from '../plan/draft.ts';
import { type LintOptions, settled } from '../plan/lint.ts';
import { outlineOf } from '../plan/markdown/outline.ts';
import { Source } from '../plan/markdown/source.ts';
import { RULES } from '../plan/rules/registry.ts';
import type { ContextBundle } from './bundle/model.ts';
import { readBundle } from './bundle/read.ts';
import { BUNDLE_RULES } from './bundle/rules/index.ts';
import { readCommit } from './commit/read.ts';
import { COMMIT_RULES } from './commit/rules/index.ts';
import { readConvergence } from './convergence/read.ts';
import { CONVERGENCE_RULES } from './convergence/rules/index.ts';
import type { CompanionKind } from './kinds.ts';
import { COMPANION_RULES } from './registry.ts';
import type { CompanionFacts, CompanionRule, CompanionSubject } from './rule.ts';

/** As for a plan; a companion has no stages. */
export interface CompanionOptions extends Pick<LintOptions, 'rules' | 'most'> {
  readonly facts?: CompanionFacts;
}

/**
 * Runs the rules about companions of one kind. Findings are in document order, with settings and, in context bundles, with
 * disabling comments applied. Never throws, whatever the text; linear in its length.
 */
export function lintCompanion(text: string, kind: CompanionKind, options: CompanionOptions = {}): readonly Finding[] {
  const source = new Source(text);
  const { facts = {}, rules } = options;
  switch (kind) {
    case 'bundle': {
      const outline = outlineOf(source);
      const found = run(BUNDLE_RULES, { source, detail: readBundle(outline), facts }, rules);
      return settled(found, disablesOf(outline), KNOWN, options);
    }
    case 'commit':
      return settled(
        run(COMMIT_RULES, { source, detail: readCommit(source), facts }, rules),
        ALLOWS_EVERYTHING,
        KNOWN,
        options,
      );
    case 'convergence': {
      const read = readConvergence(source);
      const found = read.ok
        ? run(CONVERGENCE_RULES, { source, detail: read.value, facts }, rules)
        : [unreadable(source, read.error)];
      return settled(found, ALLOWS_EVERYTHING, KNOWN, options);
    }
  }
}

/** The files that a context bundle calls key, as it writes their paths: what {@link CompanionFacts.changed} is asked about. */
export function keyFilesOf(text: string): readonly string[] {
  const { keyFiles }: ContextBundle = readBundle(outlineOf(new Source(text)));
  return keyFiles;
}

const KNOWN: ReadonlySet<string> = new Set([...RULES, ...COMPANION_RULES].map(({ id }) => id));

function run<K extends CompanionKind>(
  list: readonly CompanionRule<K>[],
  subject: CompanionSubject<K>,
  settings: LintOptions['rules'],
): Finding[] {
  return list.flatMap((rule) =>
    settings?.[rule.id] === 'off'
      ? []
      : [...rule.check(subject)].map((remark) => ({ rule: rule.id, severity: rule.severity, ...remark })),
  );
}

function unreadable(source: Source, { message, at }: { readonly message: string; readonly at: number }): Finding {
  const hint = 'Write the JSON object of a review: gate, commit, round, max_rounds, history, status.';
  return finding(
    'KIND-01',
    'error',
    source.span(at, at),
    `This is no state of a convergence review: ${message}.`,
    hint,
  );
}
