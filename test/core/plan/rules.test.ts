import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../src/core/base/finding.ts';
import { COMPANION_RULES } from '../../../src/core/companions/registry.ts';
import { fixText } from '../../../src/core/plan/fix.ts';
import { parsePlan } from '../../../src/core/plan/parse.ts';
import { RULES } from '../../../src/core/plan/rules/registry.ts';
import type { Facts, Stage } from '../../../src/core/plan/rules/rule.ts';

// test/cases/rules/<ID>/: documents `fires*.md`, on which the rule speaks, and `near*.md`, near misses on which it is
// silent. `<name>.json` beside a document: {"stage": …, "facts": {…}}, sets as lists. `<name>.fixed.md`: what mending makes.
const CASES = join('test', 'cases', 'rules');

interface Around {
  readonly stage?: Stage;
  readonly facts?: Omit<Facts, 'files' | 'symbols'> & { readonly files?: string[]; readonly symbols?: string[] };
}

function lint(text: string, path: string): readonly Finding[] {
  const beside = path.replace(/\.md$/, '.json');
  const around = existsSync(beside) ? (JSON.parse(readFileSync(beside, 'utf8')) as Around) : {};
  const { files, symbols, ...rest } = around.facts ?? {};
  const facts: Facts = {
    ...rest,
    ...(files === undefined ? {} : { files: new Set(files) }),
    ...(symbols === undefined ? {} : { symbols: new Set(symbols) }),
  };
  const { stage } = around;
  const parsed = parsePlan(text, { fileName: path, facts, ...(stage === undefined ? {} : { stage }) });
  return parsed.ok ? parsed.value.findings : parsed.error.findings;
}

function documents(id: string, prefix: string): readonly string[] {
  const folder = join(CASES, id);
  const all = existsSync(folder) ? readdirSync(folder) : [];
  return all.filter((name) => name.startsWith(prefix) && name.endsWith('.md') && !name.endsWith('.fixed.md'));
}

describe.each(RULES.map((rule) => [rule.id, rule] as const))('%s', (id, rule) => {
  test('is tried on documents', () => {
    expect(documents(id, 'fires'), `${CASES}/${id}/fires*.md`).not.toEqual([]);
    expect(documents(id, 'near'), `${CASES}/${id}/near*.md`).not.toEqual([]);
    expect(rule.about).toMatch(/^[A-Z`].*\.$/);
  });

  test.each(documents(id, 'fires'))('fires on %s', async (name) => {
    const path = join(CASES, id, name);
    const text = readFileSync(path, 'utf8');
    const found = lint(text, path);
    const mine = found.filter((finding) => finding.rule === id);
    expect(mine, JSON.stringify(found)).not.toEqual([]);
    for (const { message, hint, span } of mine) {
      expect(message).not.toBe('');
      expect(hint).not.toBe('');
      expect(span.start).toBeLessThanOrEqual(span.end);
    }
    if (!mine.some(({ fix }) => fix !== undefined && fix.kind !== 'suggest')) return;
    const only = (source: string): readonly Finding[] => lint(source, path).filter((finding) => finding.rule === id);
    const fixed = fixText(text, only);
    expect(fixed.findings.filter(({ fix }) => fix !== undefined && fix.kind !== 'suggest')).toEqual([]);
    await expect(fixed.text).toMatchFileSnapshot(resolve(path.replace(/\.md$/, '.fixed.md')));
  });

  test.each(documents(id, 'near'))('is silent on %s', (name) => {
    const path = join(CASES, id, name);
    const found = lint(readFileSync(path, 'utf8'), path);
    expect(found.filter((finding) => finding.rule === id)).toEqual([]);
    // A near miss must be read as a plan, or silence says nothing.
    expect(found.filter((finding) => finding.rule === 'KIND-01')).toEqual([]);
  });
});

test('no rule id is used twice, and no folder is left of a rule that is gone', () => {
  const ids = [...RULES, ...COMPANION_RULES].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const folders = existsSync(CASES) ? readdirSync(CASES) : [];
  expect(folders.filter((name) => !ids.includes(name))).toEqual([]);
});
