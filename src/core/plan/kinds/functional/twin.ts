import type { Draft } from '../../draft.ts';
import { taskGraph, taskWaves, topologicalOrder } from '../../graph.ts';
import { parentId } from './ids.ts';
import type { Reference, Stream } from './model.ts';
import { declaredNeeds } from './units.ts';

/** The JSON twin of a functional plan, `plan_output.json`: what agents downstream read instead of the Markdown. */
export interface FunctionalTwin {
  /** Who wrote it, its status (`draft`, `awaiting_approval`, `approved`, `rejected`), task, branch, date, neighbours. */
  readonly metadata: Readonly<Record<string, string | null | readonly string[]>>;
  readonly requirements: readonly {
    readonly id: string;
    readonly description: string;
    readonly agent_hint: string | null;
    readonly acceptance_criteria: readonly string[];
    readonly error_cases: readonly { readonly condition: string; readonly expected_behaviour: string }[];
  }[];
  readonly business_rules: readonly { readonly id: string; readonly description: string }[];
  readonly integration_points: readonly { readonly system: string; readonly purpose: string; readonly notes: string }[];
  readonly implementation_order: readonly string[];
  readonly work_streams: readonly TwinStream[];
  readonly parallelism_groups: readonly {
    readonly group: number;
    readonly streams: readonly string[];
    readonly gate_after: string | null;
  }[];
  readonly test_scenarios: readonly {
    readonly area: string;
    readonly scenario: string;
    readonly inputs: string;
    readonly expected_outcome: string;
  }[];
}

export interface TwinStream {
  readonly id: string;
  readonly name: string;
  readonly agent: string | null;
  readonly command: string | null;
  readonly requirements: readonly string[];
  readonly depends_on: readonly string[];
  /** The inverse of `depends_on`. */
  readonly blocks: readonly string[];
}

/** Makes the JSON twin of a functional plan. The same document always gives the same twin. */
export function functionalTwin(draft: Draft<'functional'>): FunctionalTwin {
  const { detail } = draft;
  const needs = declaredNeeds(draft.units);
  const tasks = detail.streams.map(({ id }, i) => ({
    id,
    needs: (needs[i] as readonly number[]).map((at) => (detail.streams[at] as Stream).id),
  }));
  const graph = taskGraph(tasks);
  const name = (at: number): string => (detail.streams[at] as Stream).id;
  const criteria = new Map<string, string[]>();
  for (const { id, requirements } of detail.criteria) {
    // A criterion of FR-3a is one of FR-3 as well.
    for (const one of covered(requirements)) {
      const list = criteria.get(one);
      if (list === undefined) criteria.set(one, [id]);
      else list.push(id);
    }
  }
  return {
    metadata: {
      agent: 'masterplan',
      version: '1.0',
      status: statusOf(draft),
      jira_issue: detail.header.task?.text ?? null,
      branch_name: detail.header.branch?.text ?? null,
      created_at: detail.header.created?.text ?? null,
      depends_on: [],
      produces_for: [...new Set(draft.units.flatMap(({ agent }) => agent ?? []))],
    },
    requirements: detail.requirements.map(({ id, title, hint, description, errors }) => ({
      id: longId(id),
      description: description?.text ?? title,
      agent_hint: hint?.text ?? null,
      acceptance_criteria: criteria.get(id) ?? criteria.get(parentId(id)) ?? [],
      error_cases: (errors ?? []).map((one) => ({
        condition: one.condition.text,
        expected_behaviour: one.expected.text,
      })),
    })),
    business_rules: detail.rules.map(({ id, text }) => ({ id, description: text })),
    integration_points: detail.integrations.map(({ system, purpose, notes }) => ({ system, purpose, notes })),
    implementation_order: topologicalOrder(graph).map(name),
    work_streams: detail.streams.map(({ id, title, agent, command, requirements }, i) => ({
      id,
      name: title,
      agent: worded(agent?.text),
      command: worded(command?.text),
      requirements: [...new Set(requirements.map((one) => longId(one.id)))],
      depends_on: (needs[i] as readonly number[]).map(name),
      blocks: (graph.dependants[i] as readonly number[]).map(name),
    })),
    parallelism_groups: levels(taskWaves(tasks, graph)).map((members, i) => ({
      group: i + 1,
      streams: members.map(name),
      gate_after: gateAfter(draft, members),
    })),
    test_scenarios: detail.scenarios.map(({ area, scenario, inputs, expected }) => ({
      area,
      scenario,
      inputs,
      expected_outcome: expected,
    })),
  };
}

function covered(references: readonly Reference[]): ReadonlySet<string> {
  return new Set(references.flatMap(({ id }) => [id, parentId(id)]));
}

/** `FR-1` → `FR-001`: how twins write ids of requirements. */
function longId(id: string): string {
  return id.replace(/^(N?FR)-(\d+)/, (_, series: string, number: string) => `${series}-${number.padStart(3, '0')}`);
}

function worded(text: string | undefined): string | null {
  return text === undefined || /^[-—–\s]*$|^(?:none|n\/a)$/i.test(text) ? null : text;
}

function statusOf({ status }: Draft): 'draft' | 'awaiting_approval' | 'approved' | 'rejected' {
  switch (status?.value) {
    case 'in-review':
      return 'awaiting_approval';
    case 'approved':
    case 'in-progress':
    case 'suspended':
    case 'done':
      return 'approved';
    case 'abandoned':
    case 'superseded':
      return 'rejected';
    default:
      return 'draft';
  }
}

function levels(waves: readonly number[]): readonly (readonly number[])[] {
  const found: number[][] = [];
  waves.forEach((wave, i) => {
    if (wave >= 0) (found[wave] ??= []).push(i);
  });
  return found;
}

/** The named gate that closes a level: it comes after the streams of this level and no later one. */
function gateAfter({ gates }: Draft, members: readonly number[]): string | null {
  const gate = gates.find(
    ({ id, after }) =>
      /^G\d$/.test(id) && after.some((at) => at === members.at(-1)) && after.every((at) => at <= Math.max(...members)),
  );
  return gate?.id ?? null;
}
