import { type Aspect, ASPECTS, type BuildingBlock } from '../../kinds/macro/model.ts';
import type { Rule } from '../rule.ts';
import { insert } from './shared.ts';

const STUBS: Readonly<Record<Aspect, readonly [string, string]>> = {
  observes: ['Observes', '[what it reads]'],
  controls: ['Controls', '[what it decides]'],
  owns: ['Owns', '[what state only it changes]'],
  invariants: ['Invariants', '[what always holds]'],
  events: ['Events', '[what it produces and consumes, exogenous or endogenous]'],
  friction: ['Extension friction', '[how many files one more variant takes]'],
};

/** MA-06: a building block without its whole contract. */
export const sixAspects: Rule<'macro'> = {
  id: 'MA-06',
  name: 'six-aspects',
  about: 'A building block lacks a part of its contract: observes, controls, owns, invariants, events or friction.',
  severity: 'error',
  fix: 'stub',
  kinds: ['macro'],
  *check({ draft, detail }) {
    for (const block of detail.blocks) {
      const missing = ASPECTS.filter((aspect) => !block.aspects.has(aspect));
      if (missing.length === 0) continue;
      const names = missing.map((aspect) => STUBS[aspect][0].toLowerCase());
      const message = `Building block "${block.name.slice(0, 60)}" does not say: ${names.join(', ')}.`;
      const hint = 'Say it, if only with "none".';
      const fix = {
        kind: 'stub' as const,
        title: `Add what ${block.name.slice(0, 40)} does not say`,
        edits: [insert(draft, block.end, stub(block, missing))],
      };
      yield block.style === 'table' ? { span: block.span, message, hint } : { span: block.span, message, hint, fix };
    }
  },
};

function stub({ style, aspects }: BuildingBlock, missing: readonly Aspect[]): string {
  const list = style === 'list' || aspects.size === 0;
  const lines = missing.map((aspect) =>
    list ? `- **${STUBS[aspect][0]}:** ${STUBS[aspect][1]}` : `**${STUBS[aspect][0]}:** ${STUBS[aspect][1]}`,
  );
  return `\n${lines.join('\n')}`;
}
