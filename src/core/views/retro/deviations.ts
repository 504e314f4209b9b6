import { oneLine } from '../../base/text.ts';
import { duration, parseStamp } from '../../base/time.ts';
import { attemptName, type RecordedEvent } from '../../run/event.ts';
import { itemWords, standingOf } from '../../run/finish/balance.ts';
import type { RunState } from '../../run/state.ts';

interface Line {
  readonly text: string;
  readonly seq: number;
}

const CHANGES = {
  added: 'was added',
  dropped: 'was dropped',
  restored: 'was taken in again',
  scope: 'has another scope',
};

/** What happened otherwise than the plan said, from the events of a run. Feed it every one in order. */
export class Deviations {
  readonly #plan: Line[] = [];
  readonly #scope: Line[] = [];
  /** Claims of agents, by what they are. */
  readonly #claimed = { deviations: [] as Line[], decisions: [] as Line[], patterns: [] as Line[] };
  readonly #started = new Map<string, number>();
  readonly #worked = new Map<string, number>();

  add(event: RecordedEvent): void {
    const { seq } = event;
    switch (event.event) {
      case 'plan_amended':
        for (const { change, task, before, after } of event.changes) {
          const from = before === undefined && after === undefined ? '' : `: ${said(before)} → ${said(after)}`;
          const words = change in CHANGES ? CHANGES[change as keyof typeof CHANGES] : `changed (${change})`;
          this.#plan.push({ text: `${task ?? 'the plan'} ${words}${from}, by ${event.by} (${event.how})`, seq });
        }
        break;
      case 'task_waived': {
        const what = event.criterion === undefined ? event.task : `${event.criterion} of ${event.task}`;
        this.#plan.push({ text: `${what} was waived by ${event.by}: ${event.reason}`, seq });
        break;
      }
      case 'criteria_waived':
        this.#plan.push({ text: `${event.criteria.join(', ')} waived by ${event.by}: ${event.reason}`, seq });
        break;
      case 'scope_violated':
        this.#scope.push({
          text: `${attemptName(event.task, event.attempt)} changed ${event.paths.slice(0, 5).join(', ')}${event.paths.length > 5 ? ', …' : ''} outside of its scope (${event.policy})`,
          seq,
        });
        break;
      case 'attempt_started':
        this.#started.set(attemptName(event.task, event.attempt), parseStamp(event.ts));
        break;
      case 'subplan_written':
      case 'document_written':
      case 'attempt_finished':
      case 'attempt_voided': {
        const start = this.#started.get(attemptName(event.task, event.attempt));
        if (start === undefined) break;
        this.#started.delete(attemptName(event.task, event.attempt));
        this.#worked.set(event.task, (this.#worked.get(event.task) ?? 0) + Math.max(0, parseStamp(event.ts) - start));
        break;
      }
      case 'digest_recorded':
        for (const kind of ['deviations', 'decisions', 'patterns'] as const)
          for (const text of event[kind] ?? [])
            this.#claimed[kind].push({ text: `${attemptName(event.task, event.attempt)}: ${text}`, seq });
        break;
      default:
        break;
    }
  }

  /** The implementation report as Markdown: what the plan said against what happened. The same log makes the same bytes. */
  report(state: RunState): string {
    // Who writes spec and plan does no task of the plan.
    const own = state.tasks.filter(({ task }) => task.authors === undefined);
    const merged = own.filter(({ progress }) => progress.status === 'merged').length;
    const rows = state.tasks.map((one) => {
      const { id, title, estimate } = one.task;
      const known = estimate ?? state.expected?.[id]?.minutes;
      const worked = this.#worked.get(id);
      const expected =
        known === undefined ? '' : `${duration(known * 60_000)}${estimate === undefined ? ' (by earlier runs)' : ''}`;
      const actual = worked === undefined ? '' : duration(worked);
      const ratio =
        known === undefined || worked === undefined || known <= 0
          ? ''
          : `${Math.round((100 * worked) / (known * 60_000))} %`;
      const cells = [
        id,
        oneLine(title, 120),
        // What the run wrote for itself is approved, and lands nowhere.
        one.task.authors === undefined || one.progress.status !== 'merged' ? one.progress.status : 'written',
        String(one.attempts.length),
        expected,
        actual,
        ratio,
      ];
      return `| ${cells.map((text) => plain(text).replaceAll('|', '\\|')).join(' | ')} |`;
    });
    return `${[
      `# Implementation report: ${plain(state.title)}`,
      '',
      `Run \`${state.run}\`: ${merged} of ${own.length} ${own.length === 1 ? 'task' : 'tasks'} merged; ${standOf(state)}. What the plan said is from \`${plain(state.planPath)}\`, what happened from the log.`,
      '',
      '## Tasks',
      '',
      '| Task | Title | Came to | Attempts | Expected | Agents worked | Of expected |',
      '|---|---|---|---|---|---|---|',
      ...rows,
      '',
      ...asked(state),
      ...section('Deviations', this.#plan, 'No task was amended, dropped or waived.'),
      ...section('Changes outside of scopes', this.#scope, 'None.'),
      ...section('Deviations that agents named', this.#claimed.deviations, 'None.'),
      ...section('Decisions that agents named', this.#claimed.decisions, 'None.'),
      ...section('Patterns that agents named', this.#claimed.patterns, 'None.'),
    ]
      .join('\n')
      .trimEnd()}\n`;
  }
}

/** What became of the run, in a few words. */
function standOf({ outcome, phase, end }: RunState): string {
  const { missing, waived } = standingOf(end?.balance?.items ?? []);
  const left = [
    ...(missing.length === 0 ? [] : [`not proven: ${missing.slice(0, 30).join(', ')}`]),
    ...(waived.length === 0 ? [] : [`waived: ${waived.slice(0, 30).join(', ')}`]),
  ];
  const how = phase !== 'over' ? 'not over yet' : `over: ${outcome ?? 'ended'}`;
  return plain([how, ...left].join('; '));
}

/** The criteria of the plan, ticked where something proves them. */
function asked({ end }: RunState): string[] {
  const items = (end?.balance?.items ?? []).filter((one) => one.kind === 'criterion' || one.kind === 'row');
  if (items.length === 0) return [];
  const lines = items
    .slice(0, 100)
    .map((one) => `- [${one.state === 'proven' ? 'x' : ' '}] ${plain(oneLine(itemWords(one), 400))}`);
  const rest = items.length > 100 ? [`- … and ${items.length - 100} more, in the retro`] : [];
  return ['## What was asked for', '', ...lines, ...rest, ''];
}

function said(lines: readonly string[] | undefined): string {
  return lines === undefined || lines.length === 0 ? 'nothing' : oneLine(lines.join(', '), 120);
}

function section(title: string, lines: readonly Line[], none: string): string[] {
  const shown = lines.slice(0, 100).map(({ text, seq }) => `- ${plain(oneLine(text, 400))} (event ${seq})`);
  const rest = lines.length > 100 ? [`- … and ${lines.length - 100} more, in the log`] : [];
  return [`## ${title}`, '', ...(lines.length === 0 ? [none] : [...shown, ...rest]), ''];
}

/** Foreign text that opens no markup. */
function plain(text: string): string {
  return oneLine(text, 400).replaceAll(/[\\`*_[\]<>]/g, (mark) => `\\${mark}`);
}
