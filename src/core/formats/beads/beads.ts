import type { Portable, PortableUnit } from '../../plan/portable.ts';
import { acceptedIn } from '../accepted.ts';
import { Builder } from '../builder.ts';
import { changesOf } from '../changes.ts';
import { provenIn } from '../commands.ts';
import type { ForeignFile, Format, Kept, Sighting, Written } from '../format.ts';
import { at, idOf, type JsonNode, parseJson, textAt, wordsAt } from '../json.ts';
import { asIn, fileName, flat, folderOf, spoken } from '../lines.ts';
import type { Building } from '../order.ts';
import { pathsIn } from '../paths.ts';
import { checked, idRecord, Patches } from '../write.ts';

/** beads: `.beads/issues.jsonl`, one JSON value a line. */
export const beads: Format = {
  name: 'beads',
  title: 'beads',
  place: '.beads/issues.jsonl',
  detect,
  read,
  write: (plan, { kept, name }) => checked(beads, plan, kept === undefined ? fresh(plan, name) : patched(plan, kept)),
};

const STATUSES = new Set(['open', 'in_progress', 'blocked', 'deferred', 'closed', 'pinned', 'hooked', 'tombstone']);
/** What makes one wait for another: `depends_on_id` comes first. The last ones are no words of beads, but agents write them. */
const BLOCKING = new Set([
  'blocks',
  'conditional-blocks',
  'waits-for',
  'blocked-by',
  'depends-on',
  'needs',
  'requires',
]);
/** `depends_on_id` is the whole. */
const PARENT = new Set(['parent-child', 'parent', 'child-of', 'part-of', 'subtask-of']);
/** Known links that make nobody wait. */
const LINKS = new Set([
  'related',
  'relates-to',
  'discovered-from',
  'replies-to',
  'duplicates',
  'supersedes',
  'authored-by',
  'assigned-to',
  'approved-by',
  'attests',
  'tracks',
  'until',
  'caused-by',
  'validates',
  'delegated-from',
]);

