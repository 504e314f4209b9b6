import { oneLine } from '../../../core/base/text.ts';
import { coverageWords, findingWords, type ReviewCoverage } from '../../../core/run/review/coverage.ts';
import type { Paint } from '../paint.ts';

/** How much was reviewed, in a line or two; what was configured and did not happen is not to be overlooked. */
export function renderReview(coverage: ReviewCoverage, paint: Paint): string[] {
  const words = coverageWords(coverage);
  const bad = coverage.gaps.length > 0;
  const findings = findingWords(coverage);
  return [
    bad ? paint.bad(words) : words,
    ...(findings === '' ? [] : [paint.faint(`findings: ${findings}`)]),
    ...coverage.gaps
      .slice(0, 10)
      .map(({ task, reason }) => paint.bad(oneLine(`${task} was NOT REVIEWED: ${reason}`, 400))),
    ...(coverage.gaps.length > 10 ? [paint.bad(`and ${coverage.gaps.length - 10} more were NOT REVIEWED`)] : []),
  ];
}
