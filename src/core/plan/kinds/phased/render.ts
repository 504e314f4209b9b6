import { outlineOf } from '../../markdown/outline.ts';
import { sectionNamed, sectionsOf } from '../../markdown/sections.ts';
import { Source } from '../../markdown/source.ts';
import type { Portable } from '../../portable.ts';
import { verifyBlocks } from '../task-render.ts';
import { PHASED_SECTIONS } from './sections.ts';
import { headOf, inertText, inOrder, phaseBody, phaseTitle, promises } from './write.ts';

/**
 * Writes a plan as a document of kind `phased`: every unit a phase that needs the one before it, in an order that keeps all
 * needs. Scopes, verify commands and criteria read back the same; of needs, agents and estimates only the order is left.
 */
export function renderPhased(plan: Portable): string {
  const parts: string[] = [...headOf('phased', plan.title), ...contextOf(plan)];
  let step = 1;
  inOrder(plan.units).forEach((unit, i) => {
    const { blocks, steps } = phaseBody(unit, step);
    step += steps;
    parts.push(`## ${phaseTitle(unit, i + 1, plan.units.length)}`, ...blocks);
  });
  const checks = verifyBlocks(plan.verify, [], '- [ ] ');
  if (checks.length > 0) parts.push('## Verification', ...checks);
  return `${parts.join('\n\n')}\n`;
}

function contextOf(plan: Portable): readonly string[] {
  const more = promises(plan);
  if (plan.context.trim() === '' && more.length === 0) return [];
  const spec = PHASED_SECTIONS[0] as (typeof PHASED_SECTIONS)[number];
  const sections = sectionsOf(outlineOf(new Source(`\n${plan.context}`)));
  if (sectionNamed(sections, spec.key) !== undefined) {
    return [inertText(plan.context, 1), ...(more.length > 0 ? ['## What is promised', ...more] : [])];
  }
  return [`## ${spec.title}`, inertText(plan.context, 2), ...more].filter((part) => part !== '');
}
