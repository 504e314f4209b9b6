import { describe, expect, test } from 'vitest';
import { readBundle } from '../../../src/core/companions/bundle/read.ts';
import { readCommit } from '../../../src/core/companions/commit/read.ts';
import { readConvergence } from '../../../src/core/companions/convergence/read.ts';
import { companionKindOf } from '../../../src/core/companions/detect.ts';
import { COMPANION_KINDS } from '../../../src/core/companions/kinds.ts';
import { keyFilesOf, lintCompanion } from '../../../src/core/companions/lint.ts';
import { outlineOf } from '../../../src/core/plan/markdown/outline.ts';
import { Source } from '../../../src/core/plan/markdown/source.ts';
import { worked } from '../../worked.ts';

const bundle = (text: string) => readBundle(outlineOf(new Source(text)));
const commit = (text: string) => readCommit(new Source(text));

describe('context bundles', () => {
  test('say the same as YAML, in a fence, in front matter and as sections', () => {
    const yaml =
      'bundle_type: research\ntopic: "Tiles: fast"\nfindings_summary:\n- a: b\n- c # not this\n- [x] d\nconstraints: [one, two]\n';
    for (const text of [
      yaml,
      `# A\n\n\`\`\`yaml\n${yaml}\`\`\`\n`,
      `---\n${yaml}---\n\n# A\n`,
      yaml.replaceAll('\n', '\r\n'),
    ]) {
      const read = bundle(text);
      expect(read.form).toBe('findings');
      expect(read.type?.value).toBe('research');
      expect(read.parts.get('topic')?.value).toBe('Tiles: fast');
      expect(read.findings?.entries).toHaveLength(3);
      expect(read.parts.get('constraints')?.entries.map(({ title }) => title)).toEqual(['one', 'two']);
    }
    const sections = bundle('# A\n\n## Findings summary\n\n1. a\n2. b\n\n## Constraints\n\n- one\n- two\n');
    expect(sections.findings?.entries.map(({ title }) => title)).toEqual(['a', 'b']);
  });

  test('give their reasons in lists, and their findings in blocks of text', () => {
    const decided = '## Decisions\n\n### Two layers\n\n**Rationale:**\n\n- Speed: memory is near\n';
    expect(lintCompanion(decided, 'bundle').filter(({ rule }) => rule === 'BU-04')).toEqual([]);
    const without = decided.replace('- Speed: memory is near', '- **Cost:** low');
    expect(lintCompanion(without, 'bundle').filter(({ rule }) => rule === 'BU-04')).toHaveLength(1);
    expect(
      bundle('bundle_type: research\nfindings_summary: |\n  - a: b\n  - c\ntopic: d\n').findings?.entries,
    ).toHaveLength(2);
  });

  test('state numbers in many ways', () => {
    const ratio = (lines: string): number | undefined => bundle(`---\ntype: x\n${lines}\n---\n`).ratio?.value;
    expect(ratio('compression_ratio: 12:1')).toBe(12);
    expect(ratio('compression_ratio: "1:8"')).toBe(8);
    expect(ratio('compression_ratio: ~6.5x')).toBe(6.5);
    expect(ratio('compression_ratio: 0.1')).toBe(10);
    expect(ratio('compression_ratio: 85%')).toBeUndefined();
    expect(ratio('original_tokens: 10k\ncompressed_tokens: 2,500\ncompression_ratio: 9:1')).toBe(4);
  });

  test('in prose say in lines of their head what front matter would', () => {
    const read = bundle(
      '# Bundle: Tiles\n\n**Created:** 2026-02-03\n**Type:** Implementation\n- **Compression:** ~60k → 4.5k (13:1 ratio)\n\n## Mission\n\nFast tiles.\n',
    );
    expect([read.form, read.type?.value, read.day?.value, read.ratio?.value]).toEqual([
      'compressed',
      'implementation',
      '2026-02-03',
      13,
    ]);
    expect(lintCompanion('# A\n\n**Created:** 2026-02-03\n**Type:** plan\n**Compression:** 13:1\n', 'bundle')).toEqual(
      [],
    );
  });

  test('name the files that they are about', () => {
    expect(
      keyFilesOf(
        'context:\n  key_files:\n    - src/a.ts\n    - path: ./src/b.ts\n      why: c\n    - "src/c.ts:12 reads"\n    - the reader\n    - ../d.ts\n',
      ),
    ).toEqual(['src/a.ts', 'src/b.ts', 'src/c.ts']);
    expect(keyFilesOf('## Context\n\n### Key files\n\n- **`src/a.ts`** reads\n- src/b/\n')).toEqual([
      'src/a.ts',
      'src/b/',
    ]);
  });
});

