import { isOfKind } from '../plan/draft.ts';
import { functionalTwin } from '../plan/kinds/functional/twin.ts';
import { executionPacket } from '../plan/kinds/implementation/packet.ts';
import type { PlanKind } from '../plan/model.ts';
import { parsePlan, readDraft } from '../plan/parse.ts';
import { planIndex } from './plan-index.ts';

/** The JSON file that stands beside a plan for programs: made from the document, which alone is the truth. */
export interface Twin {
  readonly name: string;
  readonly text: string;
}

/** Names of the twins that kinds have. */
export const TWIN_NAMES: Readonly<Partial<Record<PlanKind, string>>> = {
  functional: 'plan_output.json',
  implementation: 'execution-packet.json',
  task: 'plan.index.json',
  phased: 'plan.index.json',
};

/** The name of a plan's twin: in a folder that several plans share, each has its own. */
export function twinName(kind: PlanKind, stem: string): string | undefined {
  const name = TWIN_NAMES[kind];
  if (name === undefined || stem === 'plan' || stem === '') return name;
  return name.startsWith('plan') ? stem + name.slice('plan'.length) : `${stem}.${name}`;
}

/** The twin of a plan whose file is called `<stem>.md`; `undefined` for kinds that have none. Deterministic. */
export function twinOf(source: string, kind: PlanKind, stem = 'plan'): Twin | undefined {
  const name = twinName(kind, stem);
  if (name === undefined) return undefined;
  const read = readDraft(source, kind);
  if (!read.ok) return undefined;
  const { draft } = read.value;
  let value: unknown;
  if (isOfKind(draft, 'functional')) value = functionalTwin(draft);
  else if (isOfKind(draft, 'implementation')) value = executionPacket(draft);
  else {
    const parsed = parsePlan(source, { fileName: '', kind });
    if (!parsed.ok) return undefined;
    value = planIndex(parsed.value);
  }
  return { name, text: `${JSON.stringify(value, null, 2)}\n` };
}
