import { err, ok, type Result } from '../core/base/result.ts';
import { checkSlug } from '../core/base/slug.ts';
import { formatStamp } from '../core/base/time.ts';
import { oneLine } from '../core/base/text.ts';
import { readResearch, RESEARCH_PATH, type Research, researchTemplate } from '../core/companions/bundle/research.ts';
import { lintCompanion } from '../core/companions/lint.ts';
import { slugOfTopic } from '../core/run/authoring/topic.ts';
import type { Io } from '../io/io.ts';
import { EXIT, type AppRefusal } from './api.ts';
import type { Context } from './context.ts';
import { locate, refuseLinks } from './locate.ts';

export type ResearchRequest =
  | { readonly what: 'list' }
  | { readonly what: 'show'; readonly name: string }
  | { readonly what: 'new'; readonly topic: string; readonly question: string | undefined }
  | { readonly what: 'archive'; readonly name: string; readonly reason: string | undefined };

export interface ResearchBundle extends Research {
  readonly name: string;
  /** Relative to the repository. */
  readonly path: string;
  /** `draft`: something of the template is left, or the linter finds errors. */
  readonly state: 'draft' | 'ready' | 'archived';
  readonly findings: readonly { readonly rule: string; readonly severity: string; readonly message: string }[];
}

export interface ResearchAnswer {
  readonly bundles: readonly ResearchBundle[];
  /** Of `show`: the document. */
  readonly text?: string;
}

const ARCHIVE = `${RESEARCH_PATH}/archive`;
/** Its own record: which bundle was archived when, by whom and why. */
const RECORD = `${ARCHIVE}/README.md`;
const LIMIT = 1_000_000;

/** Research bundles of the repository: lists them, shows or makes one, or moves one to the archive. */
export async function research(
  context: Context,
  request: ResearchRequest,
): Promise<Result<ResearchAnswer, AppRefusal>> {
  const located = await locate(context);
  if (!located.ok) return located;
  const { root } = located.value;
  const { io } = context;
  const links = await refuseLinks(io, root, `${root}/${ARCHIVE}`);
  if (!links.ok) return links;
  switch (request.what) {
    case 'list':
      return ok({ bundles: [...(await bundlesIn(io, root, RESEARCH_PATH)), ...(await bundlesIn(io, root, ARCHIVE))] });
    case 'new':
      return begin(context, root, request);
    case 'show': {
      const found = await named(io, root, request.name);
      if (!found.ok) return found;
      const text = await textOf(io, `${root}/${found.value.path}`);
      return ok({ bundles: [found.value], text: text ?? '' });
    }
    case 'archive':
      return archive(context, root, request);
  }
}

