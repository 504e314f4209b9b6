import type { CompanionRule } from '../../rule.ts';
import { blockingIn } from './counts.ts';

/** CV-04: what was mended after the last round was looked at by nobody. */
export const rerunAfterFix: CompanionRule<'convergence'> = {
  id: 'CV-04',
  name: 'rerun-after-fix',
  about:
    'A convergence review is said to have converged although its last round found something critical or important.',
  severity: 'error',
  fix: 'auto',
  kind: 'convergence',
  *check({ source, detail: { status, rounds, round } }) {
    if (status?.value.toLowerCase() !== 'converged' || rounds === undefined) return;
    const last = rounds.at(-1);
    const blocking = last === undefined ? 0 : blockingIn(last);
    const unheld = last === undefined || (round !== undefined && round.value > last.number);
    if (blocking <= 0 && !unheld) return;
    const { start, end } = status;
    const why = unheld
      ? `its round ${round?.value ?? 1} was never recorded`
      : `round ${last.number} found ${blocking} that ${blocking === 1 ? 'is' : 'are'} critical or important`;
    yield {
      span: source.span(start, end),
      message: `The review is said to have converged, but ${why}.`,
      hint: 'Mend what was found and run the whole round again; only a round without any of them ends the review.',
      fix: { kind: 'auto', title: 'Say not-converged', edits: [{ start, end, text: '"not-converged"' }] },
    };
  },
};
