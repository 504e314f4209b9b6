import { describe, expect, test } from 'vitest';
import { readLegacyBundle } from '../../../src/core/formats/legacy/bundle.ts';
import { fromLegacy } from '../../../src/core/imports/legacy.ts';
import { gatherLegacy } from '../../../src/app/legacy-files.ts';
import { AGES, PLAN } from '../../app/imports/world.ts';

const LOG = '{"event":"run_created","ts":"2026-05-01"}\n{"type":"wave_task_completed","task":1}\n';
const STATUS = `---
slug: old
status: in-progress
started: 2026-05-05
codex_routing: off
---

# old

## Activity log

- 2026-05-05T21:50 Task 1 complete, commit c113c1a [codex] (verify: trusted implementer)
`;
type Files = Readonly<Record<string, string>>;

/** What a repository that holds these files gives: what each task is said to be, or every place that was not understood. */
async function become(files: Files, path = 'docs/masterplan/old'): Promise<string[]> {
  const gathered = await gatherLegacy(path, (name) => Promise.resolve(files[name]));
  if (gathered === undefined) throw new Error('no state');
  const { plan, index, stateName } = gathered.files;
  const made = fromLegacy(readLegacyBundle(gathered.files), path, {
    ...(plan === undefined ? {} : { plan }),
    ...(index === undefined ? {} : { index }),
    stateName,
  });
  if (!made.ok) return made.error.map(({ file, line, message }) => `${file}:${line}: ${message}`);
  const { claims, remarks, slug } = made.value;
  return [slug, ...remarks, ...[...claims].flatMap(([id, { stated }]) => (stated ? [`${id} ${stated.where}`] : []))];
}

const bundle = (more: Readonly<Record<string, string | undefined>> = {}): Files =>
  Object.fromEntries(
    Object.entries({ 'state.yml': AGES['3'], 'plan.md': PLAN, 'events.jsonl': LOG, ...more }).flatMap(([name, text]) =>
      text === undefined ? [] : [[name.includes('/') ? name : `docs/masterplan/old/${name}`, text]],
    ),
  );
const WHOLE = ['old', 'T1 events.jsonl:2'];
const crlf = (text = ''): string => text.replaceAll('\n', '\r\n');
const state8 = AGES['8'] ?? '';
const tasks8 = (tasks: string): string => state8.replace(/^tasks: .*$/m, `tasks: ${tasks}`);

describe('a bundle is understood', () => {
  test.each(Object.keys(AGES))(
    'of schema %s with any line ends, a byte-order mark, and keys that nobody knows',
    async (age) => {
      const state = AGES[age] ?? '';
      const plain = await become(bundle({ 'state.yml': state }));
      expect(plain[0]).toBe('old');
      for (const text of [
        crlf(state),
        `\uFEFF${state}`,
        `${state}whatever: {a: b}\n`,
        state.startsWith('---') ? crlf(`${state}---\n`) : crlf(`---\n${state}---\n`),
      ])
        expect(await become(bundle({ 'state.yml': text, 'plan.md': crlf(PLAN), 'events.jsonl': crlf(LOG) }))).toEqual(
          plain,
        );
    },
  );

  test.each<[string, Files, string[]]>([
    ['a map of tasks', bundle({ 'state.yml': tasks8('{1: done, 2: {status: pending}, T3: todo}') }), WHOLE],
    [
      'a name that is no slug',
      bundle({ 'state.yml': 'slug: ../../Old Thing\nstatus: active\n' }),
      ['old-thing', 'T1 events.jsonl:2'],
    ],
    [
      'tasks in lists and objects of the log, and a line that names none',
      bundle({
        'events.jsonl':
          '{"event":"task_completed","task":[2,3]}\n{"event":"task_done","task":{"id":1}}\n{"event":"task_done"}\n',
      }),
      [
        'old',
        'events.jsonl:3 calls something done, and does not say which task',
        'T1 events.jsonl:2',
        'T2 events.jsonl:1',
        'T3 events.jsonl:1',
      ],
    ],
    [
      'a part of the log that was put aside',
      bundle({ 'events-archive.jsonl': LOG, 'events.jsonl': '{"event":"events_rotated"}\n' }),
      ['old', 'T1 events-archive.jsonl:2'],
    ],
    [
      'a plan elsewhere',
      bundle({
        'state.yml': `${AGES['2']}artifacts: {plan: "./docs/plans/x.md"}\n`,
        'plan.md': undefined,
        'docs/plans/x.md': PLAN,
      }),
      WHOLE,
    ],
    [
      'a plan where a bundle was made of older files',
      bundle({
        'state.yml': `${AGES['3']}artifacts: {plan: ""}\nlegacy: {plan: p/x.md}\n`,
        'plan.md': undefined,
        'p/x.md': PLAN,
      }),
      WHOLE,
    ],
    [
      'an index with a byte-order mark',
      bundle({
        'plan.md': 'prose\n',
        'plan.index.json': '\uFEFF{"tasks":[{"id":1,"description":"First","files":[],"verify_commands":["true"]}]}',
      }),
      [
        'old',
        'its plan was written anew from plan.index.json: the text does not read as the same tasks',
        'T1 events.jsonl:2',
      ],
    ],
  ])('with %s', async (_, files, said) => {
    expect(await become(files)).toEqual(said);
  });

  test.each<[string, string]>([
    ['as it is', STATUS],
    ['with other line ends', crlf(STATUS)],
    ['with a byte-order mark', `\uFEFF${STATUS}`],
    ['with a heading in other letters', STATUS.replace('Activity log', 'Activity Log')],
  ])('a status file %s', async (_, text) => {
    const made = await become({ 'p/old-status.md': text, 'p/old.md': PLAN }, 'p/old-status.md');
    expect(made).toEqual(['old', 'T1 old-status.md:12']);
  });

  test('a status file with a part put aside, and its plan where it says', async () => {
    const aside = '# old\n\n## Activity log\n\n- 2026-05-04T21:50 Task 2 complete, commit abcdef0 [inline]\n';
    const text = STATUS.replace('status: in', 'plan: docs/other.md\nstatus: in');
    const files = { 'p/old-status.md': text, 'p/old-status-archive.md': aside, 'docs/other.md': PLAN };
    expect(await become(files, 'p/old-status.md')).toEqual([
      'old',
      'T1 old-status.md:13',
      'T2 old-status-archive.md:5',
    ]);
  });
});