async function begin(
  context: Context,
  root: string,
  { topic, question }: Extract<ResearchRequest, { what: 'new' }>,
): Promise<Result<ResearchAnswer, AppRefusal>> {
  const slug = slugOfTopic(topic);
  if (slug === undefined)
    return err({ message: 'the topic has no letters', hint: 'masterplan research new <topic>', exit: EXIT.usage });
  const name = `${slug.replace(/-research$/, '')}-research`;
  const path = `${RESEARCH_PATH}/${name}.md`;
  await context.io.files.makeDirectory(`${root}/${RESEARCH_PATH}`);
  const day = formatStamp(context.io.clock.now()).slice(0, 10);
  // A colon in it would be a key.
  const plain = oneLine(topic, 100)
    .replaceAll(/["'#:[\]{}]/g, ' ')
    .replaceAll(/ +/g, ' ')
    .trim();
  const made = await context.io.files.create(`${root}/${path}`, researchTemplate({ topic: plain, question, day }));
  if (!made)
    return err({ message: `${path} is there already`, hint: `masterplan research show ${name}`, exit: EXIT.failed });
  const bundle = await bundleAt(context.io, root, path);
  return ok({ bundles: bundle === undefined ? [] : [bundle] });
}

async function archive(
  context: Context,
  root: string,
  { name, reason }: Extract<ResearchRequest, { what: 'archive' }>,
): Promise<Result<ResearchAnswer, AppRefusal>> {
  const { io } = context;
  const found = await named(io, root, name);
  if (!found.ok) return found;
  const { path, state } = found.value;
  if (state === 'archived') return ok({ bundles: [found.value] });
  const to = `${ARCHIVE}/${path.slice(RESEARCH_PATH.length + 1)}`;
  await io.files.makeDirectory(`${root}/${ARCHIVE}`);
  if ((await io.files.stat(`${root}/${to}`)) !== undefined)
    return err({ message: `${to} is there already`, hint: `rename ${path}, then archive it`, exit: EXIT.failed });
  const before = (await textOf(io, `${root}/${RECORD}`)) ?? '# Archived research\n\n';
  const day = formatStamp(io.clock.now()).slice(0, 10);
  const why = reason === undefined ? '' : `: ${oneLine(reason, 300)}`;
  // The record first: a crash between the two leaves a line too many, and never a bundle that nobody finds.
  await io.files.write(
    `${root}/${RECORD}`,
    `${before.trimEnd()}\n${before.endsWith('\n\n') ? '\n' : ''}- ${day} \`${to}\`, by ${context.user}${why}\n`,
  );
  await io.files.rename(`${root}/${path}`, `${root}/${to}`);
  return ok({ bundles: [{ ...found.value, path: to, state: 'archived' }] });
}

/** By its name, its file or its path; those that are not archived first. */
async function named(io: Io, root: string, asked: string): Promise<Result<ResearchBundle, AppRefusal>> {
  const all = [...(await bundlesIn(io, root, RESEARCH_PATH)), ...(await bundlesIn(io, root, ARCHIVE))];
  const plain = asked.replace(/^\.\//, '');
  const found = all.find(({ name, path }) =>
    [name, `${name}`.replace(/-research$/, ''), path, path.split('/').at(-1)].includes(plain),
  );
  if (found !== undefined) return ok(found);
  const names = all.slice(0, 10).map(({ name }) => name);
  return err({
    message: `there is no research bundle "${oneLine(asked, 100)}"`,
    hint: names.length === 0 ? 'masterplan research new <topic>' : `there are: ${names.join(', ')}`,
    exit: EXIT.usage,
  });
}

async function bundlesIn(io: Io, root: string, directory: string): Promise<readonly ResearchBundle[]> {
  const found: ResearchBundle[] = [];
  for (const name of await io.files.list(`${root}/${directory}`)) {
    const bundle = await bundleAt(io, root, `${directory}/${name}`);
    if (bundle !== undefined) found.push(bundle);
  }
  return found;
}

async function bundleAt(io: Io, root: string, path: string): Promise<ResearchBundle | undefined> {
  const file = path.split('/').at(-1) ?? '';
  const name = /^([^/]{1,200})\.(?:md|markdown|ya?ml)$/i.exec(file)?.[1];
  if (name === undefined || /^(?:index|readme)$/i.test(name) || !checkSlug(name.toLowerCase()).ok) return undefined;
  const text = await textOf(io, `${root}/${path}`);
  if (text === undefined) return undefined;
  const read = readResearch(text);
  const findings = lintCompanion(text, 'bundle').map(({ rule, severity, message }) => ({ rule, severity, message }));
  const open = read.unfilled > 0 || findings.some(({ severity }) => severity === 'error');
  return {
    name,
    path,
    state: path.startsWith(`${ARCHIVE}/`) ? 'archived' : open ? 'draft' : 'ready',
    findings,
    ...read,
  };
}

/** `undefined`: not there, a directory, or too large to be one. */
async function textOf(io: Io, path: string): Promise<string | undefined> {
  if ((await io.files.stat(path))?.kind !== 'file') return undefined;
  const bytes = await io.files.readRange(path, 0, LIMIT);
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}
