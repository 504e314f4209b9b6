import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../src/core/base/finding.ts';
import { lintCompanion } from '../../../src/core/companions/lint.ts';
import { COMPANION_RULES } from '../../../src/core/companions/registry.ts';
import type { CompanionFacts } from '../../../src/core/companions/rule.ts';
import type { CompanionKind } from '../../../src/core/companions/kinds.ts';
import { fixText, isFixable } from '../../../src/core/plan/fix.ts';

// test/cases/rules/<ID>/, as for rules about plans: documents `fires*`, on which the rule speaks, and `near*`, near misses on
// which it is silent. `<name>.facts.json` beside a document: the facts. `<name>.fixed.*`: what mending makes.
const CASES = join('test', 'cases', 'rules');

function lint(text: string, kind: CompanionKind, path: string): readonly Finding[] {
  const beside = path.slice(0, -extname(path).length) + '.facts.json';
  if (!existsSync(beside)) return lintCompanion(text, kind);
  const around = JSON.parse(readFileSync(beside, 'utf8')) as { head?: string; changed?: Record<string, string> };
  const facts: CompanionFacts = {
    ...(around.head === undefined ? {} : { head: around.head }),
    ...(around.changed === undefined ? {} : { changed: new Map(Object.entries(around.changed)) }),
  };
  return lintCompanion(text, kind, { facts });
}

function documents(id: string, prefix: string): readonly string[] {
  const folder = join(CASES, id);
  const all = existsSync(folder) ? readdirSync(folder) : [];
  return all.filter((name) => name.startsWith(prefix) && !/\.(?:fixed\.\w+|facts\.json)$/.test(name));
}

describe.each(COMPANION_RULES.map((rule) => [rule.id, rule] as const))('%s', (id, { kind, about }) => {
  test('is tried on documents', () => {
    expect(documents(id, 'fires'), `${CASES}/${id}/fires*`).not.toEqual([]);
    expect(documents(id, 'near'), `${CASES}/${id}/near*`).not.toEqual([]);
    expect(about).toMatch(/^[A-Z`].*\.$/);
  });

  test.each(documents(id, 'fires'))('fires on %s', async (name) => {
    const path = join(CASES, id, name);
    const text = readFileSync(path, 'utf8');
    const found = lint(text, kind, path);
    const mine = found.filter((finding) => finding.rule === id);
    expect(mine, JSON.stringify(found)).not.toEqual([]);
    for (const { message, hint, span } of mine) {
      expect(message).not.toBe('');
      expect(hint).not.toBe('');
      expect(span.start).toBeLessThanOrEqual(span.end);
    }
    if (!mine.some(isFixable)) return;
    const only = (source: string): readonly Finding[] => lint(source, kind, path).filter(({ rule }) => rule === id);
    const fixed = fixText(text, only);
    expect(fixed.findings.filter(isFixable)).toEqual([]);
    const ending = extname(path);
    await expect(fixed.text).toMatchFileSnapshot(resolve(`${path.slice(0, -ending.length)}.fixed${ending}`));
  });

  test.each(documents(id, 'near'))('is silent on %s', (name) => {
    const path = join(CASES, id, name);
    const found = lint(readFileSync(path, 'utf8'), kind, path);
    expect(found.filter((finding) => finding.rule === id)).toEqual([]);
    // A near miss must be read, or silence says nothing.
    expect(found.filter((finding) => finding.rule === 'KIND-01')).toEqual([]);
  });
});
