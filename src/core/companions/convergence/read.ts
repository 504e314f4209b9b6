import { err, ok, type Result } from '../../base/result.ts';
import { at, type JsonEntry, type JsonError, type JsonNode, parseJson } from '../../formats/json.ts';
import type { Source } from '../../plan/markdown/source.ts';
import type { Placed } from '../placed.ts';

/** How much a finding of a reviewer weighs. */
export const WEIGHTS = ['critical', 'important', 'suggestion'] as const;
export type Weight = (typeof WEIGHTS)[number];

/** What one reviewer found. */
export interface ReviewFinding {
  readonly start: number;
  readonly end: number;
  readonly weight: Weight | undefined;
  readonly perspective: string | undefined;
  /** `undefined` where nobody could go and look. */
  readonly location: string | undefined;
  readonly description: string | undefined;
  /** `fix`, `filed`, `downgraded`, `resolved`, in lower case. */
  readonly disposition: string | undefined;
}

/** All perspectives on one version of the artefact. */
export interface Round {
  readonly start: number;
  readonly end: number;
  /** As stated, else its place among the rounds. */
  readonly number: number;
  /** What is stated, by weight. */
  readonly tally: ReadonlyMap<Weight, Placed<number>>;
  /** `undefined`: only the tally was kept. */
  readonly findings: readonly ReviewFinding[] | undefined;
  /** The perspectives that were taken; `undefined`: nobody kept them. */
  readonly perspectives: Placed<readonly string[]> | undefined;
}

/** The state of a convergence review: rounds of reviews until one finds nothing that matters. */
export interface ConvergenceState {
  readonly gate: string | undefined;
  readonly commit: Placed<string> | undefined;
  readonly round: Placed<number> | undefined;
  readonly most: Placed<number> | undefined;
  readonly status: Placed<string> | undefined;
  /** `undefined`: the state keeps none. */
  readonly rounds: readonly Round[] | undefined;
}

/** Keys that only a state of this kind has together. */
const KEYS = ['gate', 'round', 'history', 'status', 'commit', 'max_rounds', 'artifact_id'];

/** Whether a JSON value looks like the state of a convergence review. */
export function isConvergence(root: JsonNode): boolean {
  const has = (key: string): boolean => at(root, key) !== undefined;
  return has('gate') && has('status') && (has('history') || (has('round') && has('max_rounds')));
}

/** Reads the state of a convergence review: JSON with at least one of its keys. The error says what it is instead. */
export function readConvergence(source: Source): Result<ConvergenceState, JsonError> {
  const root = parseJson(source.text);
  if ('message' in root) return err(root);
  if (root.entries === undefined) return err({ message: 'it is no JSON object', at: root.start });
  if (!KEYS.some((key) => at(root, key) !== undefined))
    return err({ message: `it has none of the keys ${KEYS.join(', ')}`, at: root.start });
  return ok({
    gate: textOf(at(root, 'gate'))?.value,
    commit: textOf(at(root, 'commit')),
    round: numberOf(at(root, 'round')),
    most: numberOf(at(root, 'max_rounds')),
    status: textOf(at(root, 'status')),
    rounds: at(root, 'history')?.items?.map(readRound),
  });
}

function readRound(node: JsonNode, place: number): Round {
  const tally = new Map<Weight, Placed<number>>();
  for (const weight of WEIGHTS) {
    const stated = numberOf(at(node, weight) ?? at(node, `${weight}s`));
    if (stated !== undefined) tally.set(weight, stated);
  }
  return {
    start: node.start,
    end: node.end,
    number: numberOf(at(node, 'round'))?.value ?? place + 1,
    tally,
    findings: at(node, 'findings')?.items?.map(readFinding),
    perspectives: perspectivesOf(at(node, 'perspectives') ?? at(node, 'perspectives_run')),
  };
}

function readFinding(node: JsonNode): ReviewFinding {
  const severity = wordOf(node, 'severity')?.toLowerCase().replace(/s$/, '');
  return {
    start: node.start,
    end: node.end,
    weight: WEIGHTS.find((one) => one === severity),
    perspective: wordOf(node, 'perspective'),
    location: locationOf(at(node, 'location')),
    description: wordOf(node, 'description'),
    disposition: wordOf(node, 'disposition')?.toLowerCase(),
  };
}

/** Words that are written where a location should stand. */
const NOWHERE = /^(?:|-+|—|\?+|n\/?a|none|null|unknown|tbd|todo|various|general|everywhere|unspecified|\.{3})$/i;

function locationOf(node: JsonNode | undefined): string | undefined {
  if (node?.entries !== undefined) {
    const parts = node.entries.map((one) => plain(one.node.value)).filter((part) => part !== undefined);
    return parts.length === 0 ? undefined : parts.join(':');
  }
  const first = node?.items?.[0];
  if (first !== undefined) return locationOf(first);
  const word = textOf(node)?.value.trim();
  return word === undefined || NOWHERE.test(word.slice(0, 100)) ? undefined : word;
}

/** Ids in a list, of objects in a list, or as keys. */
function perspectivesOf(node: JsonNode | undefined): Round['perspectives'] {
  const list = node?.items?.map(idOf) ?? node?.entries?.map((entry: JsonEntry) => entry.key);
  if (node === undefined || list === undefined) return undefined;
  const known = [...new Set(list.filter((one) => one !== undefined))];
  return { value: known, start: node.start, end: node.end };
}

function idOf(node: JsonNode): string | undefined {
  if (node.entries === undefined) return typeof node.value === 'boolean' ? undefined : plain(node.value);
  return wordOf(node, 'id') ?? wordOf(node, 'perspective') ?? wordOf(node, 'name');
}

function wordOf(node: JsonNode, key: string): string | undefined {
  return plain(at(node, key)?.value);
}

function plain(value: JsonNode['value']): string | undefined {
  if (typeof value === 'number') return String(value);
  const text = typeof value === 'string' ? value.trim() : '';
  return text === '' ? undefined : text;
}

function textOf(node: JsonNode | undefined): Placed<string> | undefined {
  const value = plain(node?.value);
  return node === undefined || value === undefined ? undefined : { value, start: node.start, end: node.end };
}

function numberOf(node: JsonNode | undefined): Placed<number> | undefined {
  const value = typeof node?.value === 'string' ? Number(node.value.trim() || NaN) : node?.value;
  if (node === undefined || typeof value !== 'number' || !Number.isFinite(value)) return undefined;
  return { value, start: node.start, end: node.end };
}
