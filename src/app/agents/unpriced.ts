import { listedPrice, plainModel } from '../../core/agents/prices.ts';
import { abilitiesOf } from '../../core/agents/capabilities.ts';
import { KNOWN_AGENTS, knownAgent } from '../../core/agents/known.ts';
import type { RunSettings } from '../../core/run/settings.ts';

/** Agents of which nobody can tell what they cost, although something is to end at a cost: a limit that never ends anything. */
export function unpriced(settings: RunSettings): string[] {
  const { budget } = settings;
  const summed = Object.values(budget ?? {}).some((limit) => limit?.cost !== undefined);
  return Object.entries(settings.agents).flatMap(([name, agent]) => {
    const known = knownAgent(name, agent.command);
    const program = Object.keys(KNOWN_AGENTS).find((one) => KNOWN_AGENTS[one] === known);
    if (abilitiesOf(agent.kind, program).cost.can !== 'no') return [];
    if (agent.kind === 'command') return summed ? [`nobody tells what ${name} costs: no budget of cost holds it`] : [];
    const { model } = agent;
    const listed = model !== undefined && (settings.prices?.[plainModel(model)] ?? listedPrice(model)) !== undefined;
    if (agent.price !== undefined || listed || (!summed && agent.max_cost === undefined)) return [];
    const limits = [...(agent.max_cost === undefined ? [] : ['its max_cost']), ...(summed ? ['a budget of cost'] : [])];
    const way =
      model === undefined
        ? `agents: {${name}: {price: {input: …, output: …}}}`
        : `prices: {${model}: {input: …, output: …}}`;
    return [`${name} does not tell what it costs, so ${limits.join(' and ')} cannot hold it without a price: ${way}`];
  });
}
