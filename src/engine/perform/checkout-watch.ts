import { changedMeanwhile, type UserFiles } from '../../core/run/checkout-watch.ts';
import { heldAs } from '../../core/run/containing.ts';
import type { EffectOf } from '../../core/run/effect.ts';
import { attemptName, type RunEvent } from '../../core/run/event.ts';
import type { Attempt } from '../../core/run/state.ts';
import type { Repositories } from '../git/repositories.ts';
import type { Performing } from './performer.ts';

/** Paths that an event names. */
const MOST_NAMED = 50;

/**
 * Looks at the user's checkout before an agent starts and after it ended. An agent that nothing contains can write there by an absolute
 * path; a person can, too. So what changed is told with all that were at work meanwhile, and never touched.
 */
class CheckoutWatch {
  readonly #git: Repositories;
  readonly #ours: (path: string) => boolean;
  readonly #atWork = new Set<string>();
  #last: UserFiles | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(git: Repositories, ours: (path: string) => boolean) {
    this.#git = git;
    this.#ours = ours;
  }

  /** An attempt begins: what was there before is not its doing. */
  begin(name: string): Promise<RunEvent[]> {
    return this.#look(() => this.#atWork.add(name));
  }

  /** An attempt is over. */
  end(name: string): Promise<RunEvent[]> {
    return this.#look(() => this.#atWork.delete(name));
  }

  /** One look after the other: each is compared with the one before it. */
  #look(then: () => void): Promise<RunEvent[]> {
    const mine = this.#turn.then(async (): Promise<RunEvent[]> => {
      const suspects = [...this.#atWork].sort();
      const [before, now] = [this.#last, await this.#git.userFiles()];
      this.#last = now;
      then();
      if (before === undefined || now === undefined || suspects.length === 0) return [];
      const paths = changedMeanwhile(before, now, this.#ours);
      if (paths.length === 0) return [];
      return [
        { event: 'checkout_changed', attempts: suspects, paths: paths.slice(0, MOST_NAMED), count: paths.length },
      ];
    });
    this.#turn = mine.catch(() => undefined);
    return mine;
  }
}

/** One for each run that this process carries out. */
const watches = new WeakMap<Repositories, CheckoutWatch>();

/** Watches the user's checkout while `during` goes on. What happened there is recorded, and changes nothing for the attempt. */
export async function watchingCheckout<T>(
  { task, agent }: Pick<EffectOf<'work'>, 'task' | 'agent'>,
  attempt: Pick<Attempt, 'number' | 'role'>,
  performing: Performing,
  during: () => Promise<T>,
): Promise<T> {
  const settings = performing.state().settings;
  // What is contained cannot write there.
  const contained =
    performing.containment !== undefined &&
    settings !== undefined &&
    heldAs(settings, agent, attempt.role).policy !== undefined;
  if (settings?.witness?.checkout !== 'warn' || contained) return during();
  const { git, paths } = performing;
  const known = watches.get(git) ?? new CheckoutWatch(git, oursIn(paths));
  watches.set(git, known);
  const name = attemptName(task, attempt.number);
  await tell(performing, await known.begin(name));
  try {
    return await during();
  } finally {
    await tell(performing, await known.end(name));
  }
}

async function tell(performing: Performing, events: readonly RunEvent[]): Promise<void> {
  // Whoever lost the log meanwhile has nobody to tell.
  if (events.length > 0) await performing.record(events).catch(() => undefined);
}

/** What masterplan itself writes into the checkout: its own directory, and bundles beside each other. */
function oursIn({ root, bundle }: Performing['paths']): (path: string) => boolean {
  const bundles = bundle.slice(root.length + 1, bundle.lastIndexOf('/') + 1);
  return (path) => path.startsWith('.masterplan/') || (bundles !== '' && path.startsWith(bundles));
}
