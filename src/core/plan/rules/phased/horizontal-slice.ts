import { isTestPath } from '../../kinds/phased/paths.ts';
import type { Rule } from '../rule.ts';
import { headOf, writtenPhases } from './parts.ts';

const TITLE =
  /^(?:(?:add|update|write|fix|create|adjust|change)\s+(?:all\s+)?(?:the\s+)?(?:(?:unit|integration|missing|remaining)\s+)?(?:tests?|types?|imports?|configs?|config files|configuration|models|schemas?|controllers|routes|views)|(?:all\s+)?(?:test|config|configuration|type|import|schema|model|route|controller|view)s?\s+(?:changes|updates)|(?:all\s+)?(?:the\s+)?(?:tests?|models|controllers|views|routes|types|schemas|backend|frontend|config|configuration)(?:\s+(?:layer|files|code))?)$/i;

const LAYERS: readonly (readonly [string, RegExp])[] = [
  ['data', /(?:^|\/)(?:models?|entities|migrations?|schemas?|db|database|repositories|prisma)(?:\/|\.)/i],
  ['interface', /(?:^|\/)(?:api|routes?|routers?|controllers?|handlers?|endpoints?|resolvers?)(?:\/|\.)/i],
  ['page', /(?:^|\/)(?:ui|views?|components?|pages?|screens?|templates?|styles?|frontend|public)(?:\/|\.)/i],
  ['config', /(?:^|\/)(?:config|configs|settings|\.github|infra|deploy)(?:\/|\.)/i],
];

/** PP-09: phases cut along the layers of the code, so that nothing works before the last one. */
export const horizontalSlice: Rule<'phased'> = {
  id: 'PP-09',
  name: 'horizontal-slice',
  about: 'A phase is one layer of the code (all models, all routes, all tests) instead of something that works.',
  severity: 'warning',
  fix: 'none',
  kinds: ['phased'],
  *check({ draft }) {
    const phases = writtenPhases(draft);
    if (phases.length < 2) return;
    const hint =
      'Cut the plan so that each phase adds something that can be used, with its data, its code and its tests.';
    const layers = phases.map(({ unit }) => layerOf(unit.paths.map(({ text }) => text)));
    const layered = layers.every((layer) => layer !== undefined) && new Set(layers).size === layers.length;
    for (const [i, { unit, phase }] of phases.entries()) {
      const span = headOf(draft, unit);
      if (TITLE.test(unit.title.slice(0, 200))) {
        yield {
          span,
          message: `Phase ${phase.number}, "${unit.title.slice(0, 60)}", is one kind of file, not something that works.`,
          hint,
        };
      } else if (layered && i === 0) {
        yield {
          span,
          message: `Each phase is one layer of the code (${layers.join(', ')}): nothing works before the last one.`,
          hint,
        };
      }
    }
  },
};

/** The layer that all files of a phase lie in, tests aside. */
function layerOf(paths: readonly string[]): string | undefined {
  const own = paths.filter((path) => !isTestPath(path));
  if (own.length === 0) return undefined;
  return LAYERS.find(([, pattern]) => own.every((path) => pattern.test(path)))?.[0];
}
