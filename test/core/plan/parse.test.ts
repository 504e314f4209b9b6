import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planHash, tick } from '../../../src/core/plan/hash.ts';
import type { Plan, UnknownPlan } from '../../../src/core/plan/model.ts';
import { isRunnable, parsePlan } from '../../../src/core/plan/parse.ts';
import { runs } from '../../runs.ts';

const CASES = join('test', 'cases', 'plans');
const documents = readdirSync(CASES)
  .filter((name) => name.endsWith('.md'))
  .map((name) => readFileSync(join(CASES, name), 'utf8'));

function read(text: string): Plan {
  const parsed = parsePlan(text, { fileName: 'docs/my-plan.md' });
  if (!parsed.ok) throw new Error(parsed.error.findings.map((one) => one.message).join('\n'));
  return parsed.value;
}

function refuse(text: string): UnknownPlan {
  const parsed = parsePlan(text, { fileName: 'x.md' });
  if (parsed.ok) throw new Error('was read as a plan');
  return parsed.error;
}

const task = (n: number, more = ''): string => `### Task ${n}: task ${n}\n\n**Verify:** \`true\`\n${more}\n`;

describe('what a plan is called', () => {
  test('by its title', () => expect(read(`# Plan: The title\n\n${task(1)}`).title).toBe('The title'));
  test('by front matter', () => expect(read(`---\ntitle: "T: x" # y\n---\n# Other\n\n${task(1)}`).title).toBe('T: x'));
  test('by its file, without both', () => expect(read(task(1)).title).toBe('my-plan'));
  test('has the slug of its front matter', () => expect(read(`---\nslug: abc\n---\n${task(1)}`).slug).toBe('abc'));
});

test('what was approved is read without asking the rules again', () => {
  const text = `# Plan\n\n### Task 1: a\n\n**Needs:** T9\n**Verify:** \`true\`\n`;
  expect(isRunnable(read(text))).toBe(false);
  const approved = parsePlan(text, { fileName: 'x.md', approved: true });
  expect(approved).toMatchObject({ ok: true, value: { findings: [], units: [{ task: { id: 'T1' } }] } });
});

describe('the kind', () => {
  test('is the one asked for, whatever the document says', () => {
    const parsed = parsePlan('---\nkind: task\n---\n# Nothing', { fileName: 'x.md', kind: 'phased' });
    expect(parsed.ok && parsed.value.kind).toBe('phased');
    expect(parsed.ok && isRunnable(parsed.value)).toBe(false);
  });

  test('is told with what is missing when it is none', () => {
    const { near, findings } = refuse('# A\n\n## Phase 1\n\nText.\n');
    expect(near[0]?.kind).toBe('phased');
    expect(near[0]?.missing.length).toBeGreaterThan(0);
    expect(findings).toMatchObject([{ rule: 'KIND-01', severity: 'error' }]);
  });

  test('is told to be UTF-16 when it is', () => {
    const text = '# A plan\n\n## Task 1: x\n';
    for (const wide of [text.replace(/[^]/g, '$&\0'), `\uFFFD\uFFFD${text.replace(/[^]/g, '\0$&')}`]) {
      expect(refuse(wide).findings).toMatchObject([{ rule: 'KIND-01', message: expect.stringContaining('UTF-16') }]);
    }
    expect(refuse('One \0 alone makes nothing wide.').findings[0]?.message).not.toContain('UTF-16');
  });

  test.each([
    ['macro', '### PR 1: x\n\nExtension Type: none\n'],
    ['micro', '**BC-1: x**\n\n### Task 1: x\n'],
    ['micro', '### Task 1: x\n\n**Contracts Implemented:** BC-1\n'],
    ['task', '### Task 1: x\n\nImplements BC-1.\n'],
    ['implementation', '# Implementation Specification: x\n'],
    ['functional', '### FR-1: x\n'],
    ['master', '## [ ] Phase 0: Scaffolding\n'],
    ['macro', '---\nkind: macro\n---\n# x\n'],
  ])('%s is recognised', (kind, text) => {
    const parsed = parsePlan(text, { fileName: 'x.md' });
    expect(parsed.ok && parsed.value.kind).toBe(kind);
  });
});

describe('front matter', () => {
  test('is read in CRLF and behind a byte-order mark', () => {
    const plan = read(`\uFEFF---\r\nkind: task\r\nslug: a\r\n---\r\n\r\n${task(1).replace(/\n/g, '\r\n')}`);
    expect(plan).toMatchObject({ slug: 'a', kind: 'task' });
    expect(plan.units[0]?.task.verify).toEqual(['true']);
  });

  test('is text when it is not closed', () => expect(read(`---\nslug: a\n\n${task(1)}`).slug).toBeUndefined());
});

