/** Of a longer id only its end is shown: programs begin all of theirs alike (`toolu_01…`). */
const SHOWN = 8;

/**
 * A gate as a person types it, unquoted in any shell: `ask:T1.1:d0b98b90` for `ask:T1#1:63ba4416-…-d0b98b90`. zsh takes `#` for a
 * pattern (EXTENDED_GLOB), and nobody types the id of a program's question. It still means this very question and no later
 * one, so that nobody allows what they have not seen. `open` are the gates among which it has to be plain which one is meant.
 */
export function typedGate(gate: string, open: readonly string[]): string {
  const place = /^ask:(.+):([^:]+)$/.exec(gate.slice(0, 1000));
  if (place === null) return gate;
  const [, attempt = '', id = ''] = place;
  const dotted = `ask:${attempt.replaceAll('#', '.')}:`;
  const forms = id.length > SHOWN + 4 ? [dotted + id.slice(-SHOWN), dotted + id] : [dotted + id];
  // What an id is made of is up to the agent's program; what a shell would not take as it is, is quoted.
  const form = forms.find((one) => gateCalled(one, open) === gate) ?? gate;
  return /^[\w:.,/@+-]+$/.test(form) ? form : `'${form}'`;
}

/** The open gate that somebody means who typed this: its name, or what {@link typedGate} makes of it. */
export function gateCalled(typed: string, open: readonly string[]): string | undefined {
  if (open.includes(typed)) return typed;
  const place = /^(ask:.+:)([^:]+)$/.exec(typed.slice(0, 1000));
  if (place === null) return undefined;
  const [, before = '', id = ''] = place;
  const dotted = before.replaceAll('#', '.');
  const meant = open.filter((gate) => {
    const end = gate.lastIndexOf(':') + 1;
    const whole = gate.slice(end);
    if (gate.slice(0, end).replaceAll('#', '.') !== dotted) return false;
    return whole === id || (id.length >= SHOWN && whole.endsWith(id));
  });
  return meant.length === 1 ? meant[0] : undefined;
}

/** What an open gate is about, by its name: the kind of question, and the task that it holds up, if it is one. */
export interface GateSubject {
  readonly kind: string;
  readonly task?: string;
}

/** Prefixes of names whose kind has another name than that. */
const KINDS: Readonly<Record<string, string>> = { ask: 'permission', circuit: 'blocker' };

/** How the names of gates begin. */
export const GATE_NAMES: readonly string[] = [
  'amend',
  'approval',
  'ask',
  'assumption',
  'attached',
  'branch',
  'budget',
  'checkpoint',
  'circuit',
  'continue',
  'finish',
  'interview',
  'landing',
  'lane',
  'open-question',
  'pause',
  'plan',
  'review',
  'routing',
  'scope-overlap',
  'setup',
  'slug-collision',
  'spec',
  'tampered',
  'validation',
  'witness',
];

/** Kinds of gates, as {@link kindOfGate} tells them. */
export const GATE_KINDS: readonly string[] = [
  ...GATE_NAMES.filter((name) => !Object.hasOwn(KINDS, name)),
  ...Object.values(KINDS),
  'subplan',
];

/** Reads the name of a gate: `review:T3` is `{kind: 'review', task: 'T3'}`, `plan:T2` a `subplan`, `ask:T1#1:…` a `permission`. */
export function kindOfGate(gate: string): GateSubject {
  const at = gate.indexOf(':');
  if (at < 0) return { kind: gate };
  const prefix = gate.slice(0, at);
  const rest = gate.slice(at + 1);
  if (prefix === 'plan') return { kind: 'subplan', task: rest };
  // What stands behind these is an account, another run, a text.
  if (['lane', 'scope-overlap', 'slug-collision', 'amend'].includes(prefix)) return { kind: prefix };
  const task =
    prefix === 'ask' ? rest.replace(/#\d+:[^:]*$/, '') : prefix === 'witness' ? rest.replace(/[.#]\d+$/, '') : rest;
  return { kind: KINDS[prefix] ?? prefix, task };
}
