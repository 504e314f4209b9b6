import type { Rule } from '../rule.ts';
import { isEmpty, saysNone } from './shared.ts';

/** MA-07: whether an event comes from outside or from the system itself decides who may schedule it. */
export const eventsClassified: Rule<'macro'> = {
  id: 'MA-07',
  name: 'events-classified',
  about: 'A building block names events without saying whether they are exogenous or endogenous.',
  severity: 'warning',
  fix: 'none',
  kinds: ['macro'],
  *check({ detail }) {
    for (const { name, aspects } of detail.blocks) {
      const events = aspects.get('events');
      if (events === undefined || isEmpty(events.text) || saysNone(events.text)) continue;
      if (/\b(?:exogenous|endogenous)\b/i.test(events.text)) continue;
      const message = `The events of "${name.slice(0, 60)}" are neither called exogenous nor endogenous.`;
      yield {
        span: events.span,
        message,
        hint: 'Write "(exogenous)" behind events that arrive from outside, "(endogenous)" behind those it schedules itself.',
      };
    }
  },
};
