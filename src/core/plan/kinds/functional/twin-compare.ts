import type { Draft } from '../../draft.ts';
import { leadingId, streamId } from './ids.ts';
import type { Stream } from './model.ts';
import { type FunctionalTwin, functionalTwin, type TwinStream } from './twin.ts';
import { placeOf } from './units.ts';

/** Something that the twin says differently, and where the plan says it. */
export interface Difference {
  readonly start: number;
  readonly end: number;
  readonly message: string;
}

/** How many differences are told. */
const MAX_DIFFERENCES = 30;

/**
 * Compares the text of a JSON twin with the plan: ids, edges and groups, whatever of them the twin holds. Ids are equal
 * after normalisation (`FR-1`, `FR-001`), lists are sets.
 */
export function compareTwin(draft: Draft<'functional'>, text: string): readonly Difference[] {
  const top = draft.outline.headings[0] ?? { start: 0, end: 0 };
  const whole = (message: string): Difference => ({ start: top.start, end: top.end, message });
  let said: unknown;
  try {
    said = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return [whole('it is no JSON.')];
  }
  if (!isRecord(said) || !(Array.isArray(said['work_streams']) || Array.isArray(said['requirements']))) {
    return [whole('it holds neither `requirements` nor `work_streams`.')];
  }
  const twin = functionalTwin(draft);
  const found: Difference[] = [];
  const section = (name: 'requirements' | 'rules' | 'streams'): { start: number; end: number } =>
    draft.detail.parts.get(name)?.heading ?? top;
  idSets(said['requirements'], twin.requirements, 'requirements', section('requirements'), found);
  criteriaSets(said['requirements'], draft, twin, found);
  idSets(said['business_rules'], twin.business_rules, 'business rules', section('rules'), found);
  if (Array.isArray(said['work_streams'])) compareStreams(said['work_streams'], draft, twin.work_streams, found);
  compareGroups(said['parallelism_groups'], twin, section('streams'), found);
  return found.slice(0, MAX_DIFFERENCES);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The only spelling of an id of any series. */
function normal(id: unknown): string {
  if (typeof id !== 'string') return '';
  for (const series of ['FR', 'NFR', 'BR', 'AC', 'WS'] as const) {
    const leading = leadingId(id, series);
    if (leading !== undefined) return leading.id;
  }
  return streamId(id) ?? id.slice(0, 60);
}

function idsIn(value: unknown): ReadonlySet<string> {
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  return new Set(list.map((one) => normal(isRecord(one) ? one['id'] : one)).filter((id) => id !== ''));
}

function without(a: ReadonlySet<string>, b: ReadonlySet<string>): string {
  return [...a]
    .filter((id) => !b.has(id))
    .slice(0, 6)
    .join(', ');
}

function idSets(
  said: unknown,
  right: readonly { readonly id: string }[],
  what: string,
  place: { readonly start: number; readonly end: number },
  found: Difference[],
): void {
  if (!Array.isArray(said)) return;
  differ(idsIn(said), idsIn(right), `its ${what}`, place, found);
}

function differ(
  said: ReadonlySet<string>,
  right: ReadonlySet<string>,
  what: string,
  { start, end }: { readonly start: number; readonly end: number },
  found: Difference[],
): void {
  const lacks = without(right, said);
  const extra = without(said, right);
  if (lacks !== '') found.push({ start, end, message: `${what} lack ${lacks}.` });
  if (extra !== '') found.push({ start, end, message: `${what} name ${extra}, which the plan does not.` });
}

function criteriaSets(said: unknown, draft: Draft<'functional'>, twin: FunctionalTwin, found: Difference[]): void {
  if (!Array.isArray(said)) return;
  const right = new Map(twin.requirements.map((one) => [normal(one.id), one]));
  const places = new Map(draft.detail.requirements.map(({ id, head }) => [id, head]));
  for (const one of said as readonly unknown[]) {
    if (!isRecord(one)) continue;
    const id = normal(one['id']);
    const criteria: unknown = one['acceptance_criteria'];
    const place = places.get(id);
    // Some twins hold sentences here, which have no ids to compare.
    if (
      place === undefined ||
      !Array.isArray(criteria) ||
      !criteria.every((ac) => /^AC/i.test(normal(isRecord(ac) ? ac['id'] : ac)))
    )
      continue;
    differ(idsIn(criteria), idsIn(right.get(id)?.acceptance_criteria), `the criteria of ${id}`, place, found);
  }
}

function compareStreams(
  said: readonly unknown[],
  draft: Draft<'functional'>,
  right: readonly TwinStream[],
  found: Difference[],
): void {
  const top = draft.detail.parts.get('streams')?.heading ?? { start: 0, end: 0 };
  idSets(said, right, 'work streams', top, found);
  const byId = new Map(right.map((one, i) => [one.id, { one, place: placeOf(draft.detail.streams[i] as Stream) }]));
  const edges = new Map<string, Set<string>>();
  for (const stream of said) {
    if (!isRecord(stream)) continue;
    for (const need of idsIn(stream['depends_on'])) {
      const list = edges.get(need);
      if (list === undefined) edges.set(need, new Set([normal(stream['id'])]));
      else list.add(normal(stream['id']));
    }
  }
  for (const stream of said) {
    if (!isRecord(stream)) continue;
    const id = normal(stream['id']);
    const known = byId.get(id);
    if (known === undefined) continue;
    const { one, place } = known;
    for (const [field, what] of FIELDS) {
      if (Array.isArray(stream[field]))
        differ(idsIn(stream[field]), idsIn(one[field]), `the ${what} of ${id}`, place, found);
    }
    if (Array.isArray(stream['blocks'])) {
      const inverse = edges.get(id) ?? new Set<string>();
      const blocks = idsIn(stream['blocks']);
      if (blocks.size !== inverse.size || without(blocks, inverse) !== '') {
        found.push({ ...place, message: `what ${id} blocks is not the inverse of what depends on it.` });
      }
    }
    const agent: unknown = stream['agent'];
    if (typeof agent === 'string' && one.agent !== null && agent !== one.agent) {
      found.push({ ...place, message: `${id} is for ${agent.slice(0, 60)}, in the plan for ${one.agent}.` });
    }
  }
}

const FIELDS = [
  ['depends_on', 'needs'],
  ['requirements', 'requirements'],
] as const;

function compareGroups(
  said: unknown,
  twin: FunctionalTwin,
  { start, end }: { readonly start: number; readonly end: number },
  found: Difference[],
): void {
  if (!Array.isArray(said)) return;
  const level = new Map(
    twin.parallelism_groups.flatMap(({ group, streams }) => streams.map((id) => [id, group] as const)),
  );
  const groups = (said as readonly unknown[]).map((one) => idsIn(isRecord(one) ? one['streams'] : one));
  const wrong = groups.findIndex((ids, i) => [...ids].some((id) => level.has(id) && level.get(id) !== i + 1));
  if (wrong < 0 && groups.length === twin.parallelism_groups.length) return;
  const right = twin.parallelism_groups.map(({ streams }) => `{${streams.join(', ')}}`).join(' ');
  found.push({
    start,
    end,
    message: `its parallelism groups are not the levels of the graph, which are ${right.slice(0, 300)}.`,
  });
}
