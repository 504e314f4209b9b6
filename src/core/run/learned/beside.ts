import { oneLine } from '../../base/text.ts';
import type { Digest } from '../contract.ts';
import type { RunEvent } from '../event.ts';

type Beside = Pick<Extract<RunEvent, { event: 'digest_recorded' }>, 'deviations' | 'decisions' | 'patterns'>;

/** What a digest names beside the work, as its event holds it: single lines, and nothing where there is nothing. */
export function toldBeside({ deviations, decisions, patterns }: Digest): Beside {
  const lines = (list: readonly string[]): string[] => list.map((one) => oneLine(one, 400)).filter((one) => one !== '');
  const [first, second, third] = [lines(deviations), lines(decisions), lines(patterns)];
  return {
    ...(first.length === 0 ? {} : { deviations: first }),
    ...(second.length === 0 ? {} : { decisions: second }),
    ...(third.length === 0 ? {} : { patterns: third }),
  };
}
