import { parentPath } from '../core/base/path.ts';
import { keyFilesOf } from '../core/companions/lint.ts';
import type { CompanionKind } from '../core/companions/kinds.ts';
import type { CompanionFacts } from '../core/companions/rule.ts';
import { twinName } from '../core/formats/twin.ts';
import type { Draft } from '../core/plan/draft.ts';
import { approvalOf, approvalsIn } from '../core/documents/record.ts';
import { outlineHash, planHash } from '../core/plan/hash.ts';
import { wantedSymbols } from '../core/plan/kinds/macro/symbols.ts';
import type { PlanKind } from '../core/plan/model.ts';
import type { Facts } from '../core/plan/rules/rule.ts';
import type { RunState } from '../core/run/state.ts';
import { repositoryFacts, type RepositoryFacts } from '../engine/git/facts.ts';
import { runPaths, subplanFile, type RunPaths } from '../engine/paths.ts';
import type { Context } from './context.ts';
import { loadRecord } from './documents/store.ts';
import { loadRun } from './load.ts';
import { bundleOf } from './lint-custody.ts';
import { findRoot } from './locate.ts';
import { normalise, stem } from './lint-targets.ts';

/** Bytes that a file beside a plan may have; what is larger is taken as missing. */
const LIMIT = 8 * 1024 * 1024;

/** Other names that the twins of a kind have, made by other tools or for the one plan of a folder. */
const TWINS: Readonly<Partial<Record<PlanKind, readonly string[]>>> = {
  functional: ['plan_output.json'],
  implementation: ['execution-packet.json', 'execution_packet.json'],
};

/**
 * What is known of the world around documents: found out once for each repository, and only when a document is there
 * that can use it. Nothing here fails: what cannot be found out is absent, and the rules that need it stay silent.
 */
export class World {
  readonly #context: Context;
  readonly #runsPath: string;
  readonly #agents: readonly string[];
  readonly #roots = new Map<string, Promise<string | undefined>>();
  readonly #repositories = new Map<string, RepositoryFacts>();

  constructor(context: Context, runsPath: string, agents: readonly string[]) {
    this.#context = context;
    this.#runsPath = runsPath;
    this.#agents = agents;
  }

  /** The work tree that a path lies in. */
  rootOf(path: string): Promise<string | undefined> {
    const directory = parentPath(path);
    let root = this.#roots.get(directory);
    if (root === undefined) this.#roots.set(directory, (root = findRoot(this.#context.io, directory)));
    return root;
  }

  /** The facts about a document that stands, or would stand, at `path`. */
  async factsOf(path: string, draft: Draft): Promise<Facts> {
    const root = await this.rootOf(path);
    const repository = root === undefined ? undefined : this.#repository(root);
    const wanted = new Set(repository === undefined ? [] : symbolsWantedBy(draft));
    const [branch, files, symbols, appendix, twin, source, approved] = await Promise.all([
      repository?.branch(),
      repository?.files(),
      wanted.size > 0 ? repository?.words(wanted) : undefined,
      this.#appendixOf(path),
      this.#twinOf(path, draft.kind),
      root === undefined ? undefined : this.#sourceOf(root, path, draft),
      root === undefined ? undefined : this.#approvedOf(root, path, draft),
    ]);
    return {
      ...(branch === undefined ? {} : { branch }),
      ...(files === undefined ? {} : { files }),
      ...(symbols === undefined ? {} : { symbols }),
      ...(appendix === undefined ? {} : { appendix }),
      ...(twin === undefined ? {} : { twin }),
      ...(source === undefined ? {} : { source }),
      ...(approved === undefined ? {} : { approved }),
      // Where nobody configured agents, none is missing.
      ...(this.#agents.length === 0 ? {} : { agents: this.#agents }),
    };
  }

  /** The facts about a companion of plans that stands, or would stand, at `path`. */
  async companionFactsOf(path: string, kind: CompanionKind, source: string): Promise<CompanionFacts> {
    const root = kind === 'commit' ? undefined : await this.rootOf(path);
    if (root === undefined) return {};
    const repository = this.#repository(root);
    if (kind === 'bundle') {
      const files = keyFilesOf(source);
      return files.length === 0 ? {} : { changed: await repository.changed(files) };
    }
    const head = await repository.head();
    return head === undefined ? {} : { head };
  }

  #repository(root: string): RepositoryFacts {
    let facts = this.#repositories.get(root);
    if (facts === undefined) {
      this.#repositories.set(root, (facts = repositoryFacts(this.#context.io, root, this.#context.env)));
    }
    return facts;
  }

