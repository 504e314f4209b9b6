import { vendorOf } from '../../agents/vendor.ts';
import { seatOf } from '../seats.ts';
import type { RunSettings } from '../settings.ts';

/** The vendor of an agent of the run. */
export function vendorIn(settings: RunSettings, agent: string): string {
  const known = settings.agents[agent];
  return known === undefined ? agent : vendorOf(agent, known);
}

/** Agents in the order in which they are asked to review: the one in the role, then those that take over, then all others. */
export function candidates(settings: RunSettings): string[] {
  const seat = seatOf(settings, 'review');
  const names = [...(seat.named ? [seat.agent] : []), ...(settings.failover ?? []), ...Object.keys(settings.agents)];
  return [...new Set(names)].filter((name) => Object.hasOwn(settings.agents, name));
}
