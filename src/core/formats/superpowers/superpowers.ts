import type { Portable, PortableUnit } from '../../plan/portable.ts';
import { groupsUnits } from '../../plan/context.ts';
import type { DraftUnit } from '../../plan/draft.ts';
import { inertMarkdown } from '../../plan/kinds/task-inert.ts';
import { plainText } from '../../plan/markdown/inline.ts';
import { readDraft } from '../../plan/parse.ts';
import { Builder } from '../builder.ts';
import { changesOf } from '../changes.ts';
import { codeIn } from '../details.ts';
import type { ForeignFile, Format, Kept, Sighting, Written } from '../format.ts';
import { asIn, fileName, flat, linesIn, spoken } from '../lines.ts';
import { unitBody } from '../plan-text.ts';
import { checked, freeNumber, freshIds, idRecord, Patches } from '../write.ts';

/** superpowers: `docs/superpowers/plans/YYYY-MM-DD-name.md`, its spec and its ledger. */
export const superpowers: Format = {
  name: 'superpowers',
  title: 'superpowers',
  place: 'docs/superpowers/plans/YYYY-MM-DD-name.md',
  detect,
  read,
  write: (plan, { kept, name }) =>
    checked(superpowers, plan, kept === undefined ? fresh(plan, name) : patched(plan, kept)),
};

const TASK_LINE = /^#{2,4} (?:\[[ xX]\] )?Task \d+/m;

