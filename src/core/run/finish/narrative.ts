import { oneLine } from '../../base/text.ts';
import type { Effect } from '../effect.ts';
import { laneOf } from '../lanes.ts';
import { type Seat, seatOf } from '../seats.ts';
import type { RunSettings } from '../settings.ts';
import { spentInRun, usedUp } from '../spending.ts';
import { type RunState, taskOf } from '../state.ts';
import type { Narrative, Remark } from './narrative-model.ts';

/*
 * What an agent makes of a run that is over, in words of its own: asked once, of the retro that the log tells and of nothing else, and put
 * under a heading that says whose words they are. Nothing waits for it, and nothing is done twice for it. Decision 0060.
 */

/** The contract that the agent is asked under. */
export const RETRO_CONTRACT = 'retro.v1';
/** Milliseconds that it gets, and characters of the retro that it is given. */
export const NARRATIVE_TIME = 180_000;
export const NARRATIVE_STORY = 40_000;
/** Requests to the model that it may make. */
export const NARRATIVE_TURNS = 8;

/** What it is asked with. */
export interface NarrativeBrief {
  readonly schema: 1;
  readonly contract_id: typeof RETRO_CONTRACT;
  readonly run: string;
  readonly title: string;
  /** The commit that the run began with. */
  readonly base: string;
  /** The retro as the log tells it, from its beginning. */
  readonly retro: string;
  /** The tasks that may be named. */
  readonly tasks: readonly string[];
  readonly timeout_ms: number;
}

/**
 * Who would be asked; `undefined`: nobody. Whoever the configuration names for the role `retro`, or for `discovery`; else the agent of the
 * tasks, if it is one that is spoken with: a script that does tasks is started for tasks alone, unless a role says otherwise.
 */
export function narratorOf(settings: Pick<RunSettings, 'agents' | 'roles' | 'routing'>): Seat | undefined {
  const seat = seatOf(settings as RunSettings, 'retro');
  const agent = settings.agents[seat.agent];
  if (agent === undefined) return undefined;
  const named = seat.named || seatOf(settings as RunSettings, 'discovery').named;
  return named || agent.kind !== 'command' ? seat : undefined;
}

/** What is to be done about it before a run that is over is archived. */
export function narrativeEffects(state: RunState): Effect[] {
  const { settings, outcome, end } = state;
  if (end?.narrative?.told !== undefined) return [];
  if (end?.narrative !== undefined)
    return [{ type: 'narrate', key: 'narrate', agent: end.narrative.agent, begun: true }];
  if (settings?.narrative !== 'auto' || outcome === 'discard') return [];
  const seat = narratorOf(settings);
  // Whose account rests, or who cannot be started here, is not waited for.
  if (seat === undefined || Object.hasOwn(state.standIns, seat.agent)) return [];
  if (state.lanes[laneOf(settings, seat.agent)]?.parked !== undefined) return [];
  if (usedUp(state, 'budget', settings.budget?.run, spentInRun(state)) !== undefined) return [];
  const { agent, model, effort } = seat;
  const voice = { ...(model === undefined ? {} : { model }), ...(effort === undefined ? {} : { effort }) };
  return [{ type: 'narrate', key: 'narrate', agent, begun: false, ...voice }];
}

/** What the agent is told. `story`: the retro as Markdown. */
export function narrativeBrief(state: RunState, story: string, timeout: number): NarrativeBrief {
  const whole = story.length <= NARRATIVE_STORY;
  return {
    schema: 1,
    contract_id: RETRO_CONTRACT,
    run: state.run,
    title: state.title,
    base: state.base,
    retro: whole ? story : `${story.slice(0, NARRATIVE_STORY)}\n\n(The rest of it is left out.)\n`,
    tasks: state.tasks.map(({ task }) => task.id).slice(0, 500),
    timeout_ms: timeout,
  };
}

/** The same as Markdown. */
export function renderNarrativeBrief({ title, retro }: NarrativeBrief): string {
  return `# What do you make of this run?

The run "${oneLine(title, 200)}" is over. Below stands its retro, told from its log. Read it and nothing else: change no file, run no command.

Write one JSON object into the file \`$MASTERPLAN_DIGEST\`, at most 5,120 bytes:

\`\`\`json
{
  "contract_id": "${RETRO_CONTRACT}",
  "status": "completed",
  "summary": "Two to five sentences: what the run was and what shaped it.",
  "went_well": [{"text": "One sentence.", "tasks": ["T1"]}],
  "went_badly": [{"text": "One sentence.", "tasks": ["T2"]}],
  "next_time": [{"text": "What to do otherwise, in one sentence.", "tasks": ["T2"]}]
}
\`\`\`

Each entry names in \`tasks\` the tasks that show it, by their ids in the retro; one that names no task of this run is left out. A list may be
empty. Say nothing that the retro does not bear out, and nothing of what you would have liked to see there.

---

${retro}`;
}

/** What is kept of what an agent said: bounded, and only what names tasks of the run. */
export function keptNarrative(state: RunState, said: Narrative): Narrative {
  const remarks = (list: readonly Remark[]): Remark[] =>
    list.flatMap(({ text, tasks }) => {
      const known = [...new Set(tasks.flatMap((id) => taskOf(state, id.trim())?.task.id ?? []))].slice(0, 12);
      const words = oneLine(text, 600).trim();
      return known.length === 0 || words === '' ? [] : [{ text: words, tasks: known }];
    });
  return {
    summary: oneLine(said.summary, 1500).trim(),
    went_well: remarks(said.went_well),
    went_badly: remarks(said.went_badly),
    next_time: remarks(said.next_time),
  };
}
