import { checkSlug } from '../core/base/slug.ts';
import { err, ok, type Result } from '../core/base/result.ts';
import { oneLine } from '../core/base/text.ts';
import type { PlanKind } from '../core/plan/model.ts';
import { SPEC_LIMIT, readSpec } from '../core/run/authoring/spec.ts';
import { isAlike, names, slugOfTopic } from '../core/run/authoring/topic.ts';
import { EXIT, type AppRefusal, type AuthoringOptions, type RunOptions } from './api.ts';
import { readAnswers } from './answers.ts';
import type { Context } from './context.ts';
import { locate, shown, type Located } from './locate.ts';
import { freeSlug, type Known, knownRuns, peerFor } from './overlap.ts';

/** A verb that begins with an idea. */
export type TopicVerb = 'brainstorm' | 'plan' | 'full';

export interface TopicRequest {
  readonly verb: TopicVerb;
  /** What it is about, or the name of a run that goes on. */
  readonly topic?: string;
  readonly slug?: string;
  readonly kind?: PlanKind;
  /** Path of a spec that is there already. */
  readonly fromSpec?: string;
  /** Path of a file with answers to the interview. */
  readonly answers?: string;
  /** What nobody answers is taken as recommended. */
  readonly assume?: boolean;
  /** Begin although another run is about the same. */
  readonly variant?: boolean;
}

/** How far each verb goes by itself. */
const UNTIL: Readonly<Record<TopicVerb, AuthoringOptions['until']>> = { brainstorm: 'spec', plan: 'plan', full: null };

/** Characters of a topic. */
const LONGEST = 2000;

/** What is to be opened for a verb that begins with an idea: a new run, or the one that is meant. Changes nothing. */
export async function openTopic(context: Context, request: TopicRequest): Promise<Result<RunOptions, AppRefusal>> {
  const { verb } = request;
  const located = await locate(context);
  if (!located.ok) return located;
  const given = await answersOf(context, request);
  if (!given.ok) return given;
  const topic = request.topic?.trim().replace(/\s+/g, ' ');
  if (topic !== undefined && topic.length > LONGEST)
    return err({
      message: `the topic has more than ${LONGEST} characters`,
      hint: 'put what is long into a spec: masterplan plan --from-spec=spec.md',
      exit: EXIT.usage,
    });
  const runs = await knownRuns(context, located.value);
  const options = (slug: string, what: string): RunOptions => ({
    slug,
    ...(request.answers === undefined ? {} : { answers: request.answers }),
    authoring: {
      topic: what,
      until: UNTIL[verb],
      given: given.value,
      ...(request.kind === undefined ? {} : { kind: request.kind }),
    },
  });
  if (request.fromSpec !== undefined) return fromSpec(context, located.value, request, runs, options);
  if (topic === undefined || topic === '') return theOneInTheMaking(context, located.value, verb, runs, options);

  const own = runs.find(({ slug }) => slug === (request.slug ?? topic));
  if (own !== undefined) return goesOn(own, verb, request.slug === undefined ? undefined : topic, options);
  if (/\.(?:md|markdown)$/i.test(topic) && (await placeOf(context, topic)) !== undefined)
    return err({
      message: `${topic} is a document, and no topic`,
      hint: `of a spec: masterplan plan --from-spec=${topic}; of a plan: masterplan run ${topic}`,
      exit: EXIT.usage,
    });
  const slug = request.slug ?? slugOfTopic(topic);
  if (slug === undefined || !checkSlug(slug).ok)
    return err({
      message: `no name for a run can be made of "${oneLine(topic, 80)}"`,
      hint: `give it one: masterplan ${verb} "${oneLine(topic, 80)}" --slug <name>`,
      exit: EXIT.usage,
    });
  // What was typed before and is under way, whatever name it was given.
  const begun = runs.find(({ state }) => state.phase !== 'over' && state.authoring?.topic === topic);
  if (begun !== undefined && request.variant !== true && request.slug === undefined)
    return goesOn(begun, verb, topic, options);
  const same = runs.find((one) => one.slug === slug);
  if (same !== undefined) return taken(context, located.value, request, same, topic, options);
  const alike = runs.find(
    ({ state }) => state.phase !== 'over' && isAlike(topic, state.authoring?.topic ?? state.title),
  );
  const made = options(slug, topic);
  return ok(
    alike === undefined || request.variant === true ? made : { ...made, peer: peerFor('scope-overlap', alike) },
  );
}

