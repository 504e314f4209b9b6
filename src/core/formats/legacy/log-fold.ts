import { known } from './bundle.ts';
import type { LegacyBundle, LegacyEvent, LegacyStatus, LegacyTask } from './model.ts';
import { words } from './state.ts';
import { type Told, ToldFold } from './told.ts';

type Gate = NonNullable<LegacyBundle['gate']>;

/** What the names of events say of where a bundle is; the first that fits. */
const PHASES: readonly (readonly [RegExp, string])[] = [
  [/^brainstorm_started$/, 'brainstorming'],
  [/^plan(?:ning)?_started$/, 'planning'],
  [/^(?:step_c_init_complete|execution_started)$/, 'executing'],
  [/^(?:plan|run)_completed$/, 'complete'],
  [/^(?:run_archived|archived_after_retro|bundle_archived|completion_cleanup_archived)$/, 'archived'],
];
/** Events that hold a `status` that is the bundle's, not that of a task or of an agent. */
const OF_THE_BUNDLE = /^(?:status_|state_|phase_|run_|bundle_)/;

/**
 * Where a legacy bundle is as far as its log tells, one event after the other. Older tools wrote no state into their logs: what no
 * line speaks of is not known, whatever the state beside it says.
 */
export class LegacyLogFold {
  /** The last word for where it is; nothing: none was said. */
  phase = '';
  wave = '';
  critical: string | undefined;
  last: number | undefined;
  readonly gates = new Map<string, Gate>();
  readonly #told: ToldFold;

  constructor(titles: LegacyBundle['titles']) {
    this.#told = new ToldFold(titles);
  }

  /** What was told of each task so far, by its id. */
  get tasks(): ReadonlyMap<string, Told> {
    return this.#told.tasks;
  }

  get status(): LegacyStatus {
    return this.critical === undefined ? known(this.phase) : 'blocked';
  }

  /** Takes the next event, and returns the ids of the tasks that it speaks of. */
  add(event: LegacyEvent): readonly string[] {
    const { name, at, fields } = event;
    if (at !== undefined) this.last = at;
    this.#where(event);
    this.#stops(event);
    const wave = words(fields['wave']);
    if (wave !== '' && name.startsWith('wave_')) this.wave = wave;
    return this.#told.add(event);
  }

  #where({ name, fields }: LegacyEvent): void {
    const moved = /(?:→|->)\s*([\w-]+)\s*$/.exec(words(fields['phase_transition']))?.[1];
    const to = name === 'phase_transition' ? words(fields['to']) : '';
    const status = OF_THE_BUNDLE.test(name) ? words(fields['status']) || words(fields['new_status']) : '';
    const said = PHASES.find(([pattern]) => pattern.test(name))?.[1];
    this.phase = moved || to || words(fields['phase']) || status || said || this.phase;
  }

  #stops({ name, text, fields }: LegacyEvent): void {
    const id = words(fields['id']) || words(fields['gate']) || words(fields['gate_id']);
    const gate = /^(?:(.*)_)?(?:gate|question)_(opened|asked|closed|answered|resolved|cleared)$/.exec(name);
    if (gate !== null) {
      const which = id || gate[1] || 'gate';
      if (gate[2] !== 'opened' && gate[2] !== 'asked') {
        // One that is closed without its name closes all.
        if (!this.gates.delete(which) && id === '') this.gates.clear();
      } else
        this.gates.set(which, {
          id: which,
          question: words(fields['question']) || text || which,
          options: Array.isArray(fields['options']) ? fields['options'].map(words).filter((one) => one !== '') : [],
        });
    }
    if (name === 'critical_error_opened')
      this.critical = [words(fields['code']), words(fields['summary']) || text].filter((one) => one !== '').join(': ');
    else if (/^critical_error_(?:closed|cleared|resolved|recovered)$/.test(name)) this.critical = undefined;
  }

  /** The bundle as if its state said no more than its log does up to here. `events`: those that were folded. */
  bundle(of: LegacyBundle, events: readonly LegacyEvent[]): LegacyBundle {
    const ids = new Set([...of.tasks.map(({ id }) => id), ...this.tasks.keys()]);
    const title = new Map(of.tasks.map((task) => [task.id, task.title]));
    const tasks = [...ids].map((id): LegacyTask => {
      const told = this.tasks.get(id);
      const by = told?.by ?? told?.routed;
      return {
        id,
        title: title.get(id) ?? id,
        status: told === undefined ? 'pending' : told.done ? 'done' : (told.state ?? 'pending'),
        ...(told?.wave === undefined ? {} : { wave: told.wave }),
        ...(told?.done === true && told.place !== undefined ? { doneAt: told.place } : {}),
        ...(told?.commit === undefined ? {} : { commit: told.commit }),
        ...(by === undefined ? {} : { by }),
        ...(told?.reviewed === true ? { reviewed: true } : {}),
      };
    });
    return {
      ...of,
      status: this.status === 'unknown' ? 'in-progress' : this.status,
      written: { status: '', phase: this.phase },
      last: this.last,
      currentTask: '',
      nextAction: '',
      gate: [...this.gates.values()].at(-1),
      critical: this.critical,
      tasks,
      events,
    };
  }
}
