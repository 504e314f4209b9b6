import { err, ok, type Result } from '../base/result.ts';
import { known } from '../formats/legacy/bundle.ts';
import type { LegacyBundle, LegacyPlace, LegacyTask } from '../formats/legacy/model.ts';
import { readPlanIndex } from '../formats/plan-index.ts';
import { renderTask, taskIdsOf } from '../plan/kinds/task-render.ts';
import { checkSlug, slugify } from '../base/slug.ts';
import type { Plan } from '../plan/model.ts';
import { isRunnable, parsePlan } from '../plan/parse.ts';
import type { Importable, NotUnderstood, RecordedClaims } from './importable.ts';

/** The texts of a legacy bundle that its plan is made from. */
export interface LegacyTexts {
  readonly plan?: string;
  readonly index?: string;
  /** The name that its state goes by: `state.yml`, `x-status.md`. */
  readonly stateName: string;
}

/**
 * What a legacy bundle becomes, or what of it was not understood, each with its place. Its plan is taken as it stands where that
 * reads as the same tasks; else it is written anew from the index.
 */
export function fromLegacy(
  bundle: LegacyBundle,
  path: string,
  texts: LegacyTexts,
): Result<Importable, readonly NotUnderstood[]> {
  const lost: NotUnderstood[] = [...bundle.problems];
  const over = ['complete', 'archived', 'pending-retro'].includes(bundle.status);
  const state = (message: string): number => lost.push({ file: texts.stateName, line: 0, message });
  const { status } = bundle.written;
  const silent = bundle.fields['status'] === undefined || bundle.fields['status'] === null;
  if (status === '' && (!silent || bundle.status === 'unknown')) state('says nothing of its status');
  else if (status !== '' && known(status) === 'unknown') state(`status "${status}" means nothing that is known`);
  if (!/^(?:none|status\.md|[1-9](?:\.\d+){0,2})$/.test(bundle.schema))
    state(`schema_version "${bundle.schema}" is none that is known`);
  for (const one of bundle.tasks)
    if (one.stated === true && one.status === 'unknown')
      state(
        one.word === undefined || one.word === ''
          ? `says nothing of the status of ${one.id}`
          : `the status "${one.word}" of ${one.id} means nothing that is known`,
      );
  const chosen = planFor(bundle, texts);
  if (!chosen.ok) return err([...lost, ...chosen.error]);
  if (lost.length > 0) return err(lost);
  const { plan, text, verbatim, ids } = chosen.value;
  const claims = new Map<string, RecordedClaims>();
  const waived = new Set<string>();
  const remarks: string[] = verbatim
    ? []
    : ['its plan was written anew from plan.index.json: the text does not read as the same tasks'];
  for (const place of bundle.untold.slice(0, 20))
    remarks.push(`${placeWords(place)} calls something done, and does not say which task`);
  const own = new Set(plan.units.map(({ task }) => task.id));
  for (const one of bundle.tasks) {
    const id = ids.get(one.id.toUpperCase()) ?? one.id;
    if (!own.has(id)) {
      remarks.push(
        `the log tells of ${one.id}, which the plan does not have${one.doneAt === undefined ? '' : ` (${placeWords(one.doneAt)})`}`,
      );
      continue;
    }
    if (one.status === 'waived') waived.add(id);
    claims.set(id, claimsIn(one, texts));
  }
  return ok({
    kind: path.endsWith('.md') ? 'status-file' : 'bundle',
    from: path,
    slug: checkSlug(bundle.slug).ok ? bundle.slug : (slugify(bundle.slug) ?? 'imported'),
    plan: text,
    planKind: plan.kind,
    verbatim,
    schema: bundle.schema,
    status: bundle.written.status || bundle.written.phase,
    over,
    ...(bundle.started === undefined ? {} : { began: bundle.started }),
    ...(bundle.last === undefined ? {} : { last: bundle.last }),
    events: bundle.events.length,
    ...(bundle.branch === '' ? {} : { branch: bundle.branch }),
    claims,
    waived,
    remarks,
  });
}

function claimsIn(one: LegacyTask, texts: LegacyTexts): RecordedClaims {
  const state = one.stated === true ? one.status : undefined;
  const by = one.by === undefined ? '' : ` by ${one.by}`;
  const stated =
    one.doneAt !== undefined
      ? { what: `its log says that it was done${by}`, where: placeWords(one.doneAt) }
      : state === 'done'
        ? { what: 'its state says that it is done', where: texts.stateName }
        : undefined;
  const against =
    state !== undefined && state !== 'done' && state !== 'waived'
      ? { what: `its state says that it is ${state === 'working' ? 'under way' : state}`, where: texts.stateName }
      : undefined;
  return {
    ...(stated === undefined ? {} : { stated }),
    ...(against === undefined ? {} : { against }),
    commits: one.commit === undefined ? [] : [one.commit],
  };
}

function placeWords({ file, line }: LegacyPlace): string {
  return `${file}:${line}`;
}

interface Chosen {
  readonly plan: Plan;
  readonly text: string;
  readonly verbatim: boolean;
  /** The plan's ids by those of the bundle, in capitals. */
  readonly ids: ReadonlyMap<string, string>;
}

function planFor(
  bundle: LegacyBundle,
  { plan: text, index, stateName }: LegacyTexts,
): Result<Chosen, readonly NotUnderstood[]> {
  const stated = bundle.tasks.filter((one) => one.stated === true).map(({ id }) => id.toUpperCase());
  const parsed = text === undefined ? undefined : parsePlan(text, { fileName: 'plan.md' });
  const errors: NotUnderstood[] = [];
  if (text !== undefined && parsed?.ok === true) {
    const ids = new Map(parsed.value.units.map(({ task }) => [task.id.toUpperCase(), task.id]));
    const missing = stated.filter((id) => !ids.has(id));
    if (missing.length === 0 && parsed.value.units.length > 0 && isRunnable(parsed.value))
      return ok({ plan: parsed.value, text, verbatim: true, ids });
    if (missing.length > 0)
      errors.push({
        file: stateName,
        line: 0,
        message: `lists ${missing.slice(0, 5).join(', ')}, which plan.md does not have`,
      });
    for (const one of parsed.value.findings)
      if (one.severity === 'error')
        errors.push({ file: 'plan.md', line: one.span.line, message: `${one.rule}: ${one.message}` });
  } else if (text !== undefined) errors.push({ file: 'plan.md', line: 1, message: 'is no plan of any kind' });
  const read = index === undefined ? undefined : readPlanIndex(index.replace(/^\uFEFF/, ''));
  if (read?.ok === true && read.value.units.length > 0) {
    const portable = { ...read.value, title: bundle.title };
    const names = taskIdsOf(portable);
    const made = renderTask(portable);
    const again = parsePlan(made, { fileName: 'plan.md', kind: 'task' });
    const ids = new Map(portable.units.map(({ id }, i) => [id.toUpperCase(), names[i] ?? id]));
    const missing = stated.filter((id) => !ids.has(id));
    if (again.ok && isRunnable(again.value) && missing.length === 0)
      return ok({ plan: again.value, text: made, verbatim: false, ids });
    if (missing.length > 0)
      errors.push({
        file: stateName,
        line: 0,
        message: `lists ${missing.slice(0, 5).join(', ')}, which plan.index.json does not have`,
      });
  }
  if (errors.length > 0) return err(errors);
  const where = text === undefined && index === undefined ? `has no plan: ${stateName} tells of none` : 'holds no task';
  return err([{ file: text === undefined ? stateName : 'plan.md', line: 0, message: where }]);
}