/** The name that a topic gives belongs to a run: to this one's, or to another one beside which it gets the next name. */
async function taken(
  context: Context,
  located: Located,
  { verb, slug, variant }: TopicRequest,
  same: Known,
  topic: string,
  options: (slug: string, topic: string) => RunOptions,
): Promise<Result<RunOptions, AppRefusal>> {
  const isOwn = same.state.authoring?.topic === topic && variant !== true;
  if (slug !== undefined || isOwn) return goesOn(same, verb, topic, options);
  const made = options(await freeSlug(context, located, same.slug), topic);
  return ok(variant === true ? made : { ...made, peer: peerFor('slug-collision', same) });
}

/** A run that is there already. `topic`: what its name was made from; `undefined`: the run itself was named. */
function goesOn(
  { slug, state }: Known,
  verb: TopicVerb,
  topic: string | undefined,
  options: (slug: string, topic: string) => RunOptions,
): Result<RunOptions, AppRefusal> {
  const { authoring } = state;
  if (topic !== undefined && authoring?.topic !== topic)
    return err({
      message: `the name "${slug}" belongs to another run: ${oneLine(state.title, 120)}`,
      hint: `choose another one: --slug ${slug.slice(0, 60)}-2; to go on with that run: masterplan run ${slug}`,
      exit: EXIT.waits,
    });
  if (state.phase === 'over')
    return err({
      message: `the run "${slug}" is over: ${state.outcome ?? ''}`,
      hint: `begin anew under another name: --slug ${slug.slice(0, 60)}-2`,
      exit: EXIT.failed,
    });
  if (authoring === undefined)
    return err({
      message: `the run "${slug}" has a plan already`,
      hint: `masterplan run ${slug}`,
      exit: EXIT.usage,
    });
  if (verb !== 'full' && authoring.adopted !== undefined)
    return err({ message: `the plan of "${slug}" is approved`, hint: `masterplan execute ${slug}`, exit: EXIT.usage });
  return ok(options(slug, authoring.topic));
}

/** The one run whose spec or plan is being written. */
async function theOneInTheMaking(
  context: Context,
  located: Located,
  verb: TopicVerb,
  runs: readonly Known[],
  options: (slug: string, topic: string) => RunOptions,
): Promise<Result<RunOptions, AppRefusal>> {
  const making = runs.filter(
    ({ state }) => state.phase !== 'over' && state.authoring !== undefined && state.authoring.adopted === undefined,
  );
  const [one] = making;
  if (one !== undefined && making.length === 1) return goesOn(one, verb, undefined, options);
  if (making.length > 0)
    return err({
      message: `several runs have no plan yet: ${making.map(({ slug }) => slug).join(', ')}`,
      hint: making.map(({ slug }) => `masterplan ${verb} ${slug}`).join(', or: '),
      exit: EXIT.usage,
    });
  const slugs = runs.map(({ slug }) => slug);
  const specs = verb === 'plan' ? await (await import('./begin-with.ts')).specsHere(context, located, slugs) : [];
  const begin = `masterplan ${verb} "what is to be built"`;
  return err({
    message: specs.length === 0 ? `${verb} needs a topic` : 'plan needs a topic; a spec without a plan is there',
    hint:
      specs.length === 0
        ? `${begin}${verb === 'plan' ? ', or: masterplan plan --from-spec=spec.md' : ''}`
        : [...specs.map((path) => `masterplan plan --from-spec=${path}`), begin].join(', or: '),
    exit: EXIT.usage,
  });
}

/** A spec that a person, or an earlier run, wrote. */
async function fromSpec(
  context: Context,
  located: Located,
  request: TopicRequest,
  runs: readonly Known[],
  options: (slug: string, topic: string) => RunOptions,
): Promise<Result<RunOptions, AppRefusal>> {
  const path = request.fromSpec as string;
  const file = path.startsWith('/') ? path : `${context.cwd}/${path}`;
  const bytes = await context.io.files.read(file, SPEC_LIMIT).catch(() => undefined);
  if (bytes === undefined)
    return err({ message: `there is no spec ${path} that can be read`, hint: 'check the path', exit: EXIT.usage });
  const source = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const spec = readSpec(source);
  if (!spec.ok)
    return err({
      message: `${path} is no spec that can be planned: ${spec.error.slice(0, 3).join('; ')}`,
      hint: 'docs/lifecycle.md shows what one says',
      exit: EXIT.findings,
    });
  const { title } = spec.value;
  const stem = (file.split('/').at(-1) ?? '').replace(/\.(?:md|markdown)$/i, '');
  const slug = request.slug ?? slugOfTopic(/^spec$/i.test(stem) ? title : stem) ?? slugOfTopic(title);
  if (slug === undefined || !checkSlug(slug).ok)
    return err({ message: 'the spec gives no name for a run', hint: 'give it one: --slug <name>', exit: EXIT.usage });
  const topic = request.topic?.trim() || title;
  const same = runs.find((one) => one.slug === slug);
  const met =
    same === undefined ? ok(options(slug, topic)) : await taken(context, located, request, same, topic, options);
  if (!met.ok || met.value.slug === same?.slug) return met;
  const made = met.value;
  return ok({
    ...made,
    authoring: { ...(made.authoring as AuthoringOptions), spec: { source, path: shown(file, located.root) } },
  });
}

