import { err, ok, type Result } from '../core/base/result.ts';
import { formatText } from '../core/plan/format/format.ts';
import { planHash } from '../core/plan/hash.ts';
import type { PlanKind } from '../core/plan/model.ts';
import { readDraft } from '../core/plan/parse.ts';
import type { LintedFile } from '../core/views/lint-report.ts';
import type { AppRefusal } from './api.ts';
import { loadConfig } from './config.ts';
import type { Context } from './context.ts';
import { CHANGED, decode, LIMIT, NOT_UTF8, same } from './document-bytes.ts';
import { World } from './facts.ts';
import { Custodian } from './lint-custody.ts';
import { findTargets, noReading, type Target, typedIn } from './lint-targets.ts';
import { findRoot, RUNS_PATH } from './locate.ts';

/** What is to be formatted, and how. */
export interface FormatRequest {
  /** Files, directories and globs; `-` is standard input. Empty: plans where they usually are. */
  readonly paths: readonly string[];
  /** The path that standard input would have. */
  readonly stdinName?: string;
  readonly kind?: PlanKind;
  /** Write nothing: what would change is only in the answer. */
  readonly dry: boolean;
}

/** One document that was formatted, or why not. */
export interface FormattedFile {
  /** As the person who asks would type it. */
  readonly file: string;
  readonly kind: PlanKind | undefined;
  /** The text, in canonical form where that was possible. */
  readonly source: string;
  /** What changed; without it, it is as it was. */
  readonly fixed?: NonNullable<LintedFile['fixed']>;
  /** Why it was left alone although it could be formatted, or is no plan; and what to do. */
  readonly left?: { readonly message: string; readonly hint: string };
}

export interface FormatAnswer {
  /** Sorted by name; standard input last. */
  readonly files: readonly FormattedFile[];
  /** Documents that were come across and are no plans. */
  readonly skipped: number;
  /** Remarks about the configuration and about what was left out. */
  readonly notes: readonly string[];
}

/** Brings plans into canonical form, on disk unless the request is dry. */
export async function formatPlans(context: Context, request: FormatRequest): Promise<Result<FormatAnswer, AppRefusal>> {
  const root = await findRoot(context.io, context.cwd);
  const config = await loadConfig(context, root ?? context.cwd);
  if (!config.ok) return config;
  const { lint, runsPath = RUNS_PATH, warnings } = config.value;
  const named = request.paths.filter((path) => path !== '-');
  const where = { root: root ?? context.cwd, runsPath, paths: lint.paths, exclude: lint.exclude, kind: request.kind };
  const found =
    named.length === 0 && request.paths.length > 0
      ? ok({ targets: [], notes: [] })
      : await findTargets(context, where, named);
  if (!found.ok) return found;
  const formatter = new Formatter(context, request, runsPath);
  const files: FormattedFile[] = [];
  let skipped = 0;
  for (const target of found.value.targets) {
    const one = await formatter.target(target);
    if (!one.ok) return one;
    if (one.value === undefined) skipped++;
    else files.push(one.value);
  }
  if (request.paths.includes('-')) {
    const one = await formatter.input();
    if (!one.ok) return one;
    files.push(one.value);
  }
  return ok({ files, skipped, notes: [...warnings, ...found.value.notes] });
}

class Formatter {
  readonly #context: Context;
  readonly #request: FormatRequest;
  readonly #world: World;
  readonly #custodian: Custodian;

  constructor(context: Context, request: FormatRequest, runsPath: string) {
    this.#context = context;
    this.#request = request;
    this.#world = new World(context, runsPath, []);
    this.#custodian = new Custodian(context, runsPath);
  }

  /** Formats a document of the disk; `undefined` for one that nobody named and that is no plan. */
  async target({ path, named }: Target): Promise<Result<FormattedFile | undefined, AppRefusal>> {
    const { files } = this.#context.io;
    const typed = typedIn(this.#context.cwd, path);
    let bytes: Uint8Array | undefined;
    try {
      bytes = await files.read(path, LIMIT);
    } catch (error) {
      return err(noReading(typed, error instanceof Error ? error.message : String(error)));
    }
    if (bytes === undefined) return named ? err(noReading(typed, 'it is gone')) : ok(undefined);
    // Of what nobody named, only what is a plan by itself is read as the kind asked for.
    if (!named && !readDraft(decode(bytes).source).ok) return ok(undefined);
    const made = this.#format(typed, bytes);
    if (made.fixed === undefined) return ok(made);
    const left = (await this.#bound(path, made)) ?? undefined;
    const { fixed, ...rest } = made;
    if (left !== undefined) return ok({ ...rest, source: fixed.before, left });
    if (this.#request.dry) return ok(made);
    const now = await files.read(path, LIMIT);
    if (now === undefined || !same(now, bytes)) return ok({ ...rest, source: fixed.before, left: CHANGED });
    await files.write(path, made.source);
    return ok({ ...made, fixed: { ...fixed, written: true } });
  }

  /** Formats standard input; nothing is written. */
  async input(): Promise<Result<FormattedFile, AppRefusal>> {
    const { stdinName } = this.#request;
    let bytes: Uint8Array;
    try {
      bytes = await this.#context.terminal.input(LIMIT);
    } catch (error) {
      return err(noReading('standard input', error instanceof Error ? error.message : String(error)));
    }
    return ok(this.#format(stdinName ?? '-', bytes));
  }

  #format(file: string, bytes: Uint8Array): FormattedFile {
    const { source, exact } = decode(bytes);
    const made = formatText(source, this.#request.kind);
    if (!made.ok) {
      const [first] = made.error.findings;
      const message = first?.message ?? 'it is no plan of any kind';
      return { file, kind: undefined, source, left: { message, hint: first?.hint ?? 'name its kind: --kind <kind>' } };
    }
    const { kind, text, edits } = made.value;
    if (text === source) return { file, kind, source };
    if (!exact) return { file, kind, source, left: NOT_UTF8 };
    return { file, kind, source: text, fixed: { edits, before: source, written: false } };
  }

  /** Why a document must keep its bytes: a run or an approval is bound to them. */
  async #bound(path: string, { source, fixed, kind }: FormattedFile): Promise<FormattedFile['left']> {
    const root = await this.#world.rootOf(path);
    if (root === undefined || fixed === undefined) return undefined;
    const custody = await this.#custodian.of(root, path);
    if (custody !== undefined) return custody;
    const read = readDraft(fixed.before, kind);
    if (!read.ok) return undefined;
    const { approved } = await this.#world.factsOf(path, read.value.draft);
    const holds = approved !== undefined && planHash(fixed.before) === approved.sha256;
    return holds && planHash(source) !== approved.sha256 ? APPROVED : undefined;
  }
}

const APPROVED = {
  message: 'it is approved, and the approval is bound to its text as it stands',
  hint: 'format plans before they are approved; to approve another text, set the status to draft first',
};
