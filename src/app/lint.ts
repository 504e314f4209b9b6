import { assert } from '../core/base/assert.ts';
import { err, ok, type Result } from '../core/base/result.ts';
import { sha256Bytes } from '../core/base/sha256.ts';
import { utf8 } from '../core/base/text.ts';
import type { Finding } from '../core/base/finding.ts';
import { companionKindOf } from '../core/companions/detect.ts';
import { type CompanionKind, isCompanionKind, type LintKind } from '../core/companions/kinds.ts';
import { lintCompanion } from '../core/companions/lint.ts';
import { fixText, isFixable } from '../core/plan/fix.ts';
import { lintDraft, type LintOptions } from '../core/plan/lint.ts';
import { readDraft } from '../core/plan/parse.ts';
import type { Facts, Stage } from '../core/plan/rules/rule.ts';
import type { LintedFile, LintReport } from '../core/views/lint-report.ts';
import { FileError } from '../io/files.ts';
import { EXIT, type AppRefusal } from './api.ts';
import { loadConfig } from './config.ts';
import type { Context } from './context.ts';
import { CHANGED, decode, LIMIT, NOT_UTF8, same } from './document-bytes.ts';
import { World } from './facts.ts';
import { Custodian } from './lint-custody.ts';
import { ruleSetting } from './lint-rules.ts';
import { findTargets, noReading, normalise, type Target, type Targets, typedIn, type Where } from './lint-targets.ts';
import { findRoot, RUNS_PATH } from './locate.ts';

/** What is to be linted, and how. */
export interface LintRequest {
  /** Files, directories and globs; `-` is standard input. Empty: plans where they usually are. */
  readonly paths: readonly string[];
  /** The path that standard input would have. */
  readonly stdinName?: string;
  /** Without it, what each document looks like. */
  readonly kind?: LintKind;
  /** Without it, what each document's own status says. */
  readonly stage?: Stage;
  /** `ID=severity`, over those of the configuration. */
  readonly rules?: readonly string[];
  /** Mend what can be mended: on disk, or only in the report. */
  readonly fix?: 'write' | 'try';
  /** Called before each document. */
  readonly progress?: (done: number, all: number) => void;
}

/** A report with what else is to be said. */
export interface LintAnswer {
  readonly report: LintReport;
  /** Remarks about the configuration and about what was left out. */
  readonly notes: readonly string[];
}

/** Lints documents; reads only, unless it is to mend them. */
export async function lintPlans(context: Context, request: LintRequest): Promise<Result<LintAnswer, AppRefusal>> {
  const prepared = await prepareLint(context, request);
  if (!prepared.ok) return prepared;
  const linter = prepared.value;
  const found = await linter.targets();
  if (!found.ok) return found;
  const files: LintedFile[] = [];
  let skipped = 0;
  const { targets } = found.value;
  for (const [at, target] of targets.entries()) {
    request.progress?.(at, targets.length);
    const linted = await linter.lint(target);
    if (!linted.ok) return linted;
    if (linted.value === undefined) skipped++;
    else files.push(linted.value);
  }
  if (request.paths.includes('-')) {
    const linted = await linter.input();
    if (!linted.ok) return linted;
    files.push(linted.value);
  }
  return ok({ report: { files, skipped }, notes: [...linter.notes, ...found.value.notes] });
}

/** Reads configuration and flags; nothing is linted yet. */
export async function prepareLint(context: Context, request: LintRequest): Promise<Result<Linter, AppRefusal>> {
  const root = await findRoot(context.io, context.cwd);
  const config = await loadConfig(context, root ?? context.cwd);
  if (!config.ok) return config;
  const rules: Record<string, NonNullable<LintOptions['rules']>[string]> = { ...config.value.lint.rules };
  for (const text of request.rules ?? []) {
    const setting = ruleSetting(text);
    if (!setting.ok) return err({ message: setting.error, hint: 'masterplan lint --rules', exit: EXIT.usage });
    rules[setting.value[0]] = setting.value[1];
  }
  const where: Where = {
    root: root ?? context.cwd,
    runsPath: config.value.runsPath ?? RUNS_PATH,
    paths: config.value.lint.paths,
    exclude: config.value.lint.exclude,
    kind: request.kind,
  };
  const agents = Object.keys(config.value.settings.agents);
  return ok(new Linter(context, request, where, rules, agents, config.value.warnings));
}

