import type { AgentSettings } from '../../core/run/settings.ts';
import type { Attempt } from '../../core/run/state.ts';

/** What an attempt is started as: role, model and effort; what is missing is the program's own choice. */
export interface Voice {
  readonly role?: string;
  readonly model?: string;
  readonly effort?: string;
}

/** As the log has it; of attempts from before it said so, as the agent is configured. */
export function voiceOfAttempt(attempt: Attempt, settings: AgentSettings): Voice {
  if (attempt.role === undefined) return settings;
  const { role, model, effort } = attempt;
  return {
    role,
    ...(model === undefined ? {} : { model }),
    ...(effort === undefined ? {} : { effort }),
  };
}

const PLACEHOLDER = /\{(model|effort|role)\}/g;

/**
 * The words that start a command agent: `{model}`, `{effort}` and `{role}` are filled in. A word whose placeholder nothing is known for
 * is left out, and so is an option directly before it, `--model {model}`.
 */
export function spokenFor(command: readonly [string, ...string[]], voice: Voice): readonly [string, ...string[]] {
  const [program, ...words] = command;
  const out: string[] = [];
  for (const word of words) {
    let missing = false;
    const filled = word.replace(PLACEHOLDER, (_, name: 'model' | 'effort' | 'role') => {
      missing ||= voice[name] === undefined;
      return voice[name] ?? '';
    });
    if (!missing) out.push(filled);
    else if (out.at(-1)?.startsWith('-') === true) out.pop();
  }
  return [program, ...out];
}

/** The same for programs that read their environment. */
export function voiceEnv({ role, model, effort }: Voice): Record<string, string> {
  return {
    ...(role === undefined ? {} : { MASTERPLAN_ROLE: role }),
    ...(model === undefined ? {} : { MASTERPLAN_MODEL: model }),
    ...(effort === undefined ? {} : { MASTERPLAN_EFFORT: effort }),
  };
}
