import type { Draft } from '../../draft.ts';
import { plainText } from '../../markdown/inline.ts';
import { headerValue } from './parts.ts';

/** What an executing agent of the descendant tools is handed beside the plan; keys as in their `execution-packet.json`. */
export interface ExecutionPacket {
  readonly objective: string;
  readonly epic_id: string | null;
  /** Paths that tasks change, each once, in document order. */
  readonly contract_surfaces: readonly string[];
  readonly validation_commands: readonly string[];
  readonly tracker_mode: string;
  readonly done_criteria: readonly string[];
  readonly complexity: string;
  readonly pre_mortem_verdict: 'PASS' | 'WARN' | 'FAIL' | null;
  readonly test_levels: readonly string[];
  readonly research_artifact: string | null;
  readonly plan_artifact: string | null;
  readonly pre_mortem_artifact: string | null;
}

/** The execution packet of a plan: the same for the same text, without times or paths of the machine. */
export function executionPacket(draft: Draft<'implementation'>): ExecutionPacket {
  const { detail, units, outline, header } = draft;
  const value = (...names: string[]): string | undefined => headerValue(outline, header, ...names);
  const verdict = /\b(PASS|WARN|FAIL)\b/i.exec(value('pre mortem verdict', 'pre mortem', 'verdict') ?? '')?.[1];
  const commands = [...draft.verify, ...units.flatMap(({ verify }) => verify)].map(({ run }) => run);
  const own = units.flatMap(({ criteria }) => criteria);
  const levels = [...outline.source.shadow.matchAll(/\bL([0-4])\b(?=[^\n]{0,200}(?:test|check|valid|smoke|sanity))/gi)];
  return {
    objective: value('objective', 'goal') ?? draft.title,
    epic_id: detail.epic ?? null,
    contract_surfaces: unique(units.flatMap(({ paths }) => paths.map(({ text }) => text))),
    validation_commands: unique(commands),
    tracker_mode: detail.trackerMode ?? (detail.form === 'waves' && detail.epic !== undefined ? 'beads' : 'tasklist'),
    done_criteria: unique([...draft.criteria.map(({ text }) => text), ...own]),
    complexity: detail.complexity ?? complexityOf(units.length),
    pre_mortem_verdict: verdict === undefined ? null : (verdict.toUpperCase() as 'PASS' | 'WARN' | 'FAIL'),
    test_levels: unique(levels.map((match) => `L${match[1]}`)).sort(),
    research_artifact: artifact(detail.research.map(({ text }) => text)),
    plan_artifact: value('plan', 'plan artifact', 'id') ?? null,
    pre_mortem_artifact: value('pre mortem artifact', 'pre mortem report') ?? null,
  };
}

function unique(list: readonly string[]): string[] {
  return [...new Set(list)];
}

function complexityOf(count: number): string {
  if (count <= 2) return 'fast';
  return count <= 10 ? 'standard' : 'full';
}

function artifact(research: readonly string[]): string | null {
  const path = research
    .map((text) => /[\w./@-]{1,300}\.(?:md|ya?ml|json)\b/.exec(plainText(text).slice(0, 2000))?.[0])
    .find((one) => one !== undefined);
  return path ?? null;
}