/** Lints documents one by one. What it learns of the repository holds for its life. */
export class Linter {
  /** Remarks about the configuration. */
  readonly notes: readonly string[];
  readonly #context: Context;
  readonly #request: LintRequest;
  readonly #where: Where;
  readonly #rules: LintOptions['rules'];
  readonly #world: World;
  readonly #custodian: Custodian;

  constructor(
    context: Context,
    request: LintRequest,
    where: Where,
    rules: NonNullable<LintOptions['rules']>,
    agents: readonly string[],
    notes: readonly string[],
  ) {
    this.#context = context;
    this.#request = request;
    this.#where = where;
    this.#rules = rules;
    this.notes = notes;
    this.#world = new World(context, where.runsPath, agents);
    this.#custodian = new Custodian(context, where.runsPath);
  }

  /** What the request's paths mean now, without standard input. */
  async targets(): Promise<Result<Targets, AppRefusal>> {
    const paths = this.#request.paths.filter((path) => path !== '-');
    if (paths.length === 0 && this.#request.paths.length > 0) return ok({ targets: [], notes: [] });
    return findTargets(this.#context, this.#where, paths);
  }

  /** Lints one document of the disk; `undefined` for one that nobody named and that is no plan. */
  async lint(target: Target): Promise<Result<LintedFile | undefined, AppRefusal>> {
    const typed = typedIn(this.#context.cwd, target.path);
    let bytes: Uint8Array | undefined;
    try {
      bytes = await this.#context.io.files.read(target.path, LIMIT);
    } catch (error) {
      return err(noReading(typed, error instanceof Error ? error.message : String(error)));
    }
    if (bytes === undefined) return target.named ? err(noReading(typed, 'it is gone')) : ok(undefined);
    return ok(await this.#document(target.path, typed, bytes, target.named, true));
  }

  /** Lints standard input; mended text is only in the report. */
  async input(): Promise<Result<LintedFile, AppRefusal>> {
    const { stdinName } = this.#request;
    const typed = stdinName ?? '-';
    let bytes: Uint8Array;
    try {
      bytes = await this.#context.terminal.input(LIMIT);
    } catch (error) {
      return err(noReading('standard input', error instanceof Error ? error.message : String(error)));
    }
    // Without a name it stands in no file, but in this repository all the same.
    const { cwd } = this.#context;
    const path = normalise(typed.startsWith('/') ? typed : `${cwd}/${stdinName ?? '-.md'}`);
    const linted = await this.#document(path, typed, bytes, true, false);
    assert(linted !== undefined, 'what is named is never skipped');
    return ok(stdinName === undefined ? { ...linted, place: 'stdin' } : linted);
  }

  async #document(
    path: string,
    typed: string,
    bytes: Uint8Array,
    named: boolean,
    onDisk: boolean,
  ): Promise<LintedFile | undefined> {
    const root = await this.#world.rootOf(path);
    const { source, exact } = decode(bytes);
    const file = {
      file: typed,
      place: root === undefined ? path : typedIn(root, path),
      kind: undefined,
      sha256: sha256Bytes(bytes),
      source,
    };
    try {
      const asked = this.#request.kind;
      const companion = named && isCompanionKind(asked) ? asked : companionKindOf(path, source);
      if (companion !== undefined && (asked === undefined || asked === companion))
        return await this.#companion(
          { ...file, kind: companion, findings: [] },
          path,
          root,
          exact,
          onDisk ? bytes : undefined,
        );
      // What somebody looks for is found by what it says; everything else is come across.
      if (isCompanionKind(asked)) return undefined;
      const kind = named ? asked : undefined;
      let read = readDraft(source, kind);
      if (!read.ok) return named ? { ...file, findings: this.#set(read.error.findings) } : undefined;
      if (kind !== asked) read = readDraft(source, asked);
      if (!read.ok) return { ...file, findings: this.#set(read.error.findings) };
      const { draft } = read.value;
      const facts = await this.#world.factsOf(path, draft);
      const linted: LintedFile = { ...file, kind: draft.kind, findings: this.#findings(read.value, facts) };
      if (this.#request.fix === undefined || !linted.findings.some(isFixable)) return linted;
      if (!exact) return { ...linted, notFixed: NOT_UTF8 };
      const wanted = asked ?? draft.kind;
      const again = (text: string): readonly Finding[] => {
        const next = readDraft(text, wanted);
        return next.ok ? this.#findings(next.value, facts) : next.error.findings;
      };
      const stays = (text: string): boolean => {
        const next = readDraft(text, asked);
        return next.ok && next.value.draft.kind === draft.kind;
      };
      return await this.#mend(linted, { again, stays }, path, root, onDisk ? bytes : undefined);
    } catch (error) {
      if (error instanceof FileError) throw error;
      throw new Error(`${typed}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }

  #findings(read: Read, facts: Facts): readonly Finding[] {
    const { stage } = this.#request;
    return lintDraft(read.draft, read.compiled, {
      facts,
      rules: this.#rules ?? {},
      most: Infinity,
      ...(stage === undefined ? {} : { stage }),
    });
  }

  /** Findings about what is no plan, on which no rule was run, as the rules are set. */
  #set(findings: readonly Finding[]): readonly Finding[] {
    return findings.flatMap((one) => {
      const setting = this.#rules?.[one.rule] ?? one.severity;
      return setting === 'off' ? [] : [{ ...one, severity: setting }];
    });
  }

  async #companion(
    file: LintedFile & { readonly kind: CompanionKind },
    path: string,
    root: string | undefined,
    exact: boolean,
    onDisk: Uint8Array | undefined,
  ): Promise<LintedFile> {
    const facts = await this.#world.companionFactsOf(path, file.kind, file.source);
    const again = (text: string): readonly Finding[] =>
      lintCompanion(text, file.kind, { facts, rules: this.#rules ?? {}, most: Infinity });
    const linted: LintedFile = { ...file, findings: again(file.source) };
    if (this.#request.fix === undefined || !linted.findings.some(isFixable)) return linted;
    if (!exact) return { ...linted, notFixed: NOT_UTF8 };
    return this.#mend(linted, { again, stays: () => true }, path, root, onDisk);
  }

  async #mend(
    linted: LintedFile,
    { again, stays }: Relint,
    path: string,
    root: string | undefined,
    onDisk: Uint8Array | undefined,
  ): Promise<LintedFile> {
    const fixed = fixText(linted.source, again);
    if (fixed.text === linted.source) return linted;
    if (!stays(fixed.text)) return { ...linted, notFixed: OTHER_KIND };
    if (onDisk !== undefined) {
      const custody = root === undefined ? undefined : await this.#custodian.of(root, path);
      if (custody !== undefined) return { ...linted, notFixed: custody };
    }
    const write = onDisk !== undefined && this.#request.fix === 'write';
    if (write) {
      const now = await this.#context.io.files.read(path, LIMIT);
      if (now === undefined || !same(now, onDisk)) return { ...linted, notFixed: CHANGED };
      await this.#context.io.files.write(path, fixed.text);
    }
    return {
      ...linted,
      sha256: sha256Bytes(utf8(fixed.text)),
      source: fixed.text,
      findings: fixed.findings,
      fixed: { edits: fixed.applied, before: linted.source, written: write },
    };
  }
}

/** How a document is linted again while it is mended. */
interface Relint {
  readonly again: (text: string) => readonly Finding[];
  /** Whether the mended text is still read as what it was. */
  readonly stays: (text: string) => boolean;
}

type Read = Extract<ReturnType<typeof readDraft>, { ok: true }>['value'];

const OTHER_KIND = {
  message: 'mended, it would be read as a plan of another kind',
  hint: 'say which kind it is, in front matter (kind: …) or with --kind',
};
