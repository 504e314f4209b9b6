import { err, ok, type Result } from '../base/result.ts';
import { slugify } from '../base/slug.ts';
import { parseStamp } from '../base/time.ts';
import { renderTask } from '../plan/kinds/task-render.ts';
import type { Importable, RecordedClaims } from './importable.ts';
import { portableOf, readLoose } from './loose.ts';

/** What the forge's tool says of an issue or a pull request; fields that it was asked for. */
export const ISSUE_FIELDS = 'number,title,body,state,stateReason,url,updatedAt';
export const PULL_FIELDS = 'number,title,body,state,url,updatedAt,headRefName,baseRefName,mergeCommit';

/** Makes of an issue or a pull request what can be imported. The error says what about the answer is wrong. */
export function fromForge(kind: 'issue' | 'pull-request', answer: string): Result<Importable, string> {
  let value: unknown;
  try {
    value = JSON.parse(answer.replace(/^\uFEFF/, ''));
  } catch {
    return err(noJson(answer));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return err('the answer is no object');
  const fields = value as Record<string, unknown>;
  const text = (name: string): string => (typeof fields[name] === 'string' ? fields[name] : '');
  const number = typeof fields['number'] === 'number' ? fields['number'] : undefined;
  if (number === undefined || text('title') === '') return err('the answer has no number or no title');
  const state = text('state').toUpperCase();
  if (!['OPEN', 'CLOSED', 'MERGED'].includes(state))
    return err(`the state "${text('state')}" means nothing that is known`);
  const url = text('url');
  const name = `${kind === 'issue' ? 'issue' : 'pull request'} #${number}`;
  const from = url === '' ? name : url;
  const loose = readLoose(text('body'));
  const portable = portableOf(loose, text('title'), `${name}${url === '' ? '' : ` (${url})`}`);
  const finished = state === 'MERGED' || (state === 'CLOSED' && text('stateReason').toUpperCase() === 'COMPLETED');
  const merge = (fields['mergeCommit'] as { oid?: unknown } | null)?.oid;
  const claim: RecordedClaims = {
    ...(finished
      ? { stated: { what: `the ${name} is ${state === 'MERGED' ? 'merged' : 'closed as completed'}`, where: from } }
      : {}),
    // An older version of the tool does not know why an issue was closed.
    ...(state === 'CLOSED' && !finished && (kind === 'pull-request' || 'stateReason' in fields)
      ? { against: { what: `the ${name} was closed without being done`, where: from } }
      : {}),
    commits: state === 'MERGED' && typeof merge === 'string' ? [merge] : [],
  };
  const slug = `${kind === 'issue' ? 'issue' : 'pr'}-${number}-${slugify(text('title')) ?? ''}`
    .slice(0, 60)
    .replace(/-+$/, '');
  const last = stamp(text('updatedAt'));
  const branch = text('headRefName');
  return ok({
    kind,
    from,
    slug,
    plan: renderTask(portable),
    planKind: 'task',
    verbatim: false,
    status: state.toLowerCase(),
    over: state !== 'OPEN',
    ...(last === undefined ? {} : { last }),
    ...(branch === '' ? {} : { branch }),
    claims: new Map(portable.units.map(({ id }) => [id, claim])),
    waived: new Set(),
    remarks:
      loose.units.length === 0 ? ['it holds no list of boxes: the plan is one task, which is planned first'] : [],
  });
}

/** What an answer is that is no JSON, as far as its beginning tells. */
export function noJson(answer: string): string {
  const begin = answer.trim().slice(0, 200);
  if (begin === '') return 'the answer is empty';
  return /^<(?:!doctype|html|\?xml)/i.test(begin)
    ? 'the answer is a web page, perhaps that of a proxy'
    : 'the answer is no JSON';
}

function stamp(text: string): number | undefined {
  const iso = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)Z$/.exec(text)?.[1];
  return iso === undefined ? undefined : parseStamp(`${iso}.000Z`);
}
