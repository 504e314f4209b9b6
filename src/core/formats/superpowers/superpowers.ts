import type { Portable } from '../../plan/portable.ts';
import { inertMarkdown } from '../../plan/kinds/task-inert.ts';
import { plainText } from '../../plan/markdown/inline.ts';
import { Builder } from '../builder.ts';
import { codeIn } from '../details.ts';
import { firstTaskAt, patchDrafted, readDrafted, sectionIds, taskSection } from '../drafted.ts';
import type { ForeignFile, Format, Kept, Sighting, Written } from '../format.ts';
import { fileName, flat, linesIn, spoken } from '../lines.ts';
import { checked, idRecord } from '../write.ts';

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
    if (!/\.md$/i.test(file.path) || /^kind:/m.test(file.text.slice(0, 400))) return [];
    const tasks = TASK_LINE.test(file.text);
    const placed = /(?:^|\/)docs\/(?:superpowers\/)?plans\/[^/]+\.md$/.test(file.path);
    const steps = /^- \[[ xX]\] \*\*Step \d+/m.test(file.text);
    const header =
      /superpowers:(?:subagent-driven-development|executing-plans)/.test(file.text) ||
      /^\*\*Tech Stack:\*\*/m.test(file.text);
    const lists = /^\*\*Files:\*\*\s*$/m.test(file.text);
    if (tasks ? !steps && !header : !(header && placed)) return [];
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
        score: tasks ? Math.min(1, 0.2 + 0.2 * signs.length + (header ? 0.15 : 0)) : 0.3,
        signs,
        missing: [
          ...(tasks ? [] : ['"### Task 1: Title"']),
          ...(steps ? [] : ['steps']),
          ...(header ? [] : ['its header']),
        ],
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
  if (file === undefined) return builder.done({ title: '', context: '' });
  const title = (/^# +(.{1,1000})$/m.exec(file.text.slice(0, 20_000))?.[1] ?? '').replace(
    /[\s:—–-]+implementation plan\s*$/i,
    '',
  );
  const about = {
    title: flat(plainText(title)) || spoken(fileName(file.path).replace(/\.md$/, '')),
    context: leadOf(file.text, firstTaskAt(file)),
  };
  return readDrafted(builder, files, file, about, ledgerOf(files, file));
}

// The header up to the first task, without the order to agents which skill to use.
function leadOf(text: string, first: number | undefined): string {
  return text
    .slice(0, first ?? 0)
    .split(/\r?\n/)
    .filter((line) => !/^# |^---\s*$|superpowers:(?:subagent|executing)|^## Tasks\s*$/.test(line))
    .join('\n')
    .replace(/\n#{2,3} [^\n]{0,400}\s*$/, '')
    .trim();
}

const LEDGER = /^\uFEFF?# SDD ledger/;
/** `Task 3: complete (…)`, `- [x] Task 3: …`, `| 3 | Title | ✓ DONE |`. */
const COMPLETE = [
  /^(?:[-*] (?:\[[xX]\] )?)?(?:\*\*)?Tasks? (\d{1,6})(?:\s*[-–]\s*(\d{1,6}))?(?:\*\*)?\s*:\s*(?:\*\*)?(?:complete|done|approved|merged)\b/i,
  /^[-*] \[[xX]\] (?:\*\*)?Tasks? (\d{1,6})(?:\s*[-–]\s*(\d{1,6}))?\b/i,
  /^\|\s*(?:Task\s+)?(\d{1,6})()\s*\|(?:[^|\n]{0,300}\|){0,2}\s*(?:[^\w\s|]{1,3}\s*)?(?:complete|done)\b/i,
];

/** Ids of tasks that the ledger calls complete. */
function ledgerOf(files: readonly ForeignFile[], plan: ForeignFile): ReadonlySet<string> {
  const complete = new Set<string>();
  for (const file of files) {
    if (file === plan || !LEDGER.test(file.text)) continue;
    for (const { text, hidden } of linesIn(file.text)) {
      if (hidden) continue;
      for (const pattern of COMPLETE) {
        const match = pattern.exec(text.slice(0, 2000));
        if (match === null) continue;
        const from = Number(match[1]);
        const to = Math.min(Number(match[2] || match[1]), from + 1000);
        for (let n = from; n <= to; n++) complete.add(`T${n}`);
        break;
      }
    }
  }
  return complete;
}

function fresh(plan: Portable, name: string): Written {
  const ids = sectionIds(plan.units, new Set());
  const chain = plan.units.every((unit, i) => unit.needs.join() === (i === 0 ? '' : (plan.units[i - 1]?.id ?? '')));
  const tasks = plan.units.map((unit) => taskSection(unit, ids.get(unit.id) ?? '', chain ? undefined : ids));
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
  return was.ok && file !== undefined
    ? patchDrafted(plan, kept, file, was.value)
    : { files: kept.files, ids: {}, notes: ['The kept files cannot be read any more.'] };
}