describe('the hash', () => {
  const text = `---\nkind: task\nstatus: draft\n---\n# A\n\n${task(1, '- [ ] one\n')}`;

  test('ignores ticks, status, log, line ends, the byte-order mark and blank lines at the end', () => {
    const same = [
      text.replace('- [ ]', '- [x]'),
      text.replace('- [ ]', '- [X]'),
      text.replace('status: draft', 'status: approved'),
      `${text}\n## Log\n\n- 2026-01-01 10:00 — Approved by me\n`,
      text.replace(/\n/g, '\r\n'),
      `\uFEFF${text}\n\n`,
    ];
    for (const other of same) expect(planHash(other)).toBe(planHash(text));
    expect(read(text).sha256).toBe(planHash(text));
  });

  test('sees everything else', () => {
    const others = [
      text.replace('one', 'two'),
      text.replace('- [ ] one', '- one'),
      text.replace('kind: task', 'kind: tasks'),
      text.replace('`true`', '`true `'),
      `${text}\n### Log\n\nx\n`,
      `${text}\n## Log\n\nx\n\n## More\n\ny\n`,
      text.replace('- [ ] one', '```\n- [ ] one\n```'),
    ];
    expect(new Set([text, ...others].map(planHash)).size).toBe(others.length + 1);
    expect(planHash('```\n[x]\n- [x] a\n```\n')).not.toBe(planHash('```\n[x]\n- [ ] a\n```\n'));
  });

  test('covers all that reaches a run: what the log hides from it is never read', () => {
    const log = '\n## Log\n\n### Task 9: from the log\n\n**Verify:** `rm -rf /`\n\n## Log\n\n- [ ] more\n';
    const plan = read(text + log);
    expect(plan.units.map((unit) => unit.task.id)).toEqual(['T1']);
    expect(JSON.stringify(plan)).not.toContain('from the log');
    expect(plan.context).toBe('');
  });
});

describe('keys that are written plainly', () => {
  const third = (text: string) =>
    read(`# P\n\n### Task 1: a\n\n### Task 2: b\n\n### Task 3: c\n\n${text}\n`).units[2]?.task;

  test.each([
    'Files: src/c.js\ndepends on: T1',
    'files: src/c.js\nneeds: T1',
    '**Files:** src/c.js\nblocked by: T1',
    '- files: src/c.js\n- depends on: T1',
  ])('count in lower case beside others: %j', (text) => {
    expect(third(text)).toMatchObject({ needs: ['T1'], scope: ['src/c.js'] });
  });

  test.each(['needs: T1', 'Some prose\nneeds: T1', 'Files: src/c.js\nwhat it\nneeds now: T1'])(
    'alone, or as part of other words, they are prose: %j',
    (text) => {
      // Nobody declares needs, so the order of the document counts.
      expect(third(text)?.needs).toEqual(['T2']);
    },
  );
});

describe('ticking', () => {
  test('changes exactly the marks of the boxes that are given', () => {
    const text =
      '\uFEFF# A\r\n\r\n### [ ] Task 1: a\r\n\r\n- [ ] one\r\n- [X] two\r\n- [ ] three\r\n\r\n### Task 2: b\r\n\r\n1. [ ] four\r\n';
    const { units } = read(text);
    const ticked = tick(text, units[0]?.boxes ?? []);
    expect(ticked).toBe(
      text.replace('### [ ]', '### [x]').replace('- [ ] one', '- [x] one').replace('- [ ] three', '- [x] three'),
    );
    expect(tick(ticked, read(ticked).units[0]?.boxes ?? [])).toBe(ticked);
  });

  test('leaves a text alone that the boxes are not of', () => {
    const { units } = read(task(1, '- [ ] one\n'));
    expect(tick('something else entirely, but long enough for the offset to lie in it', units[0]?.boxes ?? [])).toMatch(
      /^something/,
    );
  });
});