describe('what is understood only in part is refused with its place', () => {
  test.each<[string, Readonly<Record<string, string | undefined>>, RegExp]>([
    [
      'a key that stands there twice',
      { 'state.yml': `${state8}status: archived\n` },
      /^state\.yml:7: says "status" a second time$/,
    ],
    ['a state that ends in the middle', { 'state.yml': state8.slice(0, -40) }, /Flow map in block/],
    ['more behind the state', { 'state.yml': `---\n${state8}---\nmore: here\n` }, /^state\.yml:8: more stands behind/],
    [
      'a status that means nothing beside a phase that does',
      { 'state.yml': state8.replace('in-progress', 'banana') },
      /"banana" means nothing/,
    ],
    ['a status that is a map', { 'state.yml': state8.replace('in-progress', '{a: 1}') }, /says nothing of its status/],
    [
      'a newer schema',
      { 'state.yml': state8.replace('version: 8', 'version: 10') },
      /schema_version "10" is none that is known/,
    ],
    [
      'a task without a name',
      { 'state.yml': tasks8('[{"id":1,"status":"done"},{"status":"done"}]') },
      /^state\.yml:6: entry 2 of its tasks names none$/,
    ],
    [
      'a task twice',
      { 'state.yml': tasks8('[{"id":1,"status":"done"},{"id":"T1","status":"pending"}]') },
      /lists T1 twice, as done and as pending/,
    ],
    ['tasks that are words', { 'state.yml': tasks8('"three of them"') }, /^state\.yml:6: its tasks are no list$/],
    ['the status of a task', { 'state.yml': tasks8('{1: banana}') }, /the status "banana" of T1/],
    [
      'a line of the log without its beginning',
      { 'events.jsonl': `${LOG}ompleted","task":2}\n` },
      /^events\.jsonl:3: is the end of a line/,
    ],
    [
      'a line of the log without its end',
      { 'events.jsonl': `${LOG}{"event":"wave_ta` },
      /^events\.jsonl:3: is no JSON/,
    ],
    [
      'zeros that a crash left',
      { 'events.jsonl': `${LOG}\0\0\0\0\n` },
      /^events\.jsonl:3: holds bytes that are no text$/,
    ],
    ['a merge in the log', { 'events.jsonl': `${LOG}<<<<<<< HEAD\n=======\n>>>>>>> x\n` }, /^events\.jsonl:3: a merge/],
    [
      'a merge in the plan',
      { 'plan.md': `${PLAN}\n<<<<<<< HEAD\na\n=======\nb\n>>>>>>> x\n` },
      /^plan\.md:\d+: a merge/,
    ],
    [
      'an index that lacks a task',
      {
        'state.yml': tasks8('{1: done, 3: done}'),
        'plan.md': 'prose\n',
        'plan.index.json': '{"tasks":[{"id":1,"verify_commands":["true"]}]}',
      },
      /lists T3, which plan\.index\.json does not have/,
    ],
    [
      'a plan outside the repository',
      { 'state.yml': `${AGES['2']}artifacts: {plan: ../../x.md}\n`, 'plan.md': undefined, '../../x.md': PLAN },
      /has no plan/,
    ],
  ])('%s', async (_, more, place) => {
    const said = await become(bundle(more));
    expect(said.filter((one) => place.test(one))).toHaveLength(1);
  });

  test('prose, code that shows a merge, and objects in prose are none of that', async () => {
    const prose = '- 2026-05-01 task "T1" routing→INLINE (no; dispatched_by: "user")\ncodex_ping ok {"mode": "scan"}\n';
    const code = `${PLAN}\n\`\`\`\n<<<<<<< HEAD\n=======\n>>>>>>> x\n\`\`\`\n`;
    expect(await become(bundle({ 'events.jsonl': `${LOG}${prose}`, 'plan.md': code }))).toEqual(WHOLE);
  });
});
