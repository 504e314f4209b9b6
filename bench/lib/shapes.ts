/* Documents that are all of one thing: what somebody would write who wants a reader to take long. */

/** One piece after the other, numbered from 1, until there are so many bytes. */
function many(bytes: number, piece: (n: number) => string): string {
  const parts: string[] = [];
  for (let size = 0, n = 1; size < bytes; n++) {
    const part = piece(n);
    parts.push(part);
    size += part.length;
  }
  return parts.join('');
}

/** By what there is so much of: a part of a document of about so many bytes. */
export const SHAPES: Readonly<Record<string, (bytes: number) => string>> = {
  tables: (bytes) =>
    many(bytes, (n) => `| Task | Files | Depends On |\n|---|---|---|\n| T${n} | \`src/a${n}.ts\` | T${n - 1} |\n\n`),
  'headings same': (bytes) => many(bytes, () => `## Tasks\n\n`),
  'headings deep': (bytes) => many(bytes, (n) => `${'#'.repeat((n % 6) + 1)} Section ${n}\n\ntext ${n}\n\n`),
  'long line': (bytes) => many(bytes, (n) => `word${n} \`code${n}\` **Key ${n}:** value (FR-${n}, PR ${n}) `) + '\n',
  'long heading': (bytes) => '### ' + many(bytes, (n) => `word${n} \`code${n}\` [x](y) `) + '\n',
  'long plain': (bytes) => 'x'.repeat(bytes),
  'long blanks': (bytes) => 'a' + ' '.repeat(bytes) + 'b',
  'bold keys in paragraph': (bytes) => many(bytes, (n) => `**Files:** \`src/x${n}.ts\`\n**Needs:** T${n}\n`),
  'list items': (bytes) => many(bytes, (n) => `- item ${n}\n`),
  'list boxes': (bytes) => many(bytes, (n) => `- [ ] item ${n} \`npm test\`\n`),
  'code spans': (bytes) => many(bytes, (n) => '`a' + n + '` '),
  backticks: (bytes) => many(bytes, (n) => '`'.repeat(n % 50) + ' '),
  'open brackets': (bytes) => '['.repeat(bytes),
  stars: (bytes) => '*'.repeat(bytes) + ' a',
  underscores: (bytes) => many(bytes, () => '_a '),
  parens: (bytes) => '('.repeat(bytes),
  pipes: (bytes) => '|'.repeat(bytes),
  'wide table': (bytes) =>
    `| ${'a | '.repeat(bytes / 12)}\n| ${'- | '.repeat(bytes / 12)}\n| ${'c | '.repeat(bytes / 12)}\n`,
  'nest list': (bytes) => many(bytes, (n) => ' '.repeat(2 * (n % 300)) + '- x\n'),
  quotes: (bytes) => many(bytes, () => '> > > a\n\n'),
  comments: (bytes) => many(bytes, (n) => `<!-- c${n} --> text\n`),
  'open comments': (bytes) => many(bytes, () => 'a <!-- '),
  fences: (bytes) => many(bytes, (n) => '```bash\ngit commit -m "x' + n + '"\n```\n\n'),
  'open fence chars': (bytes) => many(bytes, () => '~~~\n'),
  'paragraph lines': (bytes) => many(bytes, (n) => `GIVEN a thing ${n}\nWHEN x\nTHEN it MUST be\n`),
  'commas needs': (bytes) => `**Needs:** ${many(bytes, (n) => `T${n}, `)}\n`,
  'ids prose': (bytes) =>
    many(bytes, (n) => `See FR-${n}, AC-${n}, BC-${n}, PR ${n}, WS-${n}, T${n}, Phase ${n}, BR-${n}, A-${n}.\n`),
  links: (bytes) => many(bytes, (n) => `[a${n}](#x${n}) `),
  'same unit task': (bytes) =>
    many(bytes, () => `### Task 1: Same\n\n**Files:** \`src/a.ts\`\n**Needs:** T1\n**Verify:** \`npm test\`\n\n`),
  'same scope': (bytes) =>
    many(
      bytes,
      (n) => `### Task ${n}: T${n}\n\n**Files:** \`src/a.ts\`, \`src/b/\`, \`src/**/*.ts\`\n**Needs:** none\n\n`,
    ),
  'all above': (bytes) =>
    many(bytes, (n) => `### Task ${n}: T${n}\n\n**Files:** \`src/a${n}.ts\`\n**Needs:** all above\n\n`),
  cycle: (bytes) => many(bytes, (n) => `### Task ${n}: T${n}\n\n**Files:** \`src/a${n}.ts\`\n**Needs:** T${n + 1}\n\n`),
  phases: (bytes) =>
    many(
      bytes,
      (n) =>
        `## [ ] Phase ${n} of 9: P${n}\n\n### [ ] ${n}. Step\n\n### Files\n\n- \`src/a.ts\`\n\n### Verification\n\n- [ ] \`npm test\`\n\n`,
    ),
  prs: (bytes) =>
    many(bytes, (n) => `### PR ${n}: P${n}\n\n- **Depends On:** PR ${n - 1}\n- **Files Changed:** \`src/a.ts\`\n\n`),
  'pr rows': (bytes) =>
    `## PR Series\n\n| PR | Title | Depends On |\n|---|---|---|\n` +
    many(bytes, (n) => `| PR ${n} | P${n} | PR ${n - 1} |\n`),
  'pr series sections': (bytes) => many(bytes, (n) => `## PR Series\n\n### PR ${n}: x\n\n`),
  dag: (bytes) => '## Dependency DAG\n\n```\n' + many(bytes, (n) => `PR ${n} ──┐\n       ├──→ PR ${n + 1}\n`) + '```\n',
  'dag wide': (bytes) =>
    '## PR Series\n\n### PR 1: x\n\n### PR 2: y\n\n## Dependency DAG\n\n```\n' +
    many(bytes, (n) => `PR ${n} ──┐ `) +
    '\n' +
    many(bytes, (n) => `PR ${n} ──┐ `) +
    '\n```\n',
  'ws rows': (bytes) =>
    `## Work Streams\n\n| Stream | Agent | Command | Requirements | Depends On | Parallel With |\n|---|---|---|---|---|---|\n` +
    many(bytes, (n) => `| WS-${n}: x | a | b | FR-1 | WS-${n - 1} | WS-${n + 1} |\n`),
  'ws all parallel': (bytes) =>
    `## Work Streams\n\n| Stream | Agent | Command | Requirements | Depends On | Parallel With |\n|---|---|---|---|---|---|\n` +
    many(bytes, (n) => `| WS-${n}: x | a | b | FR-1–FR-900 | WS-1–WS-${n - 1} | WS-1–WS-9000 |\n`),
  frs: (bytes) => '## Functional Requirements\n\n' + many(bytes, (n) => `### FR-${n}: r\n\n**Description**: x\n\n`),
  acs: (bytes) =>
    '## Functional Requirements\n\n### FR-1: x\n\n## Acceptance Criteria\n\n' +
    many(bytes, (n) => `### AC-${n}: c (FR-1)\n\n**Given** a\n**When** b\n**Then** c\n\n`),
  'acs same': (bytes) =>
    '## Functional Requirements\n\n### FR-1: x\n\n## Acceptance Criteria\n\n' +
    many(bytes, () => `### AC-1: c (FR-1)\n\n**Given** a\n**When** b\n**Then** c\n\n`),
  bcs: (bytes) =>
    '### B) Behavioral Contracts\n\n' + many(bytes, (n) => `BC-${n}: name\n- GIVEN a\n- WHEN b\n- THEN c MUST d\n\n`),
  'bcs + tasks': (bytes) =>
    '### B) Behavioral Contracts\n\n' +
    many(bytes / 2, (n) => `BC-${n}: name\n- GIVEN a\n- WHEN b\n- THEN c MUST d\n\n`) +
    '### G) Task Breakdown\n\n' +
    many(bytes / 2, (n) => `#### Task ${n}: x (BC-1–BC-${n})\n\n**Contracts Implemented:** BC-1–BC-${n}\n\n`),
  'micro same step': (bytes) =>
    '### G) Task Breakdown\n\n#### Task 1: x\n\n' +
    many(bytes, () => `**Step 1: Write the failing test**\n\nRun: \`npm test\`\nExpected: FAIL\n\n`),
  'impl items': (bytes) =>
    '## Tasks\n\n### Phase 1: x\n\n' +
    many(bytes, (n) => `${n}. **T${n}:** do\n   - Files: \`src/a.ts\`\n   - Depends on: Task ${n - 1}\n`),
  'impl decisions': (bytes) =>
    '## Design Decisions\n\n' + many(bytes, (n) => `### Decision ${n}: x\n\n**Context:** a\n**Decision:** b\n\n`),
  issues: (bytes) =>
    '## Issues\n\n' +
    many(bytes, (n) => `### Issue ${n}: x\n\n**Dependencies:** Issue ${n - 1}\n**Description:** y\n\n`),
  'issue rows': (bytes) =>
    '## Issues\n\n| ID | Title | Dependencies | Wave |\n|---|---|---|---|\n' +
    many(bytes, (n) => `| x.${n} | t | x.${n - 1} | ${n} |\n`),
  waves: (bytes) =>
    '## Issues\n\n| ID | Title | Dependencies | Wave |\n|---|---|---|---|\n| x.1 | a | None | 1 |\n\n## Execution Order\n\n' +
    many(bytes, (n) => `**Wave ${n}** (1 task): x.1, x.${n}\n`),
  'file matrix': (bytes) =>
    '## Issues\n\n| ID | Title | Dependencies | Wave |\n|---|---|---|---|\n| x.1 | a | None | 1 |\n\n## File Dependency Matrix\n\n| Task | File | Access |\n|---|---|---|\n' +
    many(bytes, (n) => `| x.${n % 40} | \`src/a${n % 7}.ts\` | write |\n`),
  conformance: (bytes) =>
    '## Issues\n\n| ID | Title | Dependencies | Wave |\n|---|---|---|---|\n| x.1 | a | None | 1 |\n\n## Conformance Checks\n\n| Issue | Check Type | Check |\n|---|---|---|\n' +
    many(bytes, (n) => `| All issues | content_check | x${n} |\n`),
  modules: (bytes) =>
    many(
      bytes,
      (n) =>
        `## [ ] Phase ${n}: M${n}\n\n### Scope\n\nx\n\n### Interfaces\n\n- **Provides**: \`f()\`\n- **Depends on**: Phase ${n - 1} (\`f()\`)\n\n`,
    ),
  'parallel lines': (bytes) =>
    '## [ ] Phase 1: M\n\n### Scope\n\nx\n\n### Interfaces\n\n- **Provides**: x\n\n## Dependencies & parallelization\n\n' +
    many(
      bytes,
      (n) =>
        `- **Parallel**: Phases ${n} to ${n + 900} can run in parallel\n- **Sequential**: Phase 1 → then all others\n`,
    ),
  'risk rows': (bytes) =>
    '## H) Risk Register\n\n| Decision | Assumption | Validation Method | Cost if Wrong | Gate |\n|---|---|---|---|---|\n' +
    many(bytes, (n) => `| d | a | m **Success:** 3 % | PR ${n} rework | Before PR ${n} |\n`),
  blocks: (bytes) =>
    '## C) Concept Model\n\n' +
    many(bytes, (n) => `**${n}. Block ${n}** — x.\n- **Observes:** a\n- **Owns:** state ${n}\n\n`),
  frozen: (bytes) =>
    '## F) Frozen Interfaces\n\n' +
    many(bytes, (n) => `\`\`\`go\n// a/b.go:1-2 — frozen PR ${n}\ntype X${n} interface {}\n\`\`\`\n\n`),
  'front matter': (bytes) => `---\n${many(bytes, (n) => `key${n}: value\n`)}---\n\n# x\n`,
  logs: (bytes) => many(bytes, () => `## Log\n\nx\n\n## Other\n\ny\n\n`),
  disable: (bytes) =>
    many(bytes, () => `<!-- masterplan-disable GEN-001 -->\n\n[x]\n\n<!-- masterplan-enable GEN-001 -->\n\n`),
  placeholders: (bytes) => many(bytes, () => `[Name of the thing] TBD\n`),
  crlf: (bytes) => many(bytes, (n) => `- item ${n}\r\n`),
};
