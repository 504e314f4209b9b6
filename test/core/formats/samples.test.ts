import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Foreign, ForeignFile } from '../../../src/core/formats/format.ts';
import { foreignText, importedText, readForeign } from '../../../src/core/formats/kept.ts';
import { FORMATS, formatNamed, sightingsIn, SURE } from '../../../src/core/formats/list.ts';
import { portableOf, withChanges } from '../../../src/core/formats/plan-text.ts';
import { isRunnable, parsePlan } from '../../../src/core/plan/parse.ts';
import type { PortableUnit } from '../../../src/core/plan/portable.ts';

const CASES = 'test/cases/formats';

function filesBelow(directory: string): ForeignFile[] {
  const files: ForeignFile[] = [];
  const walk = (at: string): void => {
    for (const name of readdirSync(join(directory, at)).sort()) {
      const path = at === '' ? name : `${at}/${name}`;
      if (statSync(join(directory, path)).isDirectory()) walk(path);
      else files.push({ path, text: readFileSync(join(directory, path), 'utf8') });
    }
  };
  walk('');
  return files;
}

/** One sample of each format, and more: `kiro-loose` is one of Kiro as people and agents really write them. */
const SAMPLES = readdirSync(CASES, { withFileTypes: true }).flatMap((entry) => {
  const format = FORMATS.find(({ name }) => entry.name === name || entry.name.startsWith(`${name}-`));
  return entry.isDirectory() && format !== undefined ? [[entry.name, format] as const] : [];
});

function sample(name: string): Foreign {
  const files = filesBelow(join(CASES, name));
  const [sighting] = sightingsIn(files);
  expect(sighting?.format).toBe(SAMPLES.find(([one]) => one === name)?.[1].name);
  const read = formatNamed(sighting?.format ?? 'spec-kit').read(
    files.filter((file) => sighting?.files.includes(file.path)),
  );
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  return read.value;
}

/** What a person checks by eye. */
function shown({ plan, ids, statuses, findings, documents }: Foreign): string {
  const out = [`# ${plan.title}`, plan.context, ''];
  for (const unit of plan.units) {
    out.push(
      `${unit.id} (${ids[unit.id] ?? ''}) [${unit.done ? 'x' : ' '}] ${statuses[unit.id] ?? ''} | ${unit.group ?? ''}`,
    );
    out.push(`  ${unit.title}`, `  needs ${unit.needs.join(', ') || 'nothing'}`);
    for (const [key, list] of Object.entries({
      scope: unit.scope,
      verify: unit.verify,
      criteria: unit.criteria,
      of: unit.requirementIds,
    })) {
      if (list.length > 0) out.push(`  ${key}: ${list.join(' | ')}`);
    }
    if (unit.estimate !== undefined) out.push(`  ${unit.estimate} min`);
    for (const line of unit.body.split('\n')) if (line !== '') out.push(`  > ${line}`);
  }
  for (const one of [...plan.requirements, ...plan.criteria])
    out.push(`${one.id}: ${one.title}${one.text === '' ? '' : ` / ${one.text}`}`);
  for (const { path } of documents) out.push(`document ${path}`);
  for (const one of findings)
    out.push(`${one.file}:${one.span.line}:${one.span.column} ${one.severity} ${one.rule} ${one.message}`);
  return `${out.join('\n')}\n`;
}

/** Lines that differ, as `-` and `+`. */
function difference(before: readonly ForeignFile[], after: readonly ForeignFile[]): string {
  const out: string[] = [];
  for (const path of new Set([...before, ...after].map((file) => file.path))) {
    const [old, now] = [before, after].map((files) => files.find((file) => file.path === path)?.text.split('\n') ?? []);
    const gone = (old ?? []).filter((line) => now?.includes(line) !== true);
    const come = (now ?? []).filter((line) => old?.includes(line) !== true);
    if (gone.length + come.length > 0)
      out.push(path, ...gone.map((line) => `- ${line}`), ...come.map((line) => `+ ${line}`));
  }
  return `${out.join('\n')}\n`;
}

