import { EXIT } from '../../../app/api.ts';
import type { Ask } from '../../../app/send.ts';
import { oneLine } from '../../../core/base/text.ts';
import type { Cli } from '../command.ts';
import { paintOf, refuse, say, sayJson } from '../output.ts';
import { conduct } from './conduct.ts';

/** Sends a request to a run, says who took it, and carries out what follows when nobody else does. */
export async function send(cli: Cli, ask: Ask, json: boolean): Promise<number> {
  const answered = await cli.app.sendToRun(cli.context, ask);
  if (!answered.ok) return refuse(cli, answered.error, json);
  const { slug, acceptedBy, next, carryOn, approves } = answered.value;
  if (json) sayJson(cli, { sent: answered.value });
  else {
    const taken = acceptedBy === 'owner' ? 'accepted by the process that runs it' : 'recorded; nobody runs it now';
    say(cli, [`${oneLine(slug)}: ${done(ask, approves)}, ${taken}`]);
  }
  if (carryOn)
    return conduct(cli, {
      run: { target: slug },
      yes: false,
      json,
      plain: false,
      cancelling: ask.request === 'cancel' || (ask.request === 'answer' && ask.answer === 'cancel'),
    });
  if (ask.request === 'pause') {
    if (!json) say(cli, [`  to go on: ${(await paintOf(cli)).type(`masterplan resume ${oneLine(slug)}`)}`]);
    return EXIT.ok;
  }
  if (!json && ask.request !== 'cancel') say(cli, [`  next: ${(await paintOf(cli)).type(oneLine(next))}`]);
  return EXIT.ok;
}

function done(ask: Ask, approves = 'plan'): string {
  switch (ask.request) {
    case 'approve':
      return `${approves} approved`;
    case 'answer':
      return `${oneLine(ask.gate)} answered with ${oneLine(ask.answer)}`;
    case 'finish':
      return `finish: ${ask.choice}`;
    case 'cancel':
      return 'cancelled';
    case 'pause':
      return 'paused: what is at work comes to its end, nothing new starts';
    case 'retry':
      return ask.advice === undefined
        ? `${oneLine(ask.task)} opened again`
        : `${oneLine(ask.task)}: the next attempt is told`;
    case 'amend':
      return ask.approved ? 'the plan is amended' : 'the amendment waits for an answer';
    case 'attach':
      return `${oneLine(ask.task)} is yours`;
    case 'return':
      return `${oneLine(ask.task)} ${ask.drop ? 'given back to agents' : 'returned'}`;
    case 'waive':
      return ask.criterion === undefined
        ? `${oneLine(ask.task)} waived, which is not done`
        : `${oneLine(ask.criterion)} of ${oneLine(ask.task)} waived`;
    default:
      return ask satisfies never;
  }
}
