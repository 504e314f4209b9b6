import { inertMarkdown } from '../../plan/kinds/task-inert.ts';
import { plainText } from '../../plan/markdown/inline.ts';
import type { Portable, PortableUnit } from '../../plan/portable.ts';
import { normaliseScope } from '../../plan/scope.ts';
import { filesBelow } from '../below.ts';
import { Builder } from '../builder.ts';
import { changesOf } from '../changes.ts';
import { commandsIn, isCommand, provenIn } from '../commands.ts';
import type { ForeignFile, Format, Kept, Sighting, Written } from '../format.ts';
import { asIn, fileName, flat, folderOf, spoken } from '../lines.ts';
import { isDrafted } from '../drafted.ts';
import type { Building } from '../order.ts';
import { checked, idRecord, Patches } from '../write.ts';
import { listOf, scalar, textOf, yamlHead } from '../yaml-head.ts';
import { elementsIn, escapeXml, type Element, unescapeXml } from './xml.ts';

/** GSD: `.planning/phases/NN-name/NN-MM-PLAN.md`, each with its tasks as XML. */
export const gsd: Format = {
  name: 'gsd',
  title: 'GSD',
  place: '.planning/phases/NN-name/',
  detect,
  read,
  write: (plan, { kept, name }) => checked(gsd, plan, kept === undefined ? fresh(plan, name) : patched(plan, kept)),
};

const PLAN = /(?:^|-)PLAN\.md$/;

