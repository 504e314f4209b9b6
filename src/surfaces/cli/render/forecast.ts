import { duration } from '../../../core/base/time.ts';
import type { Forecast } from '../../../core/views/forecast.ts';
import { counted } from '../../words.ts';
import type { Paint } from '../paint.ts';

/** A forecast for people: how long, how dear, what decides it, what would help. */
export function renderForecast(forecast: Forecast, paint: Paint): string[] {
  const { minutes, agentHours, cost, from } = forecast;
  const time = (value: number): string => duration(value * 60_000);
  const out = [
    `${paint.strong(time(minutes.p50))} in half of the runs, ${paint.strong(time(minutes.p90))} in nine of ten, with ${counted(forecast.agents, 'agent')}`,
    `  ${agentHours.p50} to ${agentHours.p90} hours of agents, ${Math.round(forecast.utilisation * 100)} % busy${cost === null ? '' : `; costs ${cost.p50} to ${cost.p90}`}`,
    paint.faint(`  ${sources(from)}; ${forecast.samples} simulated runs, seed ${forecast.seed}`),
  ];
  for (const { how, tasks } of from.known.slice(0, 5)) out.push(paint.faint(`  ${counted(tasks, 'task')}: ${how}`));
  const deciding = forecast.critical.filter(({ share }) => share >= 0.5).slice(0, 12);
  if (deciding.length > 0) {
    const words = deciding.map(({ task, share }) => `${task} (${Math.round(share * 100)} %)`);
    out.push('', `What decides it: ${words.join(', ')}`);
  }
  const helps = [
    ...forecast.withAgents
      .filter(({ saves }) => saves > 0)
      .map(
        ({ agents, minutes: left, saves }) =>
          `${counted(agents, 'agent')} instead of ${forecast.agents}: ${time(left)}, saves ${time(saves)}`,
      ),
    ...forecast.withoutEdge.map(
      ({ from: need, to, minutes: left, saves }) =>
        `${to} without waiting for ${need}: ${time(left)}, saves ${time(saves)}`,
    ),
  ];
  out.push(
    '',
    ...(helps.length > 0 ? ['What would help:', ...helps.map((line) => `  ${line}`)] : ['More agents would not help.']),
  );
  return out;
}

function sources({ estimates, assumed, past, failures, usual }: Forecast['from']): string {
  const parts = [
    ...(estimates > 0 ? [`${counted(estimates, 'estimate')} of the plan`] : []),
    ...(assumed > 0 ? [`${counted(assumed, 'task')} without one taken as ${duration(usual * 60_000)}`] : []),
    ...(past > 0 ? [`${counted(past, 'task')} of earlier runs`] : []),
    `${Math.round(failures * 100)} % of attempts fail`,
  ];
  return `from ${parts.join(', ')}`;
}
