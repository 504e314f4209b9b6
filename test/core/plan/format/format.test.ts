import { describe, expect, test } from 'vitest';
import { formatText } from '../../../../src/core/plan/format/format.ts';
import { templateOf } from '../../../../src/core/plan/kinds/templates.ts';
import { PLAN_KINDS, type PlanKind } from '../../../../src/core/plan/model.ts';

function format(text: string, kind?: PlanKind): string {
  const formatted = formatText(text, kind);
  if (!formatted.ok) throw new Error('no plan');
  return formatted.value.text;
}

/** What the formatter makes of the body of a task plan. */
function body(text: string): string {
  const head = '---\nkind: task\n---\n\n# Plan: Lamps\n\n### Task 1: Wire\n\n**Needs:** none\n\n';
  const made = format(head + text);
  expect(made.slice(0, head.length)).toBe(head);
  return made.slice(head.length);
}

describe('canonical form', () => {
  test.each([
    ['trailing blanks go', 'One  \n\n- two \t\n', 'One\n\n- two\n'],
    ['but those that break a line', 'One  \ntwo \nthree  \n', 'One  \ntwo\nthree\n'],
    ['and those in code of several lines', 'A `b \nc` d\n', 'A `b \nc` d\n'],
    [
      'one blank line between blocks',
      'One\n\n\n\nTwo\n- a\n- b\n\n\n#### More\nThree\n\n\n',
      'One\n\nTwo\n\n- a\n- b\n\n#### More\n\nThree\n',
    ],
    ['blank lines between items are their own', '- a\n- b\n\n- c\n', '- a\n- b\n\n- c\n'],
    ['many of them become one', '- a\n\n\n\n- b\n', '- a\n\n- b\n'],
    ['ticked boxes', '- [X] a\n- [x] b\n\n1. [X] c\n', '- [x] a\n- [x] b\n\n1. [x] c\n'],
    ['bullets', '* a\n  + b\n* c\n', '- a\n  - b\n- c\n'],
    ['numbers', '1) a\n2) b\n', '1. a\n2. b\n'],
    ['two lists stay two', '- a\n\n* b\n', '- a\n\n* b\n'],
    ['a bullet that would become a rule', '* a\n* - -\n', '* a\n* - -\n'],
    ['headings', '####   More ##\n\n  #### Less\n', '#### More\n\n#### Less\n'],
    ['a closing mark that is a name', '#### About C#\n', '#### About C#\n'],
    ['tables', 'a|b\n:--|--:\n 1 |`x`\n', '| a | b |\n|:---|---:|\n| 1 | `x` |\n'],
    ['empty cells', '|a|b|\n|-|-|\n||2|\n', '| a | b |\n|---|---|\n|  | 2 |\n'],
    ['escaped bars', '| a |\n|---|\n|x \\| y|\n', '| a |\n|---|\n| x \\| y |\n'],
    ['tables stand apart', 'Words\n| a |\n|---|\n| 1 |\n', 'Words\n\n| a |\n|---|\n| 1 |\n'],
    ['labels', '__Estimate__:   2h\n**deps**: none\n', '**Estimate:** 2h\n**Needs:** none\n'],
  ])('%s', (_, text, wanted) => {
    expect(body(text)).toBe(wanted);
  });

  test.each([
    ['code', '```text\n* a  \n\n\n| a|b |\n|-|-|\n[X]\n```\n'],
    ['indented code', 'Words\n\n    * a  \n\n\n    b\n'],
    ['quotes', '> * a\n> \n> ## [X] b ##\n> a|b\n> -|-\n'],
    ['comments', '<!-- * a  \n\n\n[X] -->\nText right below.\n'],
    ['prose', 'It is  2 * 3,\nand _this_ is  **that**; a | b\n'],
    ['rules', 'Above\n\n***\n\nBelow\n'],
  ])('%s stays as it is', (_, text) => {
    expect(body(text)).toBe(text);
  });

  test('front matter stays as it is, and so does the log', () => {
    const text =
      '---\nkind: task\ntitle:   "x"  \n---\n\n### Task 1: A\n\n## Log\n* 2026-01-01 — Created  \n\n\n* Again\n';
    expect(format(text)).toBe(text);
  });

  test.each<[PlanKind, string, string]>([
    ['task', '### Task 1 — Wire', '### Task 1: Wire'],
    ['task', '## task  2. Wire', '## Task 2: Wire'],
    ['task', '### [X] T3 - Wire', '### [x] T3: Wire'],
    ['phased', '## [ ] phase 1 of 1 – Wire', '## [ ] Phase 1 of 1: Wire'],
    ['functional', '### FR-1 — Wire', '### FR-1: Wire'],
    ['macro', '### pr 4 - Wire', '### PR 4: Wire'],
  ])('%s: %s', (kind, heading, wanted) => {
    const made = format(`# Lamps\n\n${heading}\n\nWords.\n`, kind);
    expect(made).toBe(`# Lamps\n\n${wanted}\n\nWords.\n`);
  });

  test('a title is no label', () => {
    const text = '---\nkind: task\n---\n\n# Phase 1 — an overview\n\n### Task 1: A\n\n#### Phase 2 - words\n';
    expect(format(text)).toBe(text);
  });

  test('line ends are those of most lines', () => {
    const lines = ['---', 'kind: task', '---', '', '### Task 1: A', 'Words', '- [X] b'];
    const made = lines.with(4, '### Task 1: A\r\n').with(6, '- [x] b');
    expect(format(lines.join('\r\n'))).toBe(`${made.with(5, 'Words\r\n').join('\r\n')}\r\n`);
    expect(format(`${lines.join('\n')}\r\n`)).not.toContain('\r');
    expect(format('\uFEFF### Task 1: A\r\rWords\r\n', 'task')).toBe('\uFEFF### Task 1: A\r\rWords\r\n');
  });

  test('what would mean something else is left alone', () => {
    // Without a blank line the list is the value of the label; `*` items and `-` items are two lists.
    const text = '---\nkind: task\n---\n\n### Task 1: A\n\n**Files:** `a.js`\n\n### Task 1 - B\n';
    expect(format(text)).toContain('### Task 1: A');
  });

  test.each(PLAN_KINDS)('a new %s plan is in canonical form', (kind) => {
    const text = templateOf(kind, 'Harbour lights', 'harbour-lights');
    expect(format(text, kind)).toBe(text);
  });

  test('what is no plan is not formatted', () => {
    expect(formatText('Words.\n')).toMatchObject({ ok: false });
    expect(formatText('')).toMatchObject({ ok: false });
  });
});
