import { stepsBelow } from '../core/base/path.ts';
import { runPaths } from '../engine/paths.ts';
import type { Context } from './context.ts';
import { loadRun } from './load.ts';
import { listRuns } from './locate.ts';

/** Why a document is not to be written, and what to do. */
export interface Custody {
  readonly message: string;
  readonly hint: string;
}

/** Which documents runs are bound to: changing one of these would end in a run that refuses its own plan. */
export class Custodian {
  readonly #context: Context;
  readonly #runsPath: string;
  /** By work tree: the documents that open runs were made from, with the name of the run. */
  readonly #open = new Map<string, Promise<ReadonlyMap<string, string>>>();

  constructor(context: Context, runsPath: string) {
    this.#context = context;
    this.#runsPath = runsPath;
  }

  /** Why the document at `path` must stay as it is; `undefined`: it may be written. */
  async of(root: string, path: string): Promise<Custody | undefined> {
    const slug = bundleOf(root, this.#runsPath, path);
    const log = slug === undefined ? undefined : runPaths(root, this.#runsPath, slug).log;
    if (slug !== undefined && log !== undefined && (await this.#context.io.files.stat(log)) !== undefined)
      return bound(slug);
    let open = this.#open.get(root);
    if (open === undefined) this.#open.set(root, (open = this.#openPlans(root)));
    const run = (await open).get(path);
    return run === undefined ? undefined : bound(run);
  }

  async #openPlans(root: string): Promise<ReadonlyMap<string, string>> {
    const plans = new Map<string, string>();
    for (const slug of await listRuns(this.#context.io, { root, runsPath: this.#runsPath })) {
      const loaded = await loadRun(this.#context.io, runPaths(root, this.#runsPath, slug));
      // The log of a damaged run does not say which plan it is about; its bundle's is refused above in any case.
      if (!loaded.ok || loaded.value.state.phase === 'over') continue;
      const { planPath } = loaded.value.state;
      plans.set(planPath.startsWith('/') ? planPath : `${root}/${planPath}`, slug);
    }
    return plans;
  }
}

/** The name of the run whose bundle a path lies in: its plan, or the sub-plan of one of its tasks. */
export function bundleOf(root: string, runsPath: string, path: string): string | undefined {
  const steps = stepsBelow(`${root}/${runsPath}`, path);
  return steps !== undefined && steps.length > 1 ? steps[0] : undefined;
}

function bound(slug: string): Custody {
  return {
    message: `the run "${slug}" is bound to this text`,
    hint: `mend a copy and run that under another name, or look at the run first: masterplan status ${slug}`,
  };
}