/** What is to be opened by `execute`: the run or plan that is meant. A topic that nothing matches begins nothing. */
export async function openExecute(context: Context, target?: string): Promise<Result<RunOptions, AppRefusal>> {
  const located = await locate(context);
  if (!located.ok) return located;
  const runs = (await knownRuns(context, located.value)).filter(({ state }) => state.phase !== 'over');
  const further = ({ slug, state }: Known): RunOptions =>
    state.authoring === undefined
      ? { target: slug }
      : { slug, authoring: { topic: state.authoring.topic, until: null } };
  if (target === undefined) {
    const [one] = runs;
    if (one !== undefined && runs.length === 1) return ok(further(one));
    if (runs.length > 0)
      return err({
        message: `several runs are open: ${runs.map(({ slug }) => slug).join(', ')}`,
        hint: runs.map(({ slug }) => `masterplan execute ${slug}`).join(', or: '),
        exit: EXIT.usage,
      });
    const { plansHere, typeForPlans } = await import('./begin-with.ts');
    const plans = await plansHere(context, located.value);
    return err({
      message:
        plans.length === 0
          ? 'no run is open here'
          : `no run is open here; ${plans.length === 1 ? 'one plan waits' : `${plans.length} plans wait`} to be carried out`,
      hint:
        plans.length === 0
          ? 'masterplan execute <plan.md>, or begin with an idea: masterplan full "what is to be built"'
          : [...typeForPlans(context, located.value, plans), ...(plans.length > 3 ? ['masterplan list'] : [])].join(
              ', or: ',
            ),
      exit: EXIT.usage,
    });
  }
  const own = runs.find(({ slug }) => slug === target);
  if (own !== undefined) return ok(further(own));
  const place = await placeOf(context, target);
  if (/\.(?:md|markdown)$/i.test(target) || place !== undefined) return ok({ target: place ?? target });
  const fitting = runs.filter(({ slug, state }) =>
    names(target, slug, `${state.title} ${state.authoring?.topic ?? ''}`),
  );
  const [one] = fitting;
  if (one !== undefined && fitting.length === 1) return ok(further(one));
  const words = oneLine(target, 80);
  if (fitting.length === 0) {
    const { plansHere, plansNamed, typedPlan, typeForPlans } = await import('./begin-with.ts');
    const plans = plansNamed(await plansHere(context, located.value), target.trim());
    const [plan] = plans;
    if (plan !== undefined && plans.length === 1) return ok({ target: typedPlan(context, located.value, plan) });
    if (plans.length > 1)
      return err({
        message: `"${words}" could be ${plans.map(({ path }) => path).join(' or ')}`,
        hint: typeForPlans(context, located.value, plans).join(', or: '),
        exit: EXIT.usage,
      });
  }
  const some = fitting.length > 0 ? fitting : runs;
  return err({
    message:
      fitting.length > 1
        ? `"${words}" could be ${fitting.map(({ slug }) => slug).join(' or ')}`
        : `no plan and no open run is "${words}"; nothing was begun`,
    hint: [
      ...some.slice(0, 5).map(({ slug }) => `masterplan execute ${slug}`),
      ...(fitting.length > 1 ? [] : [`to begin with it as an idea: masterplan full "${words}"`]),
    ].join('; '),
    exit: EXIT.usage,
  });
}

/** A path that is there, of a document or of the folder of a plan; `undefined`: nothing is. */
async function placeOf(context: Context, path: string): Promise<string | undefined> {
  const { files } = context.io;
  const file = path.startsWith('/') ? path : `${context.cwd}/${path}`;
  const found = await files.stat(file).catch(() => undefined);
  if (found?.kind !== 'directory') return found === undefined ? undefined : path;
  const inside = `${path.replace(/\/+$/, '')}/plan.md`;
  const there = await files.stat(`${file.replace(/\/+$/, '')}/plan.md`).catch(() => undefined);
  return there === undefined ? undefined : inside;
}

/** Answers to the interview that stand in a file, by the id or the words of a question; `*`: for all others. */
async function answersOf(
  context: Context,
  { answers, assume }: TopicRequest,
): Promise<Result<Readonly<Record<string, string>>, AppRefusal>> {
  const given: Record<string, string> = assume === true ? { '*': 'recommended' } : {};
  if (answers === undefined) return ok(given);
  const read = await readAnswers(context, answers);
  if (!read.ok) return read;
  for (const { question, answer } of read.value.answers) if (question !== undefined) given[question] = answer;
  return ok(given);
}
