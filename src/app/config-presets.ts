import { COMPLEXITIES, type Preset, PRESETS } from '../core/run/complexity.ts';
import { type ConfigMap, mapNode, nodeAt, type Origin, treeOf } from './config-tree.ts';

/** What a complexity sets, in the words of the configuration file; all of it can be said otherwise, key by key. */
function keysOf({ autonomy, parallel, routing, review, askFrom, fixes, offerAt }: Preset): Record<string, unknown> {
  return {
    autonomy,
    parallelism: { max_agents: parallel },
    codex: { routing, review_prompt_at: askFrom, review_max_fix_iterations: fixes },
    // Whoever says anything of reviews wants them, so `off` is said by silence.
    ...(review === 'off' ? {} : { review: { mode: review } }),
    gated_switch_offer_at_tasks: offerAt,
  };
}

/** What presets that a configuration asks for say of its keys; the layer below all files. */
export function presetsFor(tree: ConfigMap): ConfigMap {
  const complexity = nodeAt(tree, ['complexity']);
  const name = complexity?.kind === 'leaf' ? String(complexity.value) : '';
  const origin: Origin = { from: 'preset', where: `complexity: ${name}` };
  const known = COMPLEXITIES.find((one) => one === name);
  return known === undefined ? mapNode(new Map(), origin) : (treeOf(keysOf(PRESETS[known]), origin) as ConfigMap);
}
