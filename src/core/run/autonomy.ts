import { unreachable } from '../base/assert.ts';
import { type Severity, SEVERITIES } from './review/finding.ts';

/** How much goes on by itself: nothing that has a gate, what is proven, or all that no person has to answer for. */
export const AUTONOMIES = ['gated', 'loose', 'full'] as const;
export type Autonomy = (typeof AUTONOMIES)[number];

/** Who approves sub-plans: a person, nobody where no finding is an error, nobody. */
export type SubplanPolicy = 'ask' | 'if-clean' | 'always';

/** What the review of a document came to: `off`: nobody asked for one; `missing`: one was asked for, and there is none. */
export type DocumentReview = 'passed' | 'failed' | 'missing' | 'off';

/** From which severity on a finding of a review is asked about under `gated`. */
export const ASKS_FROM = ['low', 'medium', 'high', 'never'] as const;
export type AskFrom = (typeof ASKS_FROM)[number];

/**
 * What has to be known of a gate of each kind before it may open by itself. What is left out is not known, and what is not
 * known is never a pass.
 */
export interface GateFacts {
  /** The work overlaps with other work. */
  'scope-overlap': { readonly live?: boolean };
  /** The name is taken by another run or document. */
  'slug-collision': { readonly live?: boolean };
  /** Questions of an interview. */
  interview: object;
  spec: { readonly review?: DocumentReview; /** The opt-in under `loose`. */ readonly aggressive?: boolean };
  plan: { readonly clean?: boolean; readonly review?: DocumentReview };
  /** `policy`: what the configuration says, where it says anything. */
  subplan: { readonly clean?: boolean; readonly policy?: SubplanPolicy };
  /** A task has landed: does the run go on? */
  continue: object;
  /** Rules chose who does a task; `confirm`: the configuration wants that confirmed. */
  routing: { readonly confirm?: boolean };
  /** What an agent for small edits came back with. */
  result: { readonly verified?: boolean; /** Its diff is looked at even under `full`. */ readonly look?: boolean };
  /** The worst finding that holds; `fixes`: how often it went back because of findings, `budget`: how often it may. */
  review: {
    readonly severity: Severity;
    readonly askFrom: AskFrom;
    readonly fixes: number;
    readonly budget: number;
  };
  /** A task that does not get on; `rungs`: steps of the ladder that were tried, `of`: steps that it has here. */
  blocker: { readonly rungs: number; readonly of: number };
  /** An assumption that nobody has confirmed, or a question that the plan leaves open: whoever wrote it left it to a person. */
  assumption: object;
  'open-question': object;
  /** A validation, checkpoint or approval of the plan. `passed`: the commands that it names have passed; it may name none. */
  validation: { readonly passed?: boolean };
  budget: object;
  /** An agent wants what neither plan nor configuration allows. */
  permission: object;
  finish: object;
  'external-write': object;
  discard: object;
}
export type GateKind = keyof GateFacts;

/** The kinds of gates that autonomy decides about; every other gate (damage, a pause, a lane …) always asks. */
export const GATE_KINDS: readonly GateKind[] = [
  'scope-overlap',
  'slug-collision',
  'interview',
  'spec',
  'plan',
  'subplan',
  'continue',
  'routing',
  'result',
  'review',
  'blocker',
  'assumption',
  'open-question',
  'validation',
  'budget',
  'permission',
  'finish',
  'external-write',
  'discard',
];

/**
 * Whether a gate opens by itself. `does`: what goes on then. It is passed (`pass`), the work goes back to be mended (`fix`), or
 * the next step of the ladder is tried (`climb`). `policy` is what the log says of it.
 */
export type Verdict =
  | { readonly opens: true; readonly does: 'pass' | 'fix' | 'climb'; readonly policy: string }
  | { readonly opens: false; readonly why: string };

/** Steps of the ladder that `loose` tries before it asks. */
const LOOSE_RUNGS = 2;
/** Times that `loose` sends a change back because of a high finding before it asks. */
const LOOSE_FIXES = 1;

/**
 * Whether a gate of this kind opens by itself under this autonomy, or asks a person. Pure, and the only place that says so:
 *
 *     const verdict = gateOpens('plan', settings.autonomy ?? 'gated', { clean, review: 'passed' });
 *     if (verdict.opens) … // record the answer with `by: 'policy', how: verdict.policy`
 *     else … // open the gate; `verdict.why` says why it asks
 */