describe('texts for the brief', () => {
  test('a unit is its own Markdown, to the next unit, section or log', () => {
    const text = `# A\r\n\r\n### Task 1: a\r\n\r\nText.\r\n\r\n#### More\r\n\r\nMore.\r\n\r\n## Notes\r\n\r\nx\r\n\r\n### Task 2: b\r\n\r\ny\r\n\r\n## Log\r\n`;
    expect(read(text).units.map((unit) => unit.text)).toEqual([
      '### Task 1: a\r\n\r\nText.\r\n\r\n#### More\r\n\r\nMore.\r\n\r\n',
      '### Task 2: b\r\n\r\ny\r\n\r\n',
    ]);
  });

  test('the context is what stands before the first unit and its wave heading, without the title', () => {
    const { context } = read(`# A\n\n**Goal:** x\n\n## Context\n\ny\n\n## Wave 1 — z\n\nnot this\n\n${task(1)}`);
    expect(context).toBe('**Goal:** x\n\n## Context\n\ny');
  });

  test('a context too long is cut at a line end, and says so', () => {
    const plan = read(`# A\n\n${'A line of the context.\n'.repeat(5000)}\n${task(1)}`);
    expect(plan.context.length).toBeLessThan(24_001);
    expect(plan.context.endsWith('A line of the context.')).toBe(true);
    expect(plan.findings).toContainEqual(expect.objectContaining({ rule: 'GEN-020', severity: 'warning' }));
  });

  test('a unit too long for any brief is refused', () => {
    expect(isRunnable(read(task(1, 'word '.repeat(50_000))))).toBe(false);
  });
});

/** A real document with a few lines dropped, doubled, moved or cut, and odd characters put in. */
const mutated = fc
  .tuple(
    fc.constantFrom(...documents),
    fc.array(fc.tuple(fc.nat(1000), fc.constantFrom('drop', 'double', 'swap', 'cut', 'odd'), fc.nat(1000)), {
      maxLength: 6,
    }),
    fc.constantFrom('\n', '\r\n', '\r'),
  )
  .map(([text, changes, end]) => {
    const lines = text.split('\n');
    for (const [at, what, n] of changes) {
      const i = at % Math.max(1, lines.length);
      const line = lines[i] ?? '';
      if (what === 'drop') lines.splice(i, 1);
      else if (what === 'double') lines.splice(i, 0, line);
      else if (what === 'swap')
        lines.splice(i, 1, ...(lines.splice(n % Math.max(1, lines.length), 1, line) as [string]));
      else if (what === 'cut') lines[i] = line.slice(0, n % (line.length + 1));
      else lines[i] = `${line}${['\0', '\uFEFF', '\u202e', '\ud800', '```', '<!--', '**', '`', '\t', '[x]'][n % 10]}`;
    }
    return lines.join(end);
  });

const anyText = fc.oneof(mutated, fc.string({ unit: 'binary', maxLength: 200 }));

test('reading never throws; spans and texts are those of the source', () => {
  fc.assert(
    fc.property(anyText, fc.constantFrom(undefined, 'task' as const, 'phased' as const), (text, kind) => {
      const parsed = parsePlan(text, { fileName: 'x.md', kind });
      const findings = parsed.ok ? parsed.value.findings : parsed.error.findings;
      for (const { span, message, hint } of findings) {
        expect(span.start).toBeGreaterThanOrEqual(0);
        expect(span.end).toBeGreaterThanOrEqual(span.start);
        expect(span.end).toBeLessThanOrEqual(text.length);
        expect(message.length * hint.length).toBeGreaterThan(0);
      }
      if (!parsed.ok) {
        expect(findings.some((one) => one.severity === 'error')).toBe(true);
        return;
      }
      let last = 0;
      const marks = new Set<number>();
      for (const unit of parsed.value.units) {
        // What a unit quotes from elsewhere stands somewhere else in the document, piece by piece.
        for (const line of unit.text.split('\n')) expect(text).toContain(line);
        expect(unit.span.start).toBeGreaterThanOrEqual(last);
        last = unit.span.end;
        for (const box of unit.boxes) {
          expect(text.slice(box.mark.start - 1, box.mark.end + 1)).toMatch(/^\[[ xX]\]$/);
          // A box may stand elsewhere (a row of a contract), but it is nobody else's.
          expect(marks.has(box.mark.start)).toBe(false);
          marks.add(box.mark.start);
        }
      }
    }),
    { numRuns: runs(800) },
  );
});

test('a plan without errors can be run: ids are unique, needs lead to earlier work, scopes are normal', () => {
  fc.assert(
    fc.property(mutated, (text) => {
      const parsed = parsePlan(text, { fileName: 'x.md' });
      if (!parsed.ok || !isRunnable(parsed.value)) return;
      const tasks = parsed.value.units.map((unit) => unit.task);
      expect(tasks.length).toBeGreaterThan(0);
      const open = new Map(tasks.map((one) => [one.id, one]));
      expect(open.size).toBe(tasks.length);
      for (let round = tasks.length; round > 0 && open.size > 0; round--) {
        for (const one of tasks) if (one.needs.every((need) => !open.has(need))) open.delete(one.id);
      }
      expect([...open.keys()]).toEqual([]);
      for (const { id, needs, scope } of tasks) {
        expect(id).toMatch(/^[A-Za-z][A-Za-z0-9.-]*$/);
        for (const need of needs) expect(tasks.some((one) => one.id === need)).toBe(true);
        for (const entry of scope) expect(entry).not.toMatch(/^\/|^-|^:|(?:^|\/)\.\.(?:\/|$)|[\\\0\n]/);
      }
    }),
    { numRuns: runs(800) },
  );
});

