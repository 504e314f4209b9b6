import { oneLine, printable } from '../../../core/base/text.ts';
import { duration } from '../../../core/base/time.ts';
import type { Explanation } from '../../../core/views/explain.ts';
import type { WhyNot } from '../../../core/views/why-not.ts';
import { portWords, timeOfDay } from '../../words.ts';
import type { Paint } from '../paint.ts';

/** Why a task is where it is: the reason, what follows, what it is made of, and every attempt. */
export function renderExplanation(task: Explanation, now: number, paint: Paint): string[] {
  const out = [
    `${paint.strong(`${oneLine(task.task)}  ${oneLine(task.title)}`)}`,
    `  ${task.status}, because ${oneLine(task.because, 1000)}`,
    `  next: ${paint.type(oneLine(task.next, 400))}`,
    '',
    `  needs   ${task.needs.length === 0 ? 'nothing' : task.needs.map((need) => `${oneLine(need.task)} (${need.status})`).join(', ')}`,
    `  scope   ${task.scope.length === 0 ? 'anything' : task.scope.map((path) => oneLine(path)).join(', ')}`,
    `  verify  ${task.verify.length === 0 ? 'no command of its own' : task.verify.map((command) => oneLine(command)).join(' && ')}`,
    ...(task.expected === undefined
      ? []
      : [`  takes   about ${duration(task.expected.minutes * 60_000)}: ${oneLine(task.expected.how)}`]),
  ];
  for (const attempt of task.attempts) {
    const long = duration(Math.max(0, (attempt.ended ?? now) - attempt.started));
    const how =
      attempt.ending === undefined ? `under way for ${long}` : `${attempt.ending.replaceAll('_', ' ')} after ${long}`;
    out.push(
      '',
      `  ${paint.strong(`${oneLine(task.task)}#${attempt.attempt}`)}  ${oneLine(attempt.agent)}, started ${timeOfDay(attempt.started)}, ${how}`,
    );
    const as = [
      ...(attempt.role === undefined ? [] : [`as ${attempt.role}`]),
      ...(attempt.model === undefined ? [] : [`with ${attempt.model}`]),
      ...(attempt.effort === undefined ? [] : [`effort ${attempt.effort}`]),
    ].join(', ');
    if (as !== '') out.push(paint.faint(`      ${oneLine(`${as}: ${attempt.why ?? ''}`, 400)}`));
    if (attempt.lease !== undefined)
      out.push(`      its worktree is ${oneLine(attempt.lease.name)}${portWords(attempt.lease)}`);
    if (attempt.reason !== undefined && attempt.reason !== '') out.push(`      ${oneLine(attempt.reason, 1000)}`);
    if (attempt.lesson !== undefined && attempt.lesson !== attempt.reason)
      out.push(`      told the next attempt: ${oneLine(attempt.lesson, 1000)}`);
    for (const { severity, text } of attempt.findings ?? [])
      out.push(
        severity === 'error'
          ? paint.bad(`      ✗ ${oneLine(text, 400)}`)
          : paint.faint(`      ! ${oneLine(text, 400)}`),
      );
    if (attempt.evidence !== undefined) {
      const { tree, passed, landing, path, results } = attempt.evidence;
      out.push(
        `      ${passed ? 'proven' : 'not proven'} on tree ${tree.slice(0, 12)}${landing ? ', as it lands' : ''} (${oneLine(path)})`,
      );
      for (const { command, exit_code, output_sha256 } of results)
        out.push(
          paint.faint(
            `        exit ${exit_code ?? 'none'}  ${oneLine(command, 120)}  output ${output_sha256.slice(0, 12)}`,
          ),
        );
    }
    if (attempt.oldTests !== undefined && attempt.oldTests.verdict !== 'passed')
      out.push(paint.faint(`      with the tests as they were: ${oneLine(attempt.oldTests.evidence)}`));
    for (const line of outputLines(attempt.output)) out.push(paint.faint(`      │ ${line}`));
    if (attempt.snapshot !== undefined)
      out.push(
        `      its work is kept: ${paint.type(`git --git-dir=.masterplan/queue.git show ${oneLine(attempt.snapshot)}`)}`,
      );
  }
  if (task.findings.length > 0) out.push('', '  What its reviews found');
  for (const one of task.findings) {
    const fate = one.holds ? paint.bad(`${one.fate}, holds it up`) : one.fate;
    out.push(`      ${one.id}  ${one.severity}, ${fate}  ${oneLine(one.place)}: ${oneLine(one.claim, 400)}`);
    if (one.check !== undefined)
      out.push(paint.faint(`          its check ${one.shown ?? 'was not run'}: ${oneLine(one.check, 200)}`));
    if (one.argument !== undefined) out.push(`          the implementer: ${oneLine(one.argument, 400)}`);
    if (one.answer !== undefined) out.push(`          the reviewer: ${oneLine(one.answer, 400)}`);
    if (one.note !== undefined) out.push(paint.faint(`          ${oneLine(one.note, 400)}`));
  }
  return out;
}

/** Every task that has not started: what keeps it, and what follows. */
export function renderWaiting(run: string, waiting: readonly WhyNot[], paint: Paint): string[] {
  if (waiting.length === 0) return [`nothing of ${oneLine(run)} waits to be started`];
  const width = Math.min(24, Math.max(...waiting.map(({ task }) => task.length)));
  return waiting.flatMap(({ task, title, because, next }) => [
    `${paint.strong(oneLine(task).padEnd(width))}  ${oneLine(title, 100)}`,
    `${' '.repeat(width)}  ${oneLine(because, 1000)}; ${oneLine(next, 400)}`,
  ]);
}

/** The last lines of what a command printed. */
function outputLines(output: string | undefined): string[] {
  if (output === undefined) return [];
  return printable(output)
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .slice(-12)
    .map((line) => line.slice(0, 200));
}
