import { oneLine } from '../core/base/text.ts';
import { readSpec, SPEC_LIMIT } from '../core/run/authoring/spec.ts';
import { names } from '../core/run/authoring/topic.ts';
import type { Context } from './context.ts';
import { type ListedPlan, listIn } from './documents/list.ts';
import { typedIn } from './lint-targets.ts';
import type { Located } from './locate.ts';

/* What lies in a repository that no run carries out yet: plans and specs, for verbs that are typed without saying of what. */

/** Where people keep specs, relative to the repository. */
const SPEC_PLACES = ['', 'docs', 'specs', 'docs/specs', 'docs/plans', 'docs/superpowers/specs'] as const;
/** Files of a folder that are looked at. */
const MOST_LOOKED = 200;
/** How many are named. */
const MOST_NAMED = 3;

/** Plans that agents could carry out now: what is approved first, then drafts, each with the command. */
export async function plansHere(context: Context, located: Located): Promise<readonly ListedPlan[]> {
  const { plans } = await listIn(context, located, false);
  const order = (plan: ListedPlan): number => (plan.status === 'approved' ? 0 : plan.status === 'in-progress' ? 1 : 2);
  return plans.filter(({ next }) => !next.type.startsWith('masterplan status')).sort((a, b) => order(a) - order(b));
}

/** The plans that words mean: the one of that slug, else those whose slug or title holds every word. */
export function plansNamed(plans: readonly ListedPlan[], words: string): readonly ListedPlan[] {
  const exact = plans.filter(({ slug }) => slug === words);
  return exact.length > 0 ? exact : plans.filter(({ slug, title }) => names(words, slug, title));
}

/** A plan as it is typed behind `run` or `execute`. */
export function typedPlan(context: Context, { root }: Located, { path }: ListedPlan): string {
  return typedIn(context.cwd, `${root}/${path}`);
}

/** What to type to have one of them carried out; several are named. */
export function typeForPlans(context: Context, located: Located, plans: readonly ListedPlan[]): readonly string[] {
  return plans.slice(0, MOST_NAMED).map((plan) => `masterplan execute ${quoted(typedPlan(context, located, plan))}`);
}

/** A path as a shell takes it. */
function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}

/** Specs that can be planned and whose name no run has, the latest first; as a shell takes them behind `--from-spec`. */
export async function specsHere(
  context: Context,
  { root }: Located,
  slugs: readonly string[],
): Promise<readonly string[]> {
  const { files } = context.io;
  const found: { readonly path: string; readonly at: number }[] = [];
  for (const place of SPEC_PLACES) {
    const folder = place === '' ? root : `${root}/${place}`;
    const named = (await files.list(folder).catch((): string[] => [])).filter(
      (name) =>
        /(?:^|[-_.])(?:spec|design|requirements)\.(?:md|markdown)$/i.test(name) ||
        (place.endsWith('specs') && /\.md$/i.test(name)),
    );
    for (const name of named.slice(0, MOST_LOOKED)) {
      const file = `${folder}/${name}`;
      const stat = await files.stat(file).catch(() => undefined);
      if (stat?.kind !== 'file') continue;
      const bytes = await files.read(file, SPEC_LIMIT).catch(() => undefined);
      const spec = bytes === undefined ? undefined : readSpec(new TextDecoder().decode(bytes));
      if (spec?.ok !== true) continue;
      const title = oneLine(spec.value.title, 200);
      if (!slugs.some((slug) => names(slug.replaceAll('-', ' '), name.replace(/\.\w+$/, ''), title)))
        found.push({ path: typedIn(context.cwd, file), at: stat.mtime });
    }
  }
  return found
    .sort((a, b) => b.at - a.at)
    .slice(0, MOST_NAMED)
    .map(({ path }) => quoted(path));
}
