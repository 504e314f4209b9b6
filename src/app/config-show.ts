import { nearest } from '../core/base/nearest.ts';
import { err, ok, type Result } from '../core/base/result.ts';
import { EXIT, type AppRefusal } from './api.ts';
import { chooseRun } from './choose.ts';
import { type Config, loadConfig, schema } from './config.ts';
import { defaultsFor, remarkOf } from './config-keys.ts';
import { CONFIG_FILE, type ConfigFlag, fileLayer, setFlag } from './config-layers.ts';
import { treeOfRecord } from './config-record.ts';
import { namesAt } from './config-schemas.ts';
import { keyPath, keyText, leavesOf, nodeAt, type OriginKind, valueOf } from './config-tree.ts';
import type { Context } from './context.ts';
import { didYouMean } from './lint-rules.ts';
import { findRoot } from './locate.ts';

export interface ConfigRequest {
  /** Only this key, or this section. */
  readonly key?: string;
  /** What this run was started with. */
  readonly run?: string;
  /** `key=value`, over everything else. */
  readonly set?: readonly string[];
}

/** One value as it holds. */
export interface ConfigValue {
  readonly key: string;
  readonly value: unknown;
  readonly from: OriginKind;
  /** File with line and column, variable, flag, preset, or the place that the run recorded. */
  readonly where: string;
  /** That it means nothing here, or which key it is read as. */
  readonly remark?: string;
}

export interface ConfigReport {
  readonly values: readonly ConfigValue[];
  /** Files that are read, lowest first, and whether they are there. */
  readonly files: readonly { readonly path: string; readonly exists: boolean }[];
  readonly warnings: readonly string[];
}

/** Keys that hold what nobody should see; of variables the names are shown. */
const HIDDEN =
  /^(?:agents\.[^.]+\.env\.|verify\.env\.|environment\.env\.|environment\.files\..*\.set\.|telemetry\.headers|notify\.webhook$)/;

/** What holds here, and where each value comes from. Works outside of a repository, too. */
export async function showConfig(context: Context, request: ConfigRequest): Promise<Result<ConfigReport, AppRefusal>> {
  const root = (await findRoot(context.io, context.cwd)) ?? context.cwd;
  const flags: ConfigFlag[] = [];
  for (const text of request.set ?? []) {
    const flag = setFlag(text);
    if (!flag.ok) return err({ message: flag.error, hint: 'masterplan config --help', exit: EXIT.usage });
    flags.push(flag.value);
  }
  const loaded = await configFor(context, root, request.run, flags);
  if (!loaded.ok) return loaded;
  const { tree, warnings, settings } = loaded.value;
  const values: ConfigValue[] = [];
  for (const [path, node] of leavesOf(tree)) {
    const key = keyText(path);
    const remark = remarkOf(path);
    const value = HIDDEN.test(key) && isGiven(valueOf(node)) ? '(hidden)' : valueOf(node);
    const { from, where } = node.origin;
    values.push({ key, value, from, where, ...(remark === undefined ? {} : { remark }) });
  }
  for (const [path, value] of defaultsFor(Object.keys(settings.agents)))
    if (nodeAt(tree, path) === undefined && !isWithin(path, values))
      values.push({ key: keyText(path), value, from: 'default', where: 'default' });
  values.sort((a, b) => (a.key < b.key ? -1 : 1));
  const shown = request.key === undefined ? ok(values) : chosen(values, request.key);
  if (!shown.ok) return shown;
  const files: { path: string; exists: boolean }[] = [];
  const { HOME } = context.env;
  for (const directory of new Set([...(HOME === undefined ? [] : [HOME]), root])) {
    const path = `${directory}/${CONFIG_FILE}`;
    const layer = await fileLayer(context, path);
    files.push({ path, exists: !layer.ok || layer.value !== undefined });
  }
  return ok({ values: shown.value, files, warnings });
}

async function configFor(
  context: Context,
  root: string,
  run: string | undefined,
  flags: readonly ConfigFlag[],
): Promise<Result<Config, AppRefusal>> {
  if (run === undefined) return loadConfig(context, root, { flags });
  const found = await chooseRun(context, run);
  if (!found.ok) return found;
  const { config } = found.value.state;
  if (config === undefined)
    return err({
      message: `the run "${run}" was started by a masterplan that did not record keys`,
      hint: `what it was started with stands in its log: the event config_resolved of masterplan replay ${run}`,
      exit: EXIT.failed,
    });
  return loadConfig(context, root, { recorded: treeOfRecord(config, run), flags });
}

/** Numbers and words for truth say nothing secret. */
const isGiven = (value: unknown): boolean => typeof value === 'string' && value !== '';

/** Whether something below a path is given, so that its default does not hold as a whole. */
function isWithin(path: readonly string[], values: readonly ConfigValue[]): boolean {
  const section = `${keyText(path)}.`;
  return values.some(({ key }) => key.startsWith(section));
}

function chosen(values: readonly ConfigValue[], asked: string): Result<readonly ConfigValue[], AppRefusal> {
  const path = keyPath(asked);
  const key = path === undefined ? asked : keyText(path);
  const found = values.filter((one) => one.key === key || one.key.startsWith(`${key}.`));
  if (found.length > 0) return ok(found);
  const parent = path?.slice(0, -1) ?? [];
  const { known, free } = namesAt(schema, parent);
  const last = path?.at(-1) ?? asked;
  if (path !== undefined && (free || known.includes(last))) return ok([]);
  return err({
    message: `there is no key "${asked}"${didYouMean(nearest(last, known))}`,
    hint: 'masterplan config shows what holds, docs/configuration-keys.md every key',
    exit: EXIT.usage,
  });
}
