import type { Impact, PlanChange } from './event.ts';

/** The differences between two texts of a plan, a line each. */
export function changeWords(changes: readonly PlanChange[]): string[] {
  return changes.map(({ change, task, before, after }) => {
    const was = (before ?? []).join(', ') || 'none';
    const is = (after ?? []).join(', ') || 'none';
    switch (change) {
      case 'added':
        return `+ ${task}: ${is}`;
      case 'restored':
        return `+ ${task} again: ${is}`;
      case 'dropped':
        return `- ${task}: ${was}`;
      case 'text':
        return `~ ${task}: its text`;
      case 'prose':
        return '~ only prose that no task is made of';
      case 'terms':
        return `~ what the plan asks for beyond its tasks: gates, criteria, contract rows${after === undefined ? '' : `; settled anew, because it says something else: ${is}`}`;
      case 'context':
        return '~ what every brief quotes of the plan';
      case 'verification':
        return `~ verification of the whole: ${was} → ${is}`;
      default:
        return `~ ${task} ${change}: ${was} → ${is}`;
    }
  });
}

const EFFECTS: Readonly<Record<Impact['effect'], string>> = {
  added: 'is new',
  'not-begun': 'has not begun, and begins with the new text',
  'goes-on': 'goes on',
  'begins-again': 'begins again, with what was done so far',
  'verified-again': 'keeps its work, which is proven again',
  'opened-again': 'is opened again',
  'planned-again': 'is planned again',
  ended: 'is taken out of the plan',
};

/** What an amendment does to the run, a line for each task. */
export function impactWords(impact: readonly Impact[]): string[] {
  return impact.map(
    ({ task, effect, loses }) => `${task} ${EFFECTS[effect]}${loses.length === 0 ? '' : ` (${loses.join('; ')})`}`,
  );
}