function detect(files: readonly ForeignFile[]): readonly Sighting[] {
  return files.flatMap((file) => {
    if (!/\.jsonl$/i.test(file.path)) return [];
    const first = file.text
      .slice(0, 20_000)
      .split('\n')
      .filter((line) => line.trim() !== '')
      .slice(0, 20);
    const shaped = first.filter(
      (line) => /^\s*\{/.test(line) && /"id"\s*:/.test(line) && /"title"\s*:/.test(line) && /"status"\s*:/.test(line),
    ).length;
    const placed = /(?:^|\/)\.beads\/(?:issues|beads)\.jsonl$/.test(file.path);
    if (shaped === 0 && !placed) return [];
    const base = fileName(folderOf(file.path).replace(/\/?\.beads$/, ''));
    return [
      {
        format: 'beads' as const,
        root: file.path,
        name: base || 'beads',
        files: [file.path],
        score: Math.min(1, (placed ? 0.6 : 0.3) + (shaped > 0 ? 0.4 : 0)),
        signs: [...(placed ? ['.beads/'] : []), `lines with id, title and status`],
        missing: placed ? [] : ['.beads/issues.jsonl'],
      },
    ];
  });
}

interface Entry {
  readonly id: string;
  readonly node: JsonNode;
}

function entriesOf(
  file: ForeignFile,
  broken?: (place: { start: number; end: number }, message: string) => void,
): readonly Entry[] {
  const entries: Entry[] = [];
  for (let from = 0; from < file.text.length;) {
    let end = file.text.indexOf('\n', from);
    if (end < 0) end = file.text.length;
    if (file.text.slice(from, Math.min(end, from + 200)).trim() !== '' || end - from > 200) {
      const node = parseJson(file.text, from, end);
      const id = 'message' in node ? undefined : idOf(at(node, 'id'));
      if ('message' in node) broken?.({ start: node.at, end }, node.message);
      else if (id === undefined) broken?.({ start: node.start, end: node.end }, 'it has no id');
      else entries.push({ id, node });
    }
    from = end + 1;
  }
  return entries;
}

function linesFile(files: readonly ForeignFile[]): ForeignFile | undefined {
  return files.find((one) => /\.jsonl$/i.test(one.path)) ?? files[0];
}

interface Link {
  readonly to: string;
  readonly type: string;
  readonly node: JsonNode;
}

function linksOf(entry: Entry): readonly Link[] {
  return (at(entry.node, 'dependencies')?.items ?? []).flatMap((node) => {
    const to = idOf(at(node, 'depends_on_id')) ?? idOf(node);
    return to === undefined ? [] : [{ to, type: (textAt(node, 'type') ?? 'blocks').replaceAll('_', '-'), node }];
  });
}

function read(files: readonly ForeignFile[]): ReturnType<Format['read']> {
  const builder = new Builder('beads', files);
  const file = linesFile(files);
  if (file === undefined) return builder.done({ title: '', context: '' });
  const entries = entriesOf(file, (place, message) => {
    builder.say(
      { file, ...place },
      'FF-01',
      'warning',
      `This line is left out: ${message}.`,
      'Correct the line and import it again; it stays in the file as it is.',
    );
  });
  const all = new Map(entries.map((entry) => [entry.id, entry]));
  builder.ids.reserve(
    entries.map((entry) => textAt(entry.node, 'external_ref')?.replace(/^masterplan:/, '') ?? entry.id),
  );
  const deleted = new Set<string>();
  const made: [Entry, Building][] = [];
  for (const entry of entries) {
    const { id, node } = entry;
    const status = textAt(node, 'status') ?? 'open';
    if (status === 'tombstone') {
      deleted.add(id);
      continue;
    }
    const place = { file, start: node.start, end: node.start + 1 };
    const parts = ['description', 'design', 'notes'].map((key) => {
      const text = textAt(node, key) ?? '';
      return key === 'notes' ? { verify: [], criteria: [], rest: text } : acceptedIn(text);
    });
    const words = parts.map((part) => part.rest).filter((text) => text.trim() !== '');
    const proven = [provenIn(wordsAt(node, 'acceptance_criteria').join('\n')), ...parts];
    const parent = linksOf(entry).find((link) => PARENT.has(link.type))?.to;
    const minutes = at(node, 'estimated_minutes')?.value;
    const unit = builder.unit(
      id,
      flat(textAt(node, 'title') ?? '') || id,
      place,
      {
        group: parent === undefined ? undefined : flat(textAt(all.get(parent)?.node, 'title') ?? '') || undefined,
        body: words.join('\n\n'),
        scope: [...pathsIn(words.join('\n'))],
        verify: [...new Set(proven.flatMap(({ verify }) => verify))],
        criteria: proven.flatMap(({ criteria }) => criteria),
        estimate: typeof minutes === 'number' && minutes > 0 ? minutes : undefined,
        done: status === 'closed',
      },
      /^masterplan:(.+)$/.exec(textAt(node, 'external_ref') ?? '')?.[1] ?? id,
    );
    if (unit === undefined) continue;
    builder.statuses[unit.id] = status;
    if (!STATUSES.has(status))
      builder.say(
        { file, ...(at(node, 'status') as JsonNode) },
        'FF-07',
        'info',
        `"${status.slice(0, 40)}" is no status that is known; it counts as open.`,
        `Known: ${[...STATUSES].join(', ')}.`,
      );
    made.push([entry, unit]);
  }
  const unitOf = new Map(made.map(([entry, unit]) => [entry.id, unit]));
  for (const [entry, unit] of made) {
    for (const { to, type, node } of linksOf(entry)) {
      const place = { file, start: node.start, end: node.end };
      if (deleted.has(to)) continue;
      if (BLOCKING.has(type)) builder.need(unit, to, place);
      else if (PARENT.has(type)) {
        // A parent is finished by the last of its children; these wait for what it waits for.
        const parent = unitOf.get(to);
        if (parent === undefined)
          builder.say(
            place,
            'FF-03',
            'warning',
            `${entry.id} is a part of ${to.slice(0, 60)}, which is not there.`,
            'Name one that exists, or remove it.',
          );
        else if (parent !== unit) {
          for (const above of linksOf(all.get(to) as Entry)) {
            const other = unitOf.get(above.to);
            if (BLOCKING.has(above.type) && other !== undefined && other !== unit) unit.needs.add(other.id);
          }
          if (!unit.needs.has(parent.id)) parent.needs.add(unit.id);
        }
      } else if (!LINKS.has(type))
        builder.say(
          place,
          'FF-08',
          'info',
          `A link of type "${type.slice(0, 40)}" makes nobody wait and is only kept.`,
          'Use "blocks" for what must come first.',
        );
    }
  }
  const prefix = /^([a-z][a-z0-9_-]*)-/i.exec(made[0]?.[0].id ?? '')?.[1];
  const base = fileName(folderOf(file.path).replace(/\/?\.beads$/, ''));
  return builder.done({ title: spoken(base || prefix || 'beads'), context: '' });
}

function fresh(plan: Portable, name: string): Written {
  const prefix = /^[a-z][a-z0-9]{0,11}/.exec(name)?.[0] ?? 'bd';
  const ids = new Map(
    plan.units.map((unit, i) => [
      unit.id,
      `${prefix}-${/^T\d{1,9}(?:\.\d+)*$/.test(unit.id) ? unit.id.slice(1) : `m${i + 1}`}`,
    ]),
  );
  return {
    files: [{ path: '.beads/issues.jsonl', text: plan.units.map((unit) => `${lineFor(unit, ids)}\n`).join('') }],
    ids: idRecord(ids),
    notes: [],
  };
}

function lineFor(unit: PortableUnit, ids: ReadonlyMap<string, string>): string {
  const id = ids.get(unit.id) ?? unit.id;
  const description = [
    unit.body.trim(),
    unit.scope.length === 0 ? '' : `Files: ${unit.scope.map((path) => `\`${path}\``).join(', ')}`,
  ]
    .filter((one) => one !== '')
    .join('\n\n');
  const accept = [...unit.verify.map((run) => `- \`${run}\``), ...unit.criteria.map((one) => `- ${flat(one)}`)].join(
    '\n',
  );
  const needs = unit.needs.flatMap((need) =>
    ids.has(need) && need !== unit.id ? [{ issue_id: id, depends_on_id: ids.get(need), type: 'blocks' }] : [],
  );
  return JSON.stringify({
    id,
    title: flat(unit.title),
    ...(description === '' ? {} : { description }),
    ...(accept === '' ? {} : { acceptance_criteria: accept }),
    status: unit.done ? 'closed' : 'open',
    priority: 2,
    issue_type: 'task',
    ...(unit.estimate === undefined ? {} : { estimated_minutes: Math.round(unit.estimate) }),
    external_ref: `masterplan:${unit.id}`,
    ...(needs.length === 0 ? {} : { dependencies: needs }),
  });
}

