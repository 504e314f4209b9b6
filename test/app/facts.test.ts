import { describe, expect, test } from 'vitest';
import { World } from '../../src/app/facts.ts';
import { readDraft } from '../../src/core/plan/parse.ts';
import type { Facts } from '../../src/core/plan/rules/rule.ts';
import { repositoryFacts } from '../../src/engine/git/facts.ts';
import { type Desk, desk } from './rig.ts';

const PLAN = '# Plan: A\n\n**Source:** `docs/research.md`, talks\n\n### Task 1: One\n\n**Verify:** `true`\n';

async function factsOf(here: Desk, path: string, text: string, agents: readonly string[] = []): Promise<Facts> {
  const read = readDraft(text);
  if (!read.ok) throw new Error('no plan');
  return new World(here.context, 'docs/masterplan', agents).factsOf(here.path(path), read.value.draft);
}

describe('what is known of the world around a plan', () => {
  test('in a repository', async () => {
    const here = desk({
      'plans/a.md': PLAN,
      'plans/a-appendix.md': 'Appendix.\n',
      'plans/a.index.json': '{}\n',
      'docs/research.md': 'It says unknown.\n',
      'src/with blank\n.ts': 'const known = 1, unknownToo = 2;\n',
    });
    here.write('later.txt', '');
    expect(await factsOf(here, 'plans/a.md', PLAN, ['mine'])).toEqual({
      branch: 'main',
      files: new Set([
        'docs/research.md',
        'plans/a-appendix.md',
        'plans/a.md',
        'plans/a.index.json',
        'src/with blank\n.ts',
      ]),
      appendix: 'Appendix.\n',
      twin: { name: 'a.index.json', text: '{}\n' },
      source: 'It says unknown.\n',
      agents: ['mine'],
    });
  });

  test('the identifiers that a macro plan names', async () => {
    const here = desk({ 'src/a.ts': 'class KnownThing {}', 'plan.md': 'UnknownThing' });
    const text = '---\nkind: macro\n---\n# Series\n\nIt builds on `KnownThing` and `UnknownThing`.\n';
    expect((await factsOf(here, 'plan.md', text)).symbols).toEqual(new Set(['KnownThing']));
  });

  test('the version that was approved, also when the plan was changed since', async () => {
    const here = desk({ 'plan.md': PLAN });
    const before = repositoryFacts(here.context.io, here.root, here.context.env);
    here.write('plan.md', `${PLAN}\nMore.\n`);
    here.git('commit', '--quiet', '--all', '--message', 'More');
    expect(await before.version('plan.md', (one) => one === PLAN)).toBe(PLAN);
    expect(await before.version('plan.md', () => true)).toBe(`${PLAN}\nMore.\n`);
    expect(await before.version('other.md', () => true)).toBeUndefined();
  });

  test('outside of one, next to nothing', async () => {
    const here = desk({ 'a-appendix.md': 'Appendix.\n', 'docs/research.md': 'x' }, { git: false });
    expect(await factsOf(here, 'a.md', PLAN)).toEqual({ appendix: 'Appendix.\n' });
  });

  test('before the first commit: the branch alone', async () => {
    const here = desk({}, { git: false });
    here.git('init', '--quiet', '--initial-branch=trial');
    expect(await factsOf(here, 'a.md', PLAN)).toEqual({ branch: 'trial' });
  });

  test('a source outside of the repository is not read', async () => {
    const here = desk({ 'a.md': PLAN });
    here.write('../secret.md', 'secret');
    const text = PLAN.replace('docs/research.md', '../secret.md');
    expect(await factsOf(here, 'a.md', text)).not.toHaveProperty('source');
    expect(await factsOf(here, 'a.md', `---\nsource: a.md\n---\n${PLAN}`)).not.toHaveProperty('source');
  });

  test('without git', async () => {
    const here = desk({ 'a.md': PLAN });
    const facts = repositoryFacts(here.context.io, here.root, { PATH: here.path('nothing') });
    expect([await facts.branch(), await facts.files(), await facts.words(new Set(['x']))]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('words are looked for once, as whole words, and what git cannot be asked is not called missing', async () => {
    const here = desk({ 'src/a.ts': 'foo bar_x foobar', 'notes.md': 'baz' });
    const facts = repositoryFacts(here.context.io, here.root, here.context.env);
    expect(await facts.words(new Set(['foo', 'bar', 'bar_x', 'baz', '-odd name', 'x'.repeat(500)]))).toEqual(
      new Set(['foo', 'bar_x', '-odd name', 'x'.repeat(500)]),
    );
    expect(await facts.words(new Set(['nothing']))).toEqual(new Set());
  });
});
