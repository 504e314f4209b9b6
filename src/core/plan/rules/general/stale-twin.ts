import { isOfKind } from '../../draft.ts';
import { outlineHash } from '../../hash.ts';
import { executionPacket } from '../../kinds/implementation/packet.ts';
import type { Rule, Subject } from '../rule.ts';

/** GEN-024: the JSON beside the plan says something else. Of functional plans FP-32 says it. */
export const staleTwin: Rule = {
  id: 'GEN-024',
  name: 'stale-twin',
  about: 'The JSON twin beside the plan is older than the plan, or was changed by hand.',
  severity: 'warning',
  fix: 'none',
  kinds: ['phased', 'task', 'implementation'],
  *check(subject) {
    const { draft, facts } = subject;
    if (facts.twin === undefined) return;
    const name = facts.twin.name.slice(0, 80);
    const differs = isOfKind(draft, 'implementation')
      ? fieldsThatDiffer(facts.twin.text, { ...executionPacket(draft) })
      : tasksThatDiffer(facts.twin.text, subject);
    if (differs.length === 0) return;
    const top = draft.outline.headings[0] ?? { start: 0, end: 0 };
    const some = `${differs.slice(0, 3).join(', ')}${differs.length > 3 ? `, and ${differs.length - 3} more` : ''}`;
    yield {
      span: draft.outline.source.span(top.start, top.end),
      message: `${name} says something else than the plan: ${some}.`,
      hint: 'Write it anew: masterplan twin <plan>. The plan is what counts.',
    };
  },
};

function fieldsThatDiffer(text: string, wanted: Readonly<Record<string, unknown>>): readonly string[] {
  const said = parsed(text);
  if (said === undefined) return ['it is no JSON'];
  // What another tool leaves out, it does not deny.
  return Object.keys(wanted).filter(
    (key) => key in said && said[key] !== null && JSON.stringify(said[key]) !== JSON.stringify(wanted[key]),
  );
}

/** Differences of an index of schema 6 that masterplan wrote; those of other tools have rules of their own. */
function tasksThatDiffer(text: string, { draft, compiled }: Subject): readonly string[] {
  const said = parsed(text);
  if (said === undefined) return ['it is no JSON'];
  const hash = said['plan_hash'];
  if (typeof said['kind'] !== 'string' || typeof hash !== 'string' || !Array.isArray(said['tasks'])) return [];
  if (hash === `sha256:${outlineHash(draft.outline)}`) return [];
  const there = new Map(
    (said['tasks'] as readonly unknown[]).flatMap((one) => (isRecord(one) ? [[String(one['id']), one] as const] : [])),
  );
  const found: string[] = [];
  for (const { id, title, needs, scope, verify } of compiled.tasks) {
    const other = there.get(id);
    there.delete(id);
    if (other === undefined) {
      found.push(`it has no task ${id}`);
      continue;
    }
    const fields = { description: title, needs, files: scope, verify_commands: verify };
    for (const [key, value] of Object.entries(fields)) {
      if (JSON.stringify(other[key]) !== JSON.stringify(value)) found.push(`${key} of ${id}`);
    }
  }
  for (const id of there.keys()) found.push(`the plan has no task ${id.slice(0, 40)}`);
  return found.length > 0 ? found : ['it was made of another text'];
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = JSON.parse(text.replace(/^\uFEFF/, '')) as unknown;
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
