import type { Span } from '../../../base/finding.ts';
import type { Draft } from '../../draft.ts';
import type { Module } from '../../kinds/master/model.ts';

/** The span of a module's heading. */
export function headingOf({ outline }: Draft, { heading }: Module): Span {
  return outline.source.span(heading.start, heading.end);
}

/** How people speak of a module in a finding. */
export function nameOf({ number, title }: Pick<Module, 'number' | 'title'>): string {
  return `Phase ${number} (${title.slice(0, 40)})`;
}

/** For every module number the numbers of the modules that it waits for, directly: what briefs and Sequential say. */
export function waits(draft: Draft<'master'>): ReadonlyMap<number, ReadonlySet<number>> {
  const found = new Map<number, Set<number>>();
  for (const { unit, number } of draft.detail.modules) {
    const needs = found.get(number) ?? new Set<number>();
    found.set(number, needs);
    for (const { text } of draft.units[unit]?.needs ?? []) {
      for (const match of text.matchAll(/\d+/g)) if (Number(match[0]) !== number) needs.add(Number(match[0]));
    }
  }
  return found;
}
