import { slugify } from '../base/slug.ts';
import { renderTask } from '../plan/kinds/task-render.ts';
import type { Portable } from '../plan/portable.ts';
import type { BaseCommit } from './completion.ts';
import type { Importable } from './importable.ts';
import { unit } from './loose.ts';

/** Commits and paths that are told of; `git` has all of them. */
const SHOWN = 60;

/** A branch without any plan as a plan: what is on it, and one task that finds out what is missing and is planned first. */
export function fromBranch(name: string, commits: readonly BaseCommit[], changed: readonly string[]): Importable {
  const list = (all: readonly string[]): string =>
    [
      ...all.slice(0, SHOWN).map((one) => `- ${one}`),
      ...(all.length > SHOWN ? [`- … and ${all.length - SHOWN} more`] : []),
    ].join('\n');
  const portable: Portable = {
    title: `Finish ${name}`,
    context: [
      `The branch \`${name}\` holds work that was begun without a plan. It is the base of this run.`,
      `Commits, newest first:\n\n${list(commits.map(({ id, subject }) => `${id.slice(0, 12)} ${subject}`))}`,
      `Files that it changes:\n\n${list(changed.map((path) => `\`${path}\``))}`,
    ].join('\n\n'),
    units: [
      {
        ...unit('T1', `Finish what ${name} began`),
        body: 'Look at what the branch holds and what is missing: half-done work, tests, documents, remarks that say what is left to do. What is good stays as it is.',
        planFirst: 'task',
      },
    ],
    requirements: [],
    criteria: [],
    verify: [],
  };
  return {
    kind: 'branch',
    from: name,
    slug: slugify(name) ?? 'branch',
    plan: renderTask(portable),
    planKind: 'task',
    verbatim: false,
    over: false,
    ...(commits[0] === undefined ? {} : { last: commits[0].at }),
    branch: name,
    claims: new Map(),
    waived: new Set(),
    remarks: ['no plan is on the branch: it becomes one task, which is planned first'],
  };
}
