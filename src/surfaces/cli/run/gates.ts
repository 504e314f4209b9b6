import { EXIT, type RunHandle } from '../../../app/api.ts';
import { oneLine } from '../../../core/base/text.ts';
import type { FinishChoice } from '../../../core/run/settings.ts';
import type { Board, Waiting } from '../../../core/views/board.ts';
import type { Cli } from '../command.ts';
import { refuse, say } from '../output.ts';
import { termLines } from '../../gate-lines.ts';
import { FINISH_CHOICES } from '../options.ts';

type Gate = NonNullable<Waiting['gate']>;

const LATER = 'later';

/** Asks a person at the terminal what an open gate asks. `later`: the gate stays open. */
export async function askGate(
  cli: Cli,
  handle: RunHandle,
  waiting: Waiting & { readonly gate: Gate },
  signal: AbortSignal,
): Promise<'answered' | 'later'> {
  const { gate, what } = waiting;
  const board = handle.board();
  say(
    cli,
    [...gate.detail.map((line) => oneLine(line, 400)), ...termLines(gate)].map((line) => `  ${line}`),
  );
  const options = [
    ...gate.options.map((value) => ({ value, label: label(gate, value, board) })),
    { value: LATER, label: 'decide later' },
  ];
  const chosen = await cli.prompts.choose(oneLine(what, 400), options, gate.recommended, signal);
  if (chosen === undefined || chosen === LATER) return 'later';
  if (gate.id === 'finish' && chosen === 'discard' && !(await reallyDiscard(cli, board.slug, signal))) return 'later';
  const choice = gate.id === 'finish' ? finishChoice(chosen) : undefined;
  const words = wantsWords(gate.id, chosen) ? await cli.prompts.type(wordsFor(chosen), signal) : undefined;
  if (wantsWords(gate.id, chosen) && (words === undefined || words.trim() === '')) return 'later';
  const answered = await (choice === undefined ? handle.answer(gate.id, chosen, words) : handle.finish(choice));
  if (answered.ok) return 'answered';
  await refuse(cli, { ...answered.error, exit: EXIT.failed }, false);
  return 'later';
}

/** Answers at stops of the plan that say nothing without words. */
function wantsWords(gate: string, answer: string): boolean {
  return (
    /^(?:open-question|assumption|validation|checkpoint|approval):/.test(gate) &&
    (answer === 'answer' || answer === 'correct' || answer === 'waive')
  );
}

function wordsFor(answer: string): string {
  return answer === 'answer' ? 'The answer' : answer === 'correct' ? 'What is true instead' : 'Why it is passed over';
}

/** Throwing work away is confirmed by typing the name of the run: a key pressed by mistake must not be enough. */
export async function reallyDiscard(cli: Cli, slug: string, signal?: AbortSignal): Promise<boolean> {
  const typed = await cli.prompts.type(
    `Everything that landed on this run's branch will be thrown away. Type ${oneLine(slug)} to confirm`,
    signal,
  );
  if (typed?.trim() === slug) return true;
  say(cli, ['Not discarded.']);
  return false;
}

function finishChoice(text: string): FinishChoice | undefined {
  return FINISH_CHOICES.find((choice) => choice === text);
}

function label(gate: Gate, option: string, board: Board): string {
  if (gate.id !== 'finish') return oneLine(option);
  switch (finishChoice(option)) {
    case 'merge':
      return `merge into ${oneLine(board.baseBranch)}`;
    case 'pull-request':
      return `open a pull request for ${oneLine(board.branch)}`;
    case 'keep':
      return `keep the branch ${oneLine(board.branch)} as it is`;
    case 'discard':
      return 'discard: throw the work away';
    default:
      return oneLine(option);
  }
}