  async #textOf(path: string): Promise<string | undefined> {
    const bytes = await this.#context.io.files.read(path, LIMIT).catch(() => undefined);
    return bytes === undefined ? undefined : new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  }

  async #appendixOf(path: string): Promise<string | undefined> {
    const text = await this.#textOf(`${parentPath(path)}/${stem(path)}-appendix.md`);
    // A plan with a folder of its own has its appendix there.
    return text ?? (stem(path) === 'plan' ? this.#textOf(`${parentPath(path)}/appendix.md`) : undefined);
  }

  async #twinOf(path: string, kind: PlanKind): Promise<Facts['twin']> {
    const own = twinName(kind, stem(path));
    for (const name of [...(own === undefined ? [] : [own]), ...(TWINS[kind] ?? [])]) {
      const text = await this.#textOf(`${parentPath(path)}/${name}`);
      if (text !== undefined) return { name, text };
    }
    return undefined;
  }

  /** The text of the first document that the plan names as its source and that is in the repository. */
  async #sourceOf(root: string, path: string, draft: Draft): Promise<string | undefined> {
    for (const named of sourcesNamed(draft)) {
      for (const from of [root, parentPath(path)]) {
        const at = normalise(`${from}/${named}`);
        if (at === path || !at.startsWith(`${root}/`)) continue;
        const text = await this.#textOf(at);
        if (text !== undefined) return text;
      }
    }
    return undefined;
  }

  /** The version that was approved: of a plan or sub-plan in a bundle by its run, of any other document by its record. */
  async #approvedOf(root: string, path: string, draft: Draft): Promise<Facts['approved']> {
    const slug = bundleOf(root, this.#runsPath, path);
    const sha256 =
      slug === undefined
        ? await this.#recordedFor(path, draft)
        : await this.#boundIn(runPaths(root, this.#runsPath, slug), path);
    if (sha256 === undefined) return undefined;
    const fits = (text: string): boolean => planHash(text) === sha256;
    const { text: now } = draft.outline.source;
    const text = fits(now) ? now : await this.#repository(root).version(path.slice(root.length + 1), fits);
    return { sha256, ...(text === undefined ? {} : { text }) };
  }

  /** What the run of a bundle is bound to, of its own plan or of a task's sub-plan. */
  async #boundIn(paths: RunPaths, path: string): Promise<string | undefined> {
    if ((await this.#context.io.files.stat(paths.log)) === undefined) return undefined;
    const loaded = await loadRun(this.#context.io, paths).catch(() => undefined);
    return loaded?.ok === true ? approvedIn(loaded.value.state, paths, path) : undefined;
  }

  /** What the record beside a document says; of approvals given side by side, the one that fits. */
  async #recordedFor(path: string, draft: Draft): Promise<string | undefined> {
    const record = await loadRecord(this.#context.io, path);
    const approvals = approvalsIn(record);
    if (approvals.length < 2) return approvals[0]?.sha256;
    return (approvalOf(record, outlineHash(draft.outline)) ?? approvals.at(-1))?.sha256;
  }
}

/** The hash that an approval of the document at `path` is bound to, if it was given. */
function approvedIn(state: RunState, paths: RunPaths, path: string): string | undefined {
  if (path === paths.plan) return state.approved === undefined ? undefined : state.planSha256;
  const task = state.tasks.find((one) => one.subplan !== undefined && subplanFile(paths, one.task.id) === path);
  return task?.progress.status === 'unfolded' || task?.progress.status === 'merged' ? task.subplan?.sha256 : undefined;
}

/** The identifiers that rules of the plan's kind want looked up in the repository. */
function symbolsWantedBy(draft: Draft): readonly string[] {
  if (isOf(draft, 'macro')) return wantedSymbols(draft);
  if (!isOf(draft, 'master')) return [];
  return draft.detail.modules.flatMap(({ dependencies }) =>
    dependencies.flatMap(({ names }) => names.map(({ key }) => key)),
  );
}

function isOf<K extends PlanKind>(draft: Draft, kind: K): draft is Draft<K> {
  return draft.kind === kind;
}

/** How many paths of a header are tried. */
const MOST_SOURCES = 5;

/** Header labels and keys of front matter that say what a plan was made from. */
const SOURCE = /^(?:sources?(?: documents?| plans?)?|macro[ _-]plan|parent(?:[ _-]plan)?|spec(?:ification)?|research)$/;

/** Paths that the header names as what the plan was made from: `**Source:** \`docs/research.md\``, `source:` above it. */
function sourcesNamed(draft: Draft): readonly string[] {
  const lines = draft.header.filter(({ label }) => SOURCE.test(label)).map(({ value }) => value);
  // A micro plan may say it in a quote or in a table.
  if (isOf(draft, 'micro') && draft.detail.header.source !== undefined) lines.push(draft.detail.header.source.text);
  for (const [key, { value }] of draft.outline.frontMatter.entries) if (SOURCE.test(key)) lines.push(value);
  return lines
    .flatMap((line) => line.slice(0, 2000).match(/[^\s`'"()[\]<>,;]+\.(?:md|markdown|txt|json)\b/gi) ?? [])
    .filter((named) => !named.includes('://') && !named.startsWith('/'))
    .slice(0, MOST_SOURCES);
}
