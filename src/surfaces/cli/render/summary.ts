import type { PlanSummary } from '../../../app/api.ts';
import { oneLine } from '../../../core/base/text.ts';
import { column, fit, widest } from '../../width.ts';
import { counted } from '../../words.ts';
import type { Paint } from '../paint.ts';
import { renderFindings } from './findings.ts';

/** What a person should know before agents are let loose: the tasks wave by wave, the agents, and what is remarkable. */
export function renderSummary(summary: PlanSummary, paint: Paint, width: number): string[] {
  const { tasks } = summary;
  const out = [
    `${paint.strong(oneLine(summary.title))}  ${paint.faint(`${oneLine(summary.path)}, ${counted(tasks.length, 'task')}, run ${oneLine(summary.slug)}`)}`,
    '',
  ];
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const idWidth = widest(
    tasks.map((task) => task.id),
    16,
  );
  summary.levels.forEach((wave, index) => {
    out.push(paint.faint(`Wave ${index + 1}`));
    for (const id of wave) {
      const task = byId.get(id);
      if (task === undefined) continue;
      out.push(`  ${column(id, idWidth)}  ${fit(task.title, Math.max(20, width - idWidth - 4))}`);
      const detail = [
        ...(task.needs.length > 0 ? [`needs ${task.needs.join(', ')}`] : []),
        task.scope.length > 0 ? `may change ${task.scope.join(', ')}` : 'may change anything',
        ...(task.planFirst === undefined ? [] : [`plans first (${task.planFirst})`]),
        ...(task.verify.length > 0 ? [`verified by ${task.verify.join(' && ')}`] : []),
      ].join(' · ');
      out.push(paint.faint(`  ${' '.repeat(idWidth)}  ${fit(detail, Math.max(20, width - idWidth - 4))}`));
    }
  });
  out.push('', 'Agents that will be started, with the rights of your account:');
  const names = Object.keys(summary.agents);
  const nameWidth = widest(names, 20);
  for (const name of names) {
    const its = tasks.filter((task) => task.agent === name);
    const models = [...new Set(its.flatMap(({ model }) => model ?? []))];
    const roles = [...new Set(its.flatMap(({ role }) => (role === undefined || role === 'implement' ? [] : [role])))];
    const more = [
      ...(roles.length === 0 ? [] : [`as ${roles.join(', ')}`]),
      ...(models.length === 0 ? [] : [`with ${models.join(', ')}`]),
    ];
    const command = (summary.agents[name] ?? []).map(shellWord).join(' ');
    out.push(
      `  ${column(name, nameWidth)}  ${paint.type(oneLine(command, 400))}  ${paint.faint(`for ${counted(its.length, 'task')}${more.length === 0 ? '' : `, ${oneLine(more.join(' '), 200)}`}`)}`,
    );
  }
  if (summary.setup !== undefined && summary.setup.length > 0) {
    out.push('', 'Commands that make worktrees ready, with the rights of your account:');
    for (const line of summary.setup) out.push(`  ${paint.type(oneLine(line, 400))}`);
  }
  if (summary.findings.length > 0) {
    const { path: file, source, findings } = summary;
    out.push('', ...renderFindings({ file, source, findings }, paint, width));
  }
  return out;
}

/** An argument as it would be typed into a shell: only for people to read. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