function patched(plan: Portable, kept: Kept): Written {
  const was = read(kept.files);
  const file = linesFile(kept.files);
  if (!was.ok || file === undefined)
    return { files: kept.files, ids: {}, notes: ['The kept files cannot be read any more.'] };
  const entries = entriesOf(file);
  const { plan: before, ids: kid } = was.value;
  const changes = changesOf(before, plan);
  const byId = new Map<string, Entry>();
  for (const entry of entries) if (!byId.has(entry.id)) byId.set(entry.id, entry);
  const prefix = /^(.+)-[^-]*$/.exec(entries[0]?.id ?? '')?.[1] ?? 'bd';
  const ids = new Map(Object.entries(kid));
  for (const unit of changes.added) {
    const wanted = `${prefix}-${unit.id.toLowerCase()}`;
    ids.set(unit.id, byId.has(wanted) ? `${wanted}-new` : wanted);
  }
  const patches = new Patches();
  const set = (entry: Entry, key: string, value: string): void => {
    const node = at(entry.node, key);
    if (node !== undefined) patches.add(file.path, { start: node.start, end: node.end, text: value });
    else
      patches.add(file.path, {
        start: entry.node.end - 1,
        end: entry.node.end - 1,
        text: `,${JSON.stringify(key)}:${value}`,
      });
  };
  for (const { before: old, after, title, needs, done } of changes.changed) {
    const entry = byId.get(kid[after.id] ?? '');
    if (entry === undefined) continue;
    if (title) set(entry, 'title', JSON.stringify(after.title));
    if (done) set(entry, 'status', after.done ? '"closed"' : '"open"');
    if (!needs) continue;
    const wanted = new Set(after.needs.flatMap((need) => ids.get(need) ?? []));
    const had = new Set(old.needs.flatMap((need) => kid[need] ?? []));
    const links = linksOf(entry).filter(({ to, type }) => !BLOCKING.has(type) || !had.has(to) || wanted.has(to));
    const texts = links.map(({ node }) => file.text.slice(node.start, node.end));
    for (const to of wanted)
      if (!had.has(to)) texts.push(JSON.stringify({ issue_id: entry.id, depends_on_id: to, type: 'blocks' }));
    set(entry, 'dependencies', `[${texts.join(',')}]`);
  }
  for (const unit of changes.removed) {
    const entry = byId.get(kid[unit.id] ?? '');
    if (entry === undefined) continue;
    const start = file.text.lastIndexOf('\n', entry.node.start) + 1;
    const end = file.text.indexOf('\n', entry.node.end);
    patches.add(file.path, { start, end: end < 0 ? file.text.length : end + 1, text: '' });
  }
  const { length } = file.text;
  for (const unit of changes.added)
    patches.add(file.path, {
      start: length,
      end: length,
      text: asIn(file.text, `${file.text === '' || file.text.endsWith('\n') ? '' : '\n'}${lineFor(unit, ids)}\n`),
    });
  const left = new Set(plan.units.map((unit) => unit.id));
  return {
    files: patches.apply(kept.files),
    ids: Object.fromEntries([...ids].filter(([id]) => left.has(id))),
    notes: changes.notes,
  };
}