describe.each(SAMPLES)('%s', (name, format) => {
  test('what is read of the sample', async () => {
    await expect(shown(sample(name))).toMatchFileSnapshot(join('../../..', CASES, `${name}.read.txt`));
  });

  test('nothing changed: every file comes back byte for byte, with CRLF too', () => {
    const { plan, kept } = sample(name);
    expect(format.write(plan, { name, kept })).toMatchObject({ files: kept.files, notes: [] });
    const files = kept.files.map(({ path, text }) => ({ path, text: text.replace(/\n/g, '\r\n') }));
    const read = format.read(files);
    if (!read.ok) throw new Error(JSON.stringify(read.error));
    expect(read.value.plan.units.map(({ id, needs, done, title }) => ({ id, needs, done, title }))).toEqual(
      plan.units.map(({ id, needs, done, title }) => ({ id, needs, done, title })),
    );
    expect(format.write(read.value.plan, { name, kept: { files } }).files).toEqual(files);
  });

  test('what changes when titles, needs and statuses do, a task goes and one comes', async () => {
    const { plan, kept } = sample(name);
    const units: PortableUnit[] = plan.units.map((unit, i) => ({
      ...unit,
      ...(i === 1 ? { done: !unit.done } : {}),
      ...(i === 2 ? { done: true, title: 'Another title', needs: [] } : {}),
    }));
    const first = units[0] as PortableUnit;
    const fresh: PortableUnit = {
      ...first,
      id: 'T77',
      title: 'One more',
      body: '',
      needs: [first.id],
      scope: [],
      verify: ['npm test'],
      criteria: ['It is there'],
      group: undefined,
      done: false,
    };
    const removed = format.name === 'gsd' ? units : units.filter((_, i) => i !== units.length - 1);
    const written = format.write({ ...plan, units: [...removed, fresh] }, { name, kept });
    await expect(`${difference(kept.files, written.files)}${written.notes.join('\n')}\n`).toMatchFileSnapshot(
      join('../../..', CASES, `${name}.changed.txt`),
    );
  });

  test('the document that is made of it is a plan that can be run, and gives the sample back', () => {
    const foreign = sample(name);
    const text = importedText(foreign, 'place', '../../../', 'a-slug');
    const parsed = parsePlan(text, { fileName: 'plan.md' });
    if (!parsed.ok) throw new Error('is no plan');
    expect(parsed.value.kind).toBe('task');
    expect(parsed.value.slug).toBe('a-slug');
    expect(isRunnable(parsed.value)).toBe(true);
    expect(parsed.value.units.map(({ task }) => [task.id, [...task.needs].sort()])).toEqual(
      foreign.plan.units.map(({ id, needs }) => [id, [...needs].sort()]),
    );
    const same = withChanges(foreign.plan, text, text);
    expect(same?.units).toEqual(foreign.plan.units);
    const ticked = withChanges(foreign.plan, text, text.replaceAll('[ ]', '[x]'));
    expect(ticked?.units.every((unit) => unit.done)).toBe(true);
    if (ticked === undefined) return;
    const written = format.write(ticked, { name, kept: foreign.kept });
    const again = format.read(written.files);
    expect(again.ok && again.value.plan.units.every((unit) => unit.done)).toBe(true);
  });

  test('every other format takes it', () => {
    const { plan } = sample(name);
    for (const other of FORMATS) {
      const written = other.write(plan, { name: 'taken' });
      expect([other.name, written.notes]).toEqual([other.name, []]);
      const [sighting] = sightingsIn(written.files);
      expect([other.name, sighting?.format]).toEqual([other.name, other.name]);
      expect(sighting?.score).toBeGreaterThan(SURE);
    }
  });

  test('what is kept can be written and read', () => {
    const { ids, statuses, kept } = sample(name);
    const record = { format: format.name, root: 'x', slug: 'x', plan_sha256: '', ids, statuses, files: kept.files };
    expect(readForeign(foreignText(record))).toEqual({ ok: true, value: record });
  });
});

test('a record that is none is refused with what is wrong', () => {
  expect(readForeign('{')).toMatchObject({ ok: false });
  expect(readForeign('{"schema":2}')).toMatchObject({ ok: false, error: expect.stringContaining('schema') });
});

test('a plan of any kind can be exported', () => {
  const phased =
    '# Move\n\n## [x] Phase 1 of 2: Pack\n\n### [x] 1. Box it\n\n### Files\n\n- `a.ts`\n\n### Verification\n\n- [x] `npm test`\n\n## [ ] Phase 2 of 2: Carry\n\n### [ ] 2. Lift\n\n### Verification\n\n- [ ] `npm run carry`\n';
  const plan = portableOf(phased);
  expect(plan?.units.map(({ id, needs, done, verify }) => ({ id, needs, done, verify }))).toEqual([
    { id: 'P1', needs: [], done: true, verify: ['npm test'] },
    { id: 'P2', needs: ['P1'], done: false, verify: ['npm run carry'] },
  ]);
  if (plan !== undefined) for (const format of FORMATS) expect(format.write(plan, { name: 'move' }).notes).toEqual([]);
});
