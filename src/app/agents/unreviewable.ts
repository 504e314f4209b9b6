import { candidates, vendorIn } from '../../core/run/review/vendors.ts';
import { implementer } from '../../core/run/seats.ts';
import type { RunSettings } from '../../core/run/settings.ts';

/** What stands in the way of reviews that are asked for: better said before a run than found out in it. */
export function unreviewable(settings: RunSettings): string[] {
  const { review } = settings;
  const author = implementer(settings);
  if (review === undefined || author === '') return [];
  const vendor = vendorIn(settings, author);
  if (candidates(settings).some((name) => vendorIn(settings, name) !== vendor)) return [];
  const then =
    review.fallback === 'same_vendor'
      ? `${vendor} will review its own work`
      : review.mode === 'required' || review.fallback === 'ask'
        ? 'a person will be asked about every task'
        : 'nothing will be reviewed';
  return [
    `review is ${review.mode}, and no agent of another vendor than ${author} (${vendor}) is configured: ${then}; name one under agents, or say whose one is: vendor: …`,
  ];
}