function detect(files: readonly ForeignFile[]): readonly Sighting[] {
  const roots = new Map<string, ForeignFile[]>();
  for (const file of files) {
    if (
      !PLAN.test(fileName(file.path)) ||
      !(
        /<task[\s>]/.test(file.text) ||
        /^phase:/m.test(file.text.slice(0, 2000)) ||
        (isDrafted(file) && /(?:^|\/)\.planning\//.test(file.path))
      )
    )
      continue;
    const root = folderOf(file.path);
    const plans = roots.get(root);
    if (plans === undefined) roots.set(root, [file]);
    else plans.push(file);
  }
  return [...roots].map(([root, plans]) => {
    const placed = /(?:^|\/)\.planning\/phases\/[^/]+$/.test(root);
    const tasks = plans.some((file) => /<task[\s>]/.test(file.text) || isDrafted(file));
    const own = new Set(plans);
    const beside = filesBelow(files, root).filter(
      (file) => folderOf(file.path) === root && file.path.endsWith('.md') && !own.has(file),
    );
    return {
      format: 'gsd' as const,
      root: root === '' ? '.' : root,
      name: fileName(root) || 'phase',
      files: [...plans.map((file) => file.path).sort(), ...beside.map((file) => file.path)],
      score: Math.min(1, 0.3 + (tasks ? 0.3 : 0) + (placed ? 0.4 : 0)),
      signs: [
        `${plans.length} ${plans.length === 1 ? 'file' : 'files'} …-PLAN.md`,
        ...(tasks ? ['tasks'] : []),
        ...(placed ? ['.planning/phases/'] : []),
      ],
      missing: [...(placed ? [] : ['.planning/phases/NN-name/']), ...(tasks ? [] : ['<task> elements'])],
    };
  });
}

interface PlanFile {
  readonly file: ForeignFile;
  /** `01-02`. */
  readonly id: string;
  readonly tasks: readonly Element[];
  readonly data: Readonly<Record<string, unknown>>;
  readonly dependsAt: { readonly start: number; readonly end: number } | undefined;
}

function plansOf(files: readonly ForeignFile[], builder?: Builder): readonly PlanFile[] {
  return files
    .filter((file) => PLAN.test(fileName(file.path)))
    .map((file): PlanFile => {
      const head = yamlHead(file.text);
      if (head?.error !== undefined)
        builder?.say(
          { file, start: head.error.at, end: head.error.at },
          'FF-01',
          'warning',
          `The front matter is not read: ${head.error.message}.`,
          'Correct it and import it again.',
        );
      const named = /^(\d{1,4}(?:\.\d{1,4})?-\d{1,4})/.exec(fileName(file.path))?.[1];
      const phase = /^\d{1,4}/.exec(textOf(head?.data['phase']) ?? '')?.[0];
      const plan = /^(?:\d{1,4}-)?(\d{1,4})/.exec(textOf(head?.data['plan']) ?? '')?.[1];
      const id =
        named ??
        (phase !== undefined && plan !== undefined
          ? `${phase.padStart(2, '0')}-${plan.padStart(2, '0')}`
          : fileName(file.path).replace(/-?PLAN\.md$/, '') || '01-01');
      return {
        file,
        id,
        tasks: tasksIn(file, head?.end ?? 0),
        data: head?.data ?? {},
        dependsAt: head?.place('depends_on'),
      };
    })
    .sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

/** The tasks of a plan: `<task>` elements, or else sections such as `## Task 2: Title`. */
function tasksIn(file: ForeignFile, from: number): readonly Element[] {
  const found = elementsIn(file.text, 'task', from);
  if (found.length > 0 || !isDrafted(file)) return found;
  const heads = [...file.text.matchAll(/^#{2,4} (?:\[[ xX]\] )?Task \d{1,4}\b[^\n]*$/gm)];
  return heads.map((head, i) => {
    const end = heads[i + 1]?.index ?? file.text.length;
    return { start: head.index, bodyStart: head.index + head[0].length, bodyEnd: end, end, attributes: '' };
  });
}

function isSection(file: ForeignFile, task: Element): boolean {
  return file.text[task.start] === '#';
}

// What stands behind `<task` or in the heading of a section.
function headOf(file: ForeignFile, task: Element): string {
  return file.text.slice(task.start, task.bodyStart);
}

/** An attribute of a task, as it is written. */
function attribute(task: Element, name: string): string | undefined {
  return new RegExp(`\\b${name}=(?:"([^"]{0,4000})"|'([^']{0,4000})')`)
    .exec(task.attributes)
    ?.slice(1)
    .find((one) => one !== undefined);
}

const READ = new Set([
  'name',
  'n',
  'title',
  'files',
  'verify',
  'automated',
  'done',
  'acceptance_criteria',
  'what-built',
  'decision',
  'resume-signal',
]);

/** Everything else that a task holds, in its order: the action plainly, others below their names. */
function bodyOf(file: ForeignFile, task: Element): readonly string[] {
  const body = file.text.slice(task.bodyStart, task.bodyEnd);
  const parts: string[] = [];
  const absent = new Set<string>();
  const open = /<([a-z][\w-]{0,40})(?:\s[^<>]{0,400})?>/g;
  let at = 0;
  let plain = '';
  for (let found = open.exec(body); found !== null; found = open.exec(body)) {
    const name = found[1] as string;
    const close = absent.has(name) ? -1 : body.indexOf(`</${name}>`, open.lastIndex);
    if (close < 0) {
      absent.add(name);
      continue;
    }
    plain += body.slice(at, found.index);
    const text = dedent(unescapeXml(body.slice(open.lastIndex, close)));
    if (!READ.has(name) && text !== '')
      parts.push(PLAIN.has(name) ? text : `**${name.replaceAll(/[-_]/g, ' ')}**\n\n${text}`);
    at = close + name.length + 3;
    open.lastIndex = at;
  }
  plain = (plain + body.slice(at))
    .replace(/^-{3,}[ \t]*$/gm, '')
    .replace(WAITS, '')
    .trim();
  return plain === '' ? parts : [plain, ...parts];
}

// The indentation of an element is not that of its text.
function dedent(text: string): string {
  const lines = text.replace(/\r\n/g, '\n').split('\n');
  const [first = ''] = lines;
  const depths = lines.slice(1).flatMap((line) => (line.trim() === '' ? [] : [/^[ \t]*/.exec(line)?.[0].length ?? 0]));
  const depth = depths.reduce((least, one) => Math.min(least, one), 80);
  return [first.trim(), ...lines.slice(1).map((line) => line.slice(Math.min(depth, line.length)))].join('\n').trim();
}

const WAITS = /^\*\*Depends on:?\*\*:?[ \t]*(.{0,400})$/im;

const PLAIN = new Set(['action', 'how-to-verify', 'context', 'options']);

function key(id: string): string {
  return id.replace(/-PLAN(?:\.md)?$/, '').replace(/(^|[-.])0+(?=\d)/g, '$1');
}

function inside(file: ForeignFile, element: Element, name: string): Element | undefined {
  return elementsIn(file.text, name, element.bodyStart, element.bodyEnd)[0];
}

function textIn(file: ForeignFile, element: Element, name: string): string {
  const found = inside(file, element, name);
  return found === undefined ? '' : unescapeXml(file.text.slice(found.bodyStart, found.bodyEnd)).trim();
}

// The name of a task; an option of a decision has one too.
function nameOf(file: ForeignFile, task: Element): string {
  const options = inside(file, task, 'options');
  const found = ['name', 'n', 'title']
    .map((name) => inside(file, task, name))
    .find(
      (one) => one !== undefined && !(options !== undefined && one.start > options.start && one.end <= options.end),
    );
  if (found !== undefined) return unescapeXml(file.text.slice(found.bodyStart, found.bodyEnd)).trim();
  const heading = /^#+ (?:\[[ xX]\] )?(.*)$/.exec(headOf(file, task).trim())?.[1];
  return heading ?? attribute(task, 'title') ?? attribute(task, 'name') ?? '';
}

/** The items of a list, each as one line. */
function itemsIn(text: string): readonly string[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const item = /^\s{0,3}[-*]\s+(?:\[[ xX]\]\s+)?(\S.*)$/.exec(line.slice(0, 4000))?.[1];
    return item === undefined ? [] : [plainText(item)];
  });
}

function like(planId: string, n: number): string {
  return `${planId
    .split(/[-.]/)
    .map((part) => String(Number(part)))
    .join('.')}.${n}`;
}

function read(files: readonly ForeignFile[]): ReturnType<Format['read']> {
  const builder = new Builder('gsd', files);
  const plans = plansOf(files, builder);
  const finished = new Set(files.flatMap((file) => /^(.*)-SUMMARY\.md$/.exec(fileName(file.path))?.[1] ?? []));
  const rows = plans.map((plan) => ({ plan, units: [] as { unit: Building; task: Element }[] }));
  for (const row of rows) {
    const { file, id, tasks, data } = row.plan;
    const objective = elementsIn(file.text, 'objective', 0)[0];
    const goal =
      objective === undefined
        ? ''
        : flat(file.text.slice(objective.bodyStart, objective.bodyEnd).trim().split('\n')[0] ?? '');
    tasks.forEach((task, i) => {
      const title =
        flat(nameOf(file, task).replace(/^Task\s+[\d.-]{1,12}\s*:\s*/i, '')) ||
        flat(textIn(file, task, 'what-built') || textIn(file, task, 'decision')) ||
        `Task ${i + 1}`;
      const verify = textIn(file, task, 'automated') || textIn(file, task, 'verify').replace(/<\/?automated>/g, '');
      const accepted = provenIn(textIn(file, task, 'acceptance_criteria'));
      const commands =
        isCommand(verify.trim()) && !/ (?:passes|pass|succeeds|works|returns|shows|prints)\b/.test(verify)
          ? [verify.trim()]
          : [...commandsIn(verify), ...provenIn(verify).verify];
      const words = provenIn(verify).criteria;
      const status = attribute(task, 'status') ?? (/^#+ \[[xX]\]/.test(headOf(file, task)) ? 'done' : undefined);
      const type = attribute(task, 'type') ?? 'auto';
      const done = status === undefined ? finished.has(id) : /^(?:done|complete|completed)$/i.test(status);
      const unit = builder.unit(
        `${id}#${i + 1}`,
        title,
        { file, start: task.start, end: task.bodyStart },
        {
          group: `Plan ${id}${goal === '' ? '' : `: ${goal.slice(0, 120)}`}`,
          body: [...(type === 'auto' ? [] : [`This is a ${type}.`]), ...bodyOf(file, task)].join('\n\n'),
          scope: textIn(file, task, 'files')
            .split(/[,\n]/)
            .map((path) => path.replace(/\(.*\)|`/g, '').trim())
            .filter((path) => path !== '' && normaliseScope(path).ok),
          verify: [...new Set([...commands, ...accepted.verify])],
          criteria: [
            ...provenIn(textIn(file, task, 'done')).criteria,
            ...accepted.criteria,
            ...(isCommand(verify.trim()) && commands.length > 0 ? [] : words),
          ],
          requirementIds: ['requirements', 'requirements_addressed'].flatMap((name) => listOf(data[name])),
          done,
        },
        like(id, i + 1),
      );
      if (unit === undefined) return;
      builder.statuses[unit.id] = done ? 'complete' : (status ?? 'open');
      row.units.push({ unit, task });
    });
    const truths = (data['must_haves'] as { truths?: unknown } | undefined)?.truths;
    const whole = [
      ...listOf(Array.isArray(truths) ? truths : []),
      ...['must_haves', 'success_criteria'].flatMap((name) => {
        const found = elementsIn(file.text, name, 0)[0];
        return found === undefined ? [] : itemsIn(unescapeXml(file.text.slice(found.bodyStart, found.bodyEnd)));
      }),
    ];
    whole.forEach((truth, i) => {
      builder.criteria.push({ id: `${id}.${i + 1}`, title: flat(truth), text: '', requirements: [] });
    });
  }
  const last = new Map(
    rows.flatMap(({ plan, units }) => (units.length === 0 ? [] : [[key(plan.id), units.at(-1)?.unit] as const])),
  );
  for (const { plan, units } of rows) {
    units.forEach(({ unit, task }, i) => {
      const place = { file: plan.file, start: task.start, end: task.bodyStart };
      const said = attribute(task, 'needs');
      const waits = isSection(plan.file, task)
        ? WAITS.exec(plan.file.text.slice(task.bodyStart, task.bodyEnd))?.[1]
        : undefined;
      if (said !== undefined)
        for (const need of said.split(/[,\s]+/).filter((one) => one !== '' && one !== 'none'))
          builder.need(unit, need, place);
      else if (waits !== undefined) {
        for (const [, n] of waits.matchAll(/\bTasks?\s+(\d{1,4})\b/gi))
          builder.need(unit, `${plan.id}#${Number(n)}`, place);
      } else if (i > 0) unit.needs.add((units[i - 1] as { unit: Building }).unit.id);
      else
        for (const need of listOf(plan.data['depends_on'])) {
          const phase = /^\d+/.exec(plan.id)?.[0] ?? '';
          const other = last.get(key(need)) ?? last.get(key(`${phase}-${need}`));
          if (other !== undefined && other !== unit) unit.needs.add(other.id);
          else if (other === undefined)
            builder.say(
              { file: plan.file, ...(plan.dependsAt ?? place) },
              'FF-03',
              'warning',
              `${plan.id} needs ${need.slice(0, 60)}, which is not among these plans; that need is left out.`,
              'If it is of an earlier phase, see that this one is finished.',
            );
        }
    });
  }
  for (const file of files)
    if (!PLAN.test(fileName(file.path)) && file.path.endsWith('.md'))
      builder.documents.push({ path: file.path, title: fileName(file.path) });
  const goals = rows.flatMap(({ plan }) => {
    const objective = elementsIn(plan.file.text, 'objective', 0)[0];
    return objective === undefined
      ? []
      : [`**Plan ${plan.id}**\n\n${plan.file.text.slice(objective.bodyStart, objective.bodyEnd).trim()}`];
  });
  return builder.done({
    title: spoken(fileName(folderOf(plans[0]?.file.path ?? '')) || 'phase'),
    context: goals.join('\n\n'),
  });
}

function taskXml(unit: PortableUnit, n: number, needs: string | undefined): string {
  const attributes = `type="auto"${unit.done ? ' status="done"' : ''}${needs === undefined ? '' : ` needs="${needs}"`}`;
  const out = [`<task ${attributes}>`, `  <name>Task ${n}: ${escapeXml(flat(unit.title))}</name>`];
  if (unit.scope.length > 0) out.push(`  <files>${unit.scope.map(escapeXml).join(', ')}</files>`);
  out.push(`  <action>${escapeXml(inertMarkdown(unit.body, 3) || flat(unit.title))}</action>`);
  if (unit.verify.length > 0)
    out.push(`  <verify>\n${unit.verify.map((run) => `- \`${escapeXml(flat(run))}\``).join('\n')}\n  </verify>`);
  const criteria = unit.criteria.map(flat).filter((one) => one !== '');
  if (criteria.length > 0) out.push(`  <done>\n${criteria.map((one) => `- ${escapeXml(one)}`).join('\n')}\n  </done>`);
  return [...out, '</task>'].join('\n');
}

// The form of plans that have their tasks as sections.
function sectionText(unit: PortableUnit, n: number, waits: string): string {
  const xml = taskXml(unit, n, undefined)
    .replace(/^<task[^>]*>\n[^\n]*\n/, '')
    .replace(/<\/task>$/, '')
    .replace(/^ {2}/gm, '');
  return [`## ${unit.done ? '[x] ' : ''}Task ${n}: ${flat(unit.title)}`, '', waits, '', xml.trimEnd()].join('\n');
}

/** Needs within a plan, as sections say them. */
function waitsText(needs: readonly string[], ids: ReadonlyMap<string, string>, plan: string): string {
  const own = needs.flatMap((need) => {
    const [home, n] = (ids.get(need) ?? '').split('#');
    return home === plan && n !== undefined ? [`Task ${n}`] : [];
  });
  return `**Depends on:** ${own.length === 0 ? 'None' : own.join(', ')}`;
}

function fresh(plan: Portable, name: string): Written {
  const root = `.planning/phases/01-${name.replace(/^\d{1,4}-/, '')}`;
  const groups: { title: string | undefined; units: PortableUnit[] }[] = [];
  for (const unit of plan.units) {
    const group = groups.at(-1);
    if (group !== undefined && group.title === unit.group) group.units.push(unit);
    else groups.push({ title: unit.group, units: [unit] });
  }
  const number = (n: number): string => String(n).padStart(2, '0');
  const ids = new Map(
    groups.flatMap(({ units }, g) => units.map((unit, i) => [unit.id, `01-${number(g + 1)}#${i + 1}`] as const)),
  );
  const groupOf = new Map(groups.flatMap(({ units }, g) => units.map((unit) => [unit.id, g] as const)));
  const files = groups.map(({ title, units }, g) => {
    const before = [...new Set((units[0]?.needs ?? []).flatMap((need) => groupOf.get(need) ?? []))].filter(
      (one) => one !== g,
    );
    const tasks = units.map((unit, i) => {
      const usual =
        i > 0 ? [(units[i - 1] as PortableUnit).id] : before.map((one) => groups[one]?.units.at(-1)?.id ?? '');
      const same = usual.length === unit.needs.length && usual.every((one) => unit.needs.includes(one));
      return taskXml(
        unit,
        i + 1,
        same ? undefined : unit.needs.flatMap((need) => ids.get(need) ?? []).join(',') || 'none',
      );
    });
    const modified = [...new Set(units.flatMap((unit) => unit.scope))];
    const head = [
      '---',
      `phase: ${scalar(`01-${name}`)}`,
      `plan: ${number(g + 1)}`,
      'type: execute',
      `depends_on: [${before.map((one) => `"01-${number(one + 1)}"`).join(', ')}]`,
      `files_modified: [${modified.map((path) => scalar(path)).join(', ')}]`,
      'autonomous: true',
      '---',
    ];
    const text = `${head.join('\n')}\n\n<objective>\n${escapeXml(flat(title ?? plan.title))}\n</objective>\n\n<tasks>\n\n${tasks.join('\n\n')}\n\n</tasks>\n`;
    return { path: `${root}/01-${number(g + 1)}-PLAN.md`, text };
  });
  return { files, ids: idRecord(ids), notes: [] };
}

function patched(plan: Portable, kept: Kept): Written {
  const was = read(kept.files);
  if (!was.ok) return { files: kept.files, ids: {}, notes: ['The kept files cannot be read any more.'] };
  const { plan: before, ids: kid } = was.value;
  const plans = plansOf(kept.files);
  const byId = new Map<string, { readonly file: ForeignFile; readonly task: Element }>(
    plans.flatMap(({ file, id, tasks }) => tasks.map((task, i) => [`${id}#${i + 1}`, { file, task }] as const)),
  );
  const changes = changesOf(before, plan);
  const ids = new Map(Object.entries(kid));
  const last = plans.findLast((one) => one.tasks.length > 0);
  changes.added.forEach((unit, i) => ids.set(unit.id, `${last?.id ?? '01-01'}#${(last?.tasks.length ?? 0) + i + 1}`));
  const patches = new Patches();
  const touched = new Map(changes.changed.map((change) => [change.after.id, change]));
  for (const unit of plan.units) {
    const found = byId.get(kid[unit.id] ?? '');
    const change = touched.get(unit.id);
    if (found === undefined || change === undefined) continue;
    const { file, task } = found;
    if (isSection(file, task)) {
      const head = headOf(file, task).trimEnd();
      const lead = /^#+ (?:\[[ xX]\] )?Task \d{1,4}(?:\s*[:.)–—-]\s*|\s*)/.exec(head)?.[0].length ?? head.length;
      const mark = /^#+ (?:\[[ xX]\] )?/.exec(head)?.[0] ?? '## ';
      if (change.title)
        patches.add(file.path, {
          start: task.start + lead,
          end: task.start + head.length,
          text: flat(unit.title),
        });
      if (change.done)
        patches.add(file.path, {
          start: task.start,
          end: task.start + mark.length,
          text: `${/^#+ /.exec(mark)?.[0] ?? '## '}${unit.done ? '[x] ' : ''}`,
        });
      if (change.needs) {
        const body = file.text.slice(task.bodyStart, task.bodyEnd);
        const said = WAITS.exec(body);
        const text = waitsText(unit.needs, ids, (kid[unit.id] ?? '').replace(/#\d+$/, ''));
        const at = task.bodyStart + (said?.index ?? 0);
        const until = at + (said?.[0].length ?? 0);
        patches.add(file.path, { start: at, end: until, text: said === null ? asIn(file.text, `\n\n${text}`) : text });
      }
      continue;
    }
    if (change.title) {
      const name = inside(file, task, 'name');
      if (name !== undefined) {
        const lead = /^\s*Task\s+\d{1,4}\s*:\s*/i.exec(file.text.slice(name.bodyStart, name.bodyEnd))?.[0].length ?? 0;
        patches.add(file.path, { start: name.bodyStart + lead, end: name.bodyEnd, text: escapeXml(unit.title) });
      }
    }
    let attributes = task.attributes;
    if (change.done)
      attributes = `${attributes.replace(/\s*\bstatus="[^"]*"/, '')} status="${unit.done ? 'done' : 'open'}"`;
    if (change.needs)
      attributes = `${attributes.replace(/\s*\bneeds="[^"]*"/, '')} needs="${unit.needs.flatMap((need) => ids.get(need) ?? []).join(',') || 'none'}"`;
    if (attributes !== task.attributes)
      patches.add(file.path, { start: task.start + '<task'.length, end: task.bodyStart - 1, text: attributes });
  }
  const notes = [...changes.notes];
  if (changes.removed.length > 0)
    notes.push(
      `${changes.removed.map((unit) => unit.id).join(', ')}: tasks that were removed stay in their files, for the others are known by their place.`,
    );
  const end = last?.tasks.at(-1)?.end;
  if (last !== undefined && end !== undefined)
    changes.added.forEach((unit, i) => {
      const needs = unit.needs.flatMap((need) => ids.get(need) ?? []).join(',') || 'none';
      patches.add(last.file.path, {
        start: end,
        end,
        text: asIn(
          last.file.text,
          isSection(last.file, last.tasks[0] as Element)
            ? `${last.file.text.slice(0, end).endsWith('\n') ? '' : '\n'}\n${sectionText(unit, last.tasks.length + i + 1, waitsText(unit.needs, ids, last.id))}\n`
            : `\n\n${taskXml(unit, last.tasks.length + i + 1, needs)}`,
        ),
      });
    });
  const left = new Set(plan.units.map((unit) => unit.id));
  return { files: patches.apply(kept.files), ids: Object.fromEntries([...ids].filter(([id]) => left.has(id))), notes };
}
