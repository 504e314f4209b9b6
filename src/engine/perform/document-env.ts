import type { EffectOf } from '../../core/run/effect.ts';

/** Names of the variables that say where the documents of an attempt go, and of the files. */
export function documentEnv(effect: EffectOf<'work'>, inputs: string): Readonly<Record<string, string>> {
  if (effect.reviews !== undefined) return {};
  switch (effect.authors) {
    case 'spec':
      return { MASTERPLAN_SPEC: `${inputs}/spec.md` };
    case 'plan':
      return { MASTERPLAN_PLAN: `${inputs}/plan.md`, MASTERPLAN_APPENDIX: `${inputs}/appendix.md` };
    default:
      return {};
  }
}