export function gateOpens<K extends GateKind>(kind: K, autonomy: Autonomy, facts: GateFacts[K]): Verdict {
  const asks = (why: string): Verdict => ({ opens: false, why });
  const opens = (because: string, does: 'pass' | 'fix' | 'climb' = 'pass'): Verdict => ({
    opens: true,
    does,
    policy: `autonomy: ${autonomy}${because === '' ? '' : `; ${because}`}`,
  });
  // Which facts belong to which kind is known above, and to the compiler no more down here.
  const gate = { kind, facts } as { [G in GateKind]: { readonly kind: G; readonly facts: GateFacts[G] } }[GateKind];
  switch (gate.kind) {
    case 'scope-overlap':
    case 'slug-collision':
      return gate.facts.live === false ? opens('no live run has it') : asks('a live run has it');
    case 'interview':
      return autonomy === 'full'
        ? opens('what is recommended is assumed')
        : asks('an interview is answered by a person');
    case 'spec': {
      const { review, aggressive } = gate.facts;
      if (autonomy === 'full') return opens('');
      if (autonomy === 'loose' && aggressive === true && review === 'passed') return opens('aggressive; review passed');
      return asks(
        autonomy === 'gated' ? 'autonomy is gated' : 'under loose a spec passes only with aggressive and a review',
      );
    }
    case 'plan': {
      const { clean, review } = gate.facts;
      if (autonomy === 'gated') return asks('autonomy is gated');
      if (clean !== true) return asks('the linter finds errors in it');
      if (review === 'passed') return opens('lint clean, review passed');
      if (review === 'off') return opens('lint clean, no review asked for');
      return asks(review === 'failed' ? 'its review found something' : 'it has not been reviewed');
    }
    case 'subplan': {
      const { policy, clean } = gate.facts;
      const rule = policy ?? (autonomy === 'gated' ? 'ask' : 'if-clean');
      if (rule === 'always') return { opens: true, does: 'pass', policy: 'subplans: always' };
      if (rule === 'ask') return asks(policy === undefined ? 'autonomy is gated' : 'subplans: ask');
      if (clean !== true) return asks('the linter finds errors in it');
      return policy === undefined
        ? opens('lint clean')
        : { opens: true, does: 'pass', policy: 'subplans: if-clean; lint clean' };
    }
    case 'continue':
      return autonomy === 'gated' ? asks('autonomy is gated') : opens('');
    case 'routing':
      if (autonomy === 'gated' && gate.facts.confirm !== false)
        return asks(gate.facts.confirm === true ? 'codex.confirm_auto_routing' : 'autonomy is gated');
      return opens(autonomy === 'gated' ? 'codex.confirm_auto_routing is off' : '');
    case 'result':
      if (autonomy === 'gated') return asks('autonomy is gated');
      if (gate.facts.verified !== true) return asks('it is not verified');
      if (autonomy === 'full' && gate.facts.look === true) return asks('codex.review_diff_under_full');
      return opens('verified');
    case 'review':
      return reviewOpens(autonomy, gate.facts, opens, asks);
    case 'blocker': {
      const { rungs, of } = gate.facts;
      if (autonomy === 'gated') return asks('autonomy is gated');
      const most = autonomy === 'loose' ? Math.min(LOOSE_RUNGS, of) : of;
      return rungs < most
        ? opens(`step ${rungs + 1} of ${most}`, 'climb')
        : asks(`${rungs} ${rungs === 1 ? 'step' : 'steps'} of the ladder were tried`);
    }
    case 'assumption':
      return asks('what the plan assumes is confirmed by a person');
    case 'open-question':
      return asks('what the plan leaves open is settled by a person');
    case 'validation':
      return gate.facts.passed === true
        ? opens('its commands passed')
        : asks(
            gate.facts.passed === false
              ? 'its commands failed'
              : 'no command shows it, so a person has to have seen it',
          );
    case 'budget':
      return asks('what is used up is given by a person');
    case 'permission':
      return asks('leave is given by a person or by a rule');
    case 'finish':
    case 'external-write':
    case 'discard':
      return asks('what leaves the run is decided by a person');
    default:
      return unreachable(gate);
  }
}

function reviewOpens(
  autonomy: Autonomy,
  { severity, askFrom, fixes, budget }: GateFacts['review'],
  opens: (because: string, does?: 'pass' | 'fix') => Verdict,
  asks: (why: string) => Verdict,
): Verdict {
  const high = severity === 'high';
  if (autonomy === 'gated' && atLeast(severity, askFrom)) return asks(`its severity is ${severity}`);
  if (!high) return opens(`findings are ${severity}`);
  const most = autonomy === 'loose' ? Math.min(LOOSE_FIXES, budget) : budget;
  return fixes < most
    ? opens(`fix ${fixes + 1} of ${most}`, 'fix')
    : asks(`a high finding after ${fixes} of ${most} ${most === 1 ? 'fix' : 'fixes'}`);
}

function atLeast(severity: Severity, askFrom: AskFrom): boolean {
  return askFrom !== 'never' && SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(askFrom);
}

/**
 * The same rule for whoever counts rounds instead of fixes: the least severity that keeps a change from landing, and the
 * reviews of a task after which a person is asked.
 */
export function reviewBounds(
  autonomy: Autonomy,
  askFrom: AskFrom,
  budget: number,
): { readonly hold: Severity; readonly rounds: number } {
  const facts = (severity: Severity, fixes: number): GateFacts['review'] => ({ severity, askFrom, fixes, budget });
  const held = (severity: Severity): boolean => {
    const verdict = gateOpens('review', autonomy, facts(severity, 0));
    return !verdict.opens || verdict.does !== 'pass';
  };
  const hold = [...SEVERITIES].reverse().find(held) ?? 'high';
  let rounds = 1;
  for (;;) {
    const verdict = gateOpens('review', autonomy, facts('high', rounds - 1));
    if (!verdict.opens || verdict.does !== 'fix') return { hold, rounds };
    rounds++;
  }
}