test.each([
  [
    'in a paragraph that looks like a list',
    '# Implementation Specification: Tides\n\n## Tasks\n\n### Phase 1: Queue\n\n1. **Add it:** x\n\n### Phase 2: Sender\n| Risk | Impact |\n3. [ ] **Send**\n   - Files: `a.ts`\n',
  ],
  [
    'in front of a row without its bar',
    '---\nkind: functional\n---\n# P\n\n## Work Streams\n\n| Stream | Agent | Requirements | Depends On |\n|---|---|---|---|\n[ ] WS-2: Doors | x | FR-2 | — |\n',
  ],
])('what is a box to the reader alone is none: %s', (_, text) => {
  const plan = read(text);
  const boxes = [...plan.units.flatMap((unit) => unit.boxes), ...plan.boxes];
  expect(read(tick(text, boxes)).sha256).toBe(plan.sha256);
});

test('ticking any box changes one character and nothing that a run acts on', () => {
  fc.assert(
    fc.property(mutated, fc.nat(), (text, n) => {
      const parsed = parsePlan(text, { fileName: 'x.md' });
      if (!parsed.ok) return;
      const plan = parsed.value;
      const open = [...plan.units.flatMap((unit) => unit.boxes), ...plan.boxes].filter((box) => !box.ticked);
      if (open.length === 0) return;
      const box = open[n % open.length] as (typeof open)[number];
      const ticked = tick(text, [box]);
      expect(ticked).toBe(`${text.slice(0, box.mark.start)}x${text.slice(box.mark.end)}`);
      const again = read(ticked);
      expect(again.sha256).toBe(plan.sha256);
      expect(again.units.map((unit) => unit.task)).toEqual(plan.units.map((unit) => unit.task));
    }),
    { numRuns: runs(400) },
  );
});

// Each of these was slow, or overflowed the stack, in some parser at some time. A test that hangs fails by its time limit.
const HOSTILE: Readonly<Record<string, string>> = {
  brackets: '['.repeat(100_000),
  asterisks: '*a '.repeat(100_000),
  underscores: '_a'.repeat(100_000),
  'backticks of every length': Array.from({ length: 600 }, (_, i) => '`'.repeat(i + 1)).join(' '),
  'nested lists in a line': `${'- '.repeat(50_000)}a`,
  'nested lists in steps': Array.from({ length: 700 }, (_, i) => `${' '.repeat(2 * i)}- [ ] a`).join('\n'),
  'nested quotes': `${'> '.repeat(50_000)}a`,
  commas: `**Files:** ${'a,'.repeat(100_000)}`,
  keys: '**Files:** a, '.repeat(20_000),
  needs: `**Needs:** ${'T1, '.repeat(100_000)}`,
  ranges: `**Needs:** ${'1-9999, '.repeat(20_000)}`,
  parentheses: `**Needs:** ${'('.repeat(200_000)}`,
  commands: `**Verify:** ${'`a b` '.repeat(20_000)}`,
  braces: `**Files:** \`${'{a,b}'.repeat(800)}\``,
  'shell blocks': `**Verify:**\n\`\`\`sh\n${'if a; then (\n'.repeat(20_000)}`,
  'here-documents': `**Verify:**\n\`\`\`sh\n${'cat <<A <<B\n'.repeat(20_000)}\`\`\``,
  comments: 'a <!-- b\n'.repeat(20_000),
  logs: '## Log\n'.repeat(20_000),
  'a line of a megabyte': 'word '.repeat(200_000),
  'a table of a megabyte': `| a | b |\n|---|---|\n${'| `c` | [ ] |\n'.repeat(70_000)}`,
  'link definitions': '[a]: b\n'.repeat(50_000),
  tabs: '\t'.repeat(500_000),
  'carriage returns': '\r'.repeat(500_000),
};

test.each(Object.entries(HOSTILE))('hostile text is read in bounded time: %s', (_, text) => {
  const plan = read(`# A\n\n### Task 1: a\n\n${text}\n`);
  expect(plan.units.length).toBe(1);
  expect(plan.findings.length).toBeLessThan(500);
});

test('ten thousand tasks that all need each other before them are refused, not unrolled', () => {
  const text = Array.from({ length: 3000 }, (_, i) => `### Task ${i + 1}: a\n**Needs:** all above\n`).join('\n');
  expect(read(text).findings).toContainEqual(expect.objectContaining({ rule: 'GEN-021', severity: 'error' }));
});