function detect(files: readonly ForeignFile[]): readonly Sighting[] {
  return files.flatMap((file) => {
    if (!/\.md$/i.test(file.path) || !TASK_LINE.test(file.text) || /^kind:/m.test(file.text.slice(0, 400))) return [];
    const placed = /(?:^|\/)docs\/(?:superpowers\/)?plans\/[^/]+\.md$/.test(file.path);
    const steps = /^- \[[ xX]\] \*\*Step \d+/m.test(file.text);
    const header =
      /superpowers:(?:subagent-driven-development|executing-plans)/.test(file.text) ||
      /^\*\*Tech Stack:\*\*/m.test(file.text);
    const lists = /^\*\*Files:\*\*\s*$/m.test(file.text);
    if (!steps && !header) return [];
    const stem = fileName(file.path).replace(/\.md$/i, '');
    const topic = stem.replace(/^\d{4}-\d{2}-\d{2}-/, '');
    const beside = files.filter(
      (one) =>
        one !== file &&
        (one.path.includes(`.superpowers/sdd/${stem}/`) ||
          (/\/superpowers\/specs\//.test(one.path) && one.path.includes(topic))),
    );
    const signs = [
      ...(placed ? ['docs/superpowers/plans/'] : []),
      ...(steps ? ['"- [ ] **Step 1: …"'] : []),
      ...(header ? ['the header of a superpowers plan'] : []),
      ...(lists ? ['"**Files:**" lists'] : []),
    ];
    return [
      {
        format: 'superpowers' as const,
        root: file.path,
        name: topic,
        files: [file.path, ...beside.map((one) => one.path)],
        score: Math.min(1, 0.2 + 0.2 * signs.length + (header ? 0.15 : 0)),
        signs,
        missing: [...(steps ? [] : ['steps']), ...(header ? [] : ['its header'])],
      },
    ];
  });
}

function planFile(files: readonly ForeignFile[]): ForeignFile | undefined {
  return files.find((one) => TASK_LINE.test(one.text)) ?? files[0];
}

function read(files: readonly ForeignFile[]): ReturnType<Format['read']> {
  const builder = new Builder('superpowers', files);
  const file = planFile(files);
  const draft = file === undefined ? undefined : readDraft(file.text, 'task');
  if (file === undefined || draft === undefined || !draft.ok) return builder.done({ title: '', context: '' });
  const { draft: plan, compiled } = draft.value;
  const complete = ledgerOf(files, file);
  const made = plan.units.map((unit, i) => {
    const text = file.text.slice(unit.start, unit.end);
    const { verify, criteria } = provenBy(text);
    const ticked = unit.boxes.length > 0 && unit.boxes.every((box) => box.ticked);
    const done = ticked || complete.has(unit.id);
    const one = builder.unit(
      unit.id.replace(/^T(?=\d)/, ''),
      unit.title,
      { file, start: unit.heading.start, end: unit.heading.end },
      {
        group: unit.wave !== undefined && groupsUnits(unit.wave) && unit.wave !== 'Tasks' ? unit.wave : undefined,
        body: unitBody(text),
        scope: [...(compiled.tasks[i]?.scope ?? [])],
        verify: [...new Set([...unit.verify.map((command) => command.run), ...verify])],
        criteria: [...unit.criteria, ...criteria],
        agent: unit.agent,
        estimate: unit.estimate,
        done,
      },
    );
    if (one !== undefined)
      builder.statuses[one.id] = done ? 'complete' : unit.boxes.some((box) => box.ticked) ? 'in progress' : 'open';
    return one;
  });
  const unitOf = new Map(made.flatMap((unit) => (unit === undefined ? [] : [[unit.id, unit] as const])));
  compiled.tasks.forEach((task, i) => {
    for (const need of task.needs) if (unitOf.has(need)) made[i]?.needs.add(need);
  });
  for (const one of compiled.findings.filter((finding) => finding.rule === 'GEN-004'))
    builder.say({ file, start: one.span.start, end: one.span.end }, 'FF-03', 'warning', one.message, one.hint);
  for (const one of files)
    if (one !== file && one.path.endsWith('.md')) builder.documents.push({ path: one.path, title: fileName(one.path) });
  const title = plan.title.replace(/\s+implementation plan$/i, '');
  return builder.done({
    title: flat(title) || spoken(fileName(file.path).replace(/\.md$/, '')),
    context: leadOf(file.text, plan.units[0]),
    verify: plan.verify.map((command) => command.run),
  });
}

// The header up to the first task, without the order to agents which skill to use.
function leadOf(text: string, first: DraftUnit | undefined): string {
  return text
    .slice(0, first?.start ?? 0)
    .split(/\r?\n/)
    .filter((line) => !/^# |^---\s*$|superpowers:(?:subagent|executing)|^## Tasks\s*$/.test(line))
    .join('\n')
    .trim();
}

/** `Run:` lines whose `Expected:` is not a failure, and the sentences below `**Acceptance:**`. */
function provenBy(text: string): { readonly verify: readonly string[]; readonly criteria: readonly string[] } {
  const verify: string[] = [];
  const criteria: string[] = [];
  let run: string | undefined;
  let accept = false;
  for (const line of linesIn(text)) {
    if (line.hidden) continue;
    const words = line.text.trim();
    const command = /^(?:[-*] )?(?:\*\*)?Run:(?:\*\*)?\s*`+\s*(.*?)\s*`+/.exec(words);
    if (command !== null) {
      if (run !== undefined) verify.push(run);
      run = command[1];
    } else if (run !== undefined && /^(?:[-*] )?(?:\*\*)?Expected/i.test(words)) {
      if (
        !/\bfail|\berror|not (?:defined|found)|no such/i.test(words) ||
        /no (?:errors|failures)|0 (?:errors|failed)/i.test(words)
      )
        verify.push(run);
      run = undefined;
    }
    const item = /^[-*] (?!\[)(.*)$/.exec(words)?.[1];
    if (/^\*\*(?:Acceptance|Acceptance Criteria):?\*\*:?$/i.test(words)) accept = true;
    else if (accept && item !== undefined) criteria.push(plainText(item));
    else if (words !== '') accept = false;
  }
  if (run !== undefined) verify.push(run);
  return { verify, criteria };
}

/** Ids of tasks that the ledger calls complete. */
function ledgerOf(files: readonly ForeignFile[], plan: ForeignFile): ReadonlySet<string> {
  const complete = new Set<string>();
  for (const file of files) {
    if (file === plan || !file.text.startsWith('# SDD ledger')) continue;
    for (const line of linesIn(file.text)) {
      const match =
        /^(?:- \[[xX]\] )?(?:\*\*)?Tasks? (\d{1,6})(?:\s*[-–]\s*(\d{1,6}))?(?:\*\*)?\s*:\s*(?:\*\*)?complete\b/i.exec(
          line.text,
        );
      if (match === null) continue;
      const from = Number(match[1]);
      const to = Math.min(Number(match[2] ?? match[1]), from + 1000);
      for (let n = from; n <= to; n++) complete.add(`T${n}`);
    }
  }
  return complete;
}

function needsLine(unit: PortableUnit, ids: ReadonlyMap<string, string>): string {
  const needs = unit.needs.flatMap((need) =>
    ids.has(need) && need !== unit.id ? [`Task ${ids.get(need) ?? ''}`] : [],
  );
  return `**Needs:** ${needs.length === 0 ? 'none' : needs.join(', ')}`;
}

function taskText(unit: PortableUnit, id: string, needs: string | undefined): string {
  const out = [`### Task ${id}: ${plainHeading(unit.title)}`, ''];
  if (unit.scope.length > 0) out.push('**Files:**', ...unit.scope.map((path) => `- Modify: ${codeIn(path)}`), '');
  if (needs !== undefined) out.push(needs, '');
  const criteria = unit.criteria.map(flat).filter((one) => one !== '');
  if (criteria.length > 0)
    out.push('**Acceptance:**', '', ...criteria.map((one) => `- ${one.replace(/^\[/, '\\[')}`), '');
  const mark = unit.done ? 'x' : ' ';
  out.push(`- [${mark}] **Step 1: Do it**`, '');
  const body = inertMarkdown(unit.body, 3).replace(/^(\s*[-*+]) \[[ xX]\] /gm, '$1 ');
  if (body !== '') out.push(body, '');
  unit.verify.forEach((run, i) =>
    out.push(`- [${mark}] **Step ${i + 2}: Verify**`, '', `Run: ${codeIn(flat(run))}`, 'Expected: PASS', ''),
  );
  return out.join('\n').trimEnd();
}

function plainHeading(title: string): string {
  return (
    flat(title)
      .replace(/^\[[ xX]\]\s*/, '')
      .replace(/\((?=[^()]*\b(?:deps?|depends on|needs|blocked by)\b)/gi, '(i.e. ')
      .replace(/<!--|-->/g, '') || 'Task'
  );
}

function idsFor(units: readonly PortableUnit[], taken: ReadonlySet<string>): ReadonlyMap<string, string> {
  const next = freeNumber();
  const used = new Set([...taken, ...units.flatMap(({ id }) => (/^T\d/.test(id) ? [id.slice(1)] : []))]);
  return freshIds(
    units,
    ({ id }) => (/^T\d{1,9}(?:\.\d{1,9}){0,4}[a-z]?$/.test(id) && !taken.has(id.slice(1)) ? id.slice(1) : undefined),
    (more) => next(new Set([...used, ...more])),
  );
}

function fresh(plan: Portable, name: string): Written {
  const ids = idsFor(plan.units, new Set());
  const chain = plan.units.every((unit, i) => unit.needs.join() === (i === 0 ? '' : (plan.units[i - 1]?.id ?? '')));
  const tasks = plan.units.map((unit) =>
    taskText(unit, ids.get(unit.id) ?? '', chain ? undefined : needsLine(unit, ids)),
  );
  const head = [
    `# ${flat(plan.title) || spoken(name)} Implementation Plan`,
    '> **For agentic workers:** Use superpowers:executing-plans to carry out this plan task by task. Steps use checkbox (`- [ ]`) syntax for tracking.',
    `**Goal:** ${flat(plan.title)}`,
    ...(plan.context.trim() === '' ? [] : [inertMarkdown(plan.context, 1)]),
    '---',
  ];
  const verify =
    plan.verify.length === 0
      ? []
      : [['## Verification', '', ...plan.verify.map((run) => `- [ ] ${codeIn(flat(run))}`)].join('\n')];
  return {
    files: [{ path: `docs/superpowers/plans/${name}.md`, text: `${[...head, ...tasks, ...verify].join('\n\n')}\n` }],
    ids: idRecord(ids),
    notes: [],
  };
}

function patched(plan: Portable, kept: Kept): Written {
  const was = read(kept.files);
  const file = planFile(kept.files);
  const draft = file === undefined ? undefined : readDraft(file.text, 'task');
  if (!was.ok || file === undefined || draft === undefined || !draft.ok)
    return { files: kept.files, ids: {}, notes: ['The kept files cannot be read any more.'] };
  const { units } = draft.value.draft;
  const { plan: before, ids: kid } = was.value;
  const changes = changesOf(before, plan);
  const byId = new Map<string, DraftUnit>();
  for (const unit of units) if (!byId.has(unit.id)) byId.set(unit.id, unit);
  const ids = new Map([...Object.entries(kid), ...idsFor(changes.added, new Set(Object.values(kid)))]);
  const patches = new Patches();
  const declared = units.some((unit) => unit.needs.length > 0);
  const needsChange =
    changes.changed.some((change) => change.needs) || changes.removed.length > 0 || changes.added.length > 0;
  const touched = new Map(changes.changed.map((change) => [change.after.id, change]));
  const gone = new Set(changes.removed.map((unit) => unit.id));
  for (const unit of plan.units) {
    const own = byId.get(unit.id);
    if (own === undefined || kid[unit.id] === undefined) continue;
    const change = touched.get(unit.id);
    const line = file.text.slice(own.heading.start, own.heading.end);
    if (change?.title === true) {
      const lead = /^#{1,6}\s+(?:\[[ xX]\]\s+)?(?:\*\*)?(?:Task\s+)?[#\w.-]+(?:\s*[:.)—–]\s*|\s+-{1,2}\s+|\s+)/i.exec(
        line,
      )?.[0].length;
      if (lead !== undefined)
        patches.add(file.path, {
          start: own.heading.start + lead,
          end: own.heading.end,
          text: plainHeading(unit.title),
        });
    }
    if (change?.done === true) {
      for (const box of own.boxes)
        patches.add(file.path, { start: box.mark.start, end: box.mark.end, text: unit.done ? 'x' : ' ' });
      if (own.boxes.length === 0 && unit.done)
        patches.add(file.path, {
          start: own.heading.start,
          end: own.heading.start + (/^#+/.exec(line)?.[0].length ?? 0),
          text: `${/^#+/.exec(line)?.[0] ?? '###'} [x]`,
        });
    }
    if (!needsChange || (declared && change?.needs !== true && !unit.needs.some((need) => gone.has(need)))) continue;
    const said = own.needs[0];
    const text = needsLine(unit, ids);
    if (said !== undefined)
      patches.add(file.path, {
        start: said.span.start,
        end: said.span.start + said.text.trimEnd().length,
        text: text.slice('**Needs:**'.length),
      });
    else patches.add(file.path, { start: own.heading.end, end: own.heading.end, text: asIn(file.text, `\n\n${text}`) });
  }
  for (const unit of changes.removed) {
    const own = byId.get(unit.id);
    if (own !== undefined) patches.add(file.path, { start: own.start, end: own.end, text: '' });
  }
  const end = units.at(-1)?.end ?? file.text.length;
  for (const unit of changes.added)
    patches.add(file.path, {
      start: end,
      end,
      text: asIn(
        file.text,
        `${/\n\s*$/.test(file.text.slice(0, end)) ? '\n' : '\n\n'}${taskText(unit, ids.get(unit.id) ?? '', needsLine(unit, ids))}\n\n`,
      ),
    });
  const left = new Set(plan.units.map((unit) => unit.id));
  return {
    files: patches.apply(kept.files),
    ids: Object.fromEntries([...ids].filter(([id]) => left.has(id))),
    notes: changes.notes,
  };
}