describe('commit messages', () => {
  test('are read as git keeps them', () => {
    const read = commit(
      '\n# note\nfix: a\n\n**Context:** one\ntwo\n\n### Solution\n\nthree\n\nN/A Learnings\nImpact (N/A)\n\nFixes: #3\nSigned-off-by: A <a@b.c>\n; not git\n# ------------------------ >8 ------------------------\n## Impact\n',
    );
    expect(read.subject?.text).toBe('fix: a');
    expect(read.sections.map(({ name, none, content }) => [name, none, content.map(({ text }) => text)])).toEqual([
      ['Context', false, ['one', 'two']],
      ['Solution', false, ['three']],
      ['Learning', true, []],
      ['Impact', true, ['Fixes: #3', 'Signed-off-by: A <a@b.c>', '; not git']],
    ]);
  });

  test('with another comment character, and with words of git', () => {
    const other = commit('fix: a\n\n# Context\nb\n; Please enter the commit message\n; Solution:\n');
    expect(other.sections.map(({ name }) => name)).toEqual(['Context']);
    for (const text of ['Merge branch "a"', 'Revert "feat: b"', 'fixup! feat: b'])
      expect(commit(text).generated).toBe(true);
    for (const text of ['Merge the readers', 'Reverts b', 'fixups']) expect(commit(text).generated).toBe(false);
    expect(commit('').subject).toBeUndefined();
  });
});

describe('states of convergence reviews', () => {
  test('that are none say why', () => {
    const why = (text: string): string => {
      const read = readConvergence(new Source(text));
      return read.ok ? '' : read.error.message;
    };
    expect(why('{"gate": "design"}')).toBe('');
    expect(why('{"gate": ')).toContain('ends');
    expect(why('[]')).toContain('no JSON object');
    expect(why('{"name": 1}')).toContain('none of the keys');
    expect(lintCompanion('nothing', 'convergence')).toMatchObject([{ rule: 'KIND-01', severity: 'error' }]);
  });
});

describe('which of them a document is', () => {
  test.each([
    ['a/COMMIT_EDITMSG', 'x', 'commit'],
    ['a/b.bundle.md', '# A\n', 'bundle'],
    ['.agents/bundles/a-plan.md', '# A\n\n**Type:** plan\n', 'bundle'],
    ['.agents/bundles/post.md', '# A post\n\nWords.\n', undefined],
    ['a.md', '---\nbundle_type: research-grants\n---\n', undefined],
    ['.agents/bundles/index.md', '# A\n', undefined],
    ['a.md', '---\nbundle_type: plan\n---\n', 'bundle'],
    ['a.md', '---\nkind: bundle\n---\n', 'bundle'],
    ['a.bundle.md', '---\nkind: micro\n---\n', undefined],
    ['a.md', '---\ntype: research\ndate: 2026-01-01\n---\n', undefined],
    ['a.md', '# Plan\n\nbundle_type: research\n', undefined],
    ['a.yaml', 'topic: a\nbundle_type: research\n', 'bundle'],
    ['-.md', '{"gate": "design", "history": [], "status": "reviewing"}', 'convergence'],
    ['convergence-state/x.json', '{', 'convergence'],
    ['tasks.json', '{"tasks": []}', undefined],
  ])('%s', (path, text, kind) => {
    expect(companionKindOf(path, text)).toBe(kind);
  });
});

describe('whatever they are given', () => {
  const line = 'decisions: - [a, b] **Context:** `x` "y": {"findings": [';
  const hostile: Readonly<Record<string, string>> = {
    nothing: '',
    blanks: ' '.repeat(1 << 20),
    lines: '\n'.repeat(1 << 20),
    bullets: '- '.repeat(1 << 19),
    deeper: Array.from({ length: 1400 }, (_, at) => `${' '.repeat(at)}k:`).join('\n'),
    deepBullets: Array.from({ length: 1000 }, (_, at) => `${' '.repeat(at)}- a`).join('\n'),
    long: `bundle_type: ${'x'.repeat(1 << 20)}`,
    keys: 'findings_summary:\n'.repeat(60_000),
    many: `next_actions:\n${'- action: continue\n  a: b\n'.repeat(40_000)}`,
    sections: '## Context\n\n- a\n\n'.repeat(50_000),
    colons: `fix: ${':'.repeat(1 << 20)}\n\nContext: ${' '.repeat(1 << 20)}`,
    hashes: '#'.repeat(1 << 20),
    trailers: `fix: a\n\n${'Context: a\nA: b\n\n'.repeat(60_000)}`,
    open: '['.repeat(1 << 20),
    state: `{"gate":"design","status":"converged","round":1,"history":[${Array.from({ length: 9000 }, () => '{"critical":2,"findings":[{"severity":"critical"}],"perspectives":["a1","b"]}').join(',')}]}`,
    locations: `{"gate":"x","history":[{"findings":[{"location":{${Array.from({ length: 40_000 }, (_, at) => `"k${at}":"v"`).join(',')}}}]}]}`,
    mixed: `---\n${`${line}\n`.repeat(300)}---\n${`${line}\n`.repeat(15_000)}`,
    halves: '\uD800\0\uFEFF\r\u2028'.repeat(100_000),
  };
  test.each(Object.entries(hostile))('they answer in time: %s', (_, text) => {
    for (const kind of COMPANION_KINDS) {
      const start = worked();
      const found = lintCompanion(text, kind, { facts: { head: 'a'.repeat(40), changed: new Map() } });
      companionKindOf('a.md', text);
      expect(worked() - start).toBeLessThan(4000);
      for (const { span, fix } of found) {
        expect(span.start).toBeGreaterThanOrEqual(0);
        expect(span.start).toBeLessThanOrEqual(span.end);
        expect(span.end).toBeLessThanOrEqual(text.length);
        for (const edit of fix?.edits ?? []) expect(edit.end).toBeLessThanOrEqual(text.length);
      }
    }
  });
});
