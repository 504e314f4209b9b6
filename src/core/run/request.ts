import { FINISH_CHOICES, type FinishChoice } from './settings.ts';

/** What a person or a tool asks of a run, from any terminal. The id makes a second delivery harmless. */
export type Request = { readonly schema: 1; readonly id: string; readonly by: string; readonly how: string } & (
  | { readonly request: 'approve'; readonly planSha256: string }
  | {
      readonly request: 'answer';
      readonly gate: string;
      readonly answer: string;
      readonly note?: string;
      /** First digits, 7 at least, of the hash that the answer is about: it holds for nothing else. */
      readonly about?: string;
      /** When the question came up that its sender saw, milliseconds since 1970: one that is asked again since is another one. */
      readonly asked?: number;
      /** To a question of an interview: what is none of its options is an answer in other words. */
      readonly words?: true;
    }
  | { readonly request: 'finish'; readonly choice: FinishChoice; readonly asked?: number }
  | { readonly request: 'waive-criteria'; readonly criteria: readonly string[]; readonly reason: string }
  | { readonly request: 'cancel'; readonly reason: string }
  | { readonly request: 'retry'; readonly task: string; readonly advice?: string }
  /** The text is in the bundle as `amendments/<sha>.md`; `before`: the one that it was compared with. */
  | { readonly request: 'amend'; readonly sha256: string; readonly before: string; readonly approved: boolean }
  | { readonly request: 'waive'; readonly task: string; readonly reason: string; readonly criterion?: string }
  | { readonly request: 'attach'; readonly task: string }
  /** What stood in the person's place, as a commit of the private repository. `drop`: agents go on from there. */
  | { readonly request: 'return'; readonly task: string; readonly commit: string | null; readonly drop: boolean }
  | { readonly request: 'pause'; readonly reason: string }
);

/** Why not, and what to type next. */
export interface Refusal {
  readonly message: string;
  readonly hint: string;
}

/** Reads a request file's JSON value; `undefined` when it is not a request of this schema. */
export function parseRequest(value: unknown): Request | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = value as Record<string, unknown>;
  const text = (name: string): boolean => typeof fields[name] === 'string' && (fields[name] as string).length <= 4096;
  if (fields['schema'] !== 1 || !text('id') || !text('by') || !text('how')) return undefined;
  switch (fields['request']) {
    case 'approve':
      return text('planSha256') ? (value as Request) : undefined;
    case 'answer':
      return text('gate') &&
        text('answer') &&
        ['note', 'about'].every((name) => fields[name] === undefined || text(name)) &&
        isTime(fields['asked'])
        ? (value as Request)
        : undefined;
    case 'finish':
      return FINISH_CHOICES.some((one) => one === fields['choice']) && isTime(fields['asked'])
        ? (value as Request)
        : undefined;
    case 'waive-criteria':
      return text('reason') && isNames(fields['criteria']) ? (value as Request) : undefined;
    case 'cancel':
    case 'pause':
      return text('reason') ? (value as Request) : undefined;
    case 'retry':
      return text('task') && (fields['advice'] === undefined || text('advice')) ? (value as Request) : undefined;
    case 'amend':
      return text('sha256') && text('before') && typeof fields['approved'] === 'boolean'
        ? (value as Request)
        : undefined;
    case 'attach':
      return text('task') ? (value as Request) : undefined;
    case 'return':
      return text('task') && typeof fields['drop'] === 'boolean' && isCommit(fields['commit'])
        ? (value as Request)
        : undefined;
    case 'waive':
      return text('task') && text('reason') && (fields['criterion'] === undefined || text('criterion'))
        ? (value as Request)
        : undefined;
    default:
      return undefined;
  }
}

function isTime(value: unknown): boolean {
  return value === undefined || (typeof value === 'number' && Number.isFinite(value));
}

function isCommit(value: unknown): boolean {
  return value === null || (typeof value === 'string' && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(value));
}

function isNames(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.length <= 500 &&
    value.every((one) => typeof one === 'string' && one.length > 0 && one.length <= 100)
  );
}
