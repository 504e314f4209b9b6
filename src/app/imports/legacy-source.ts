import { readLegacyBundle } from '../../core/formats/legacy/bundle.ts';
import type { LegacyFiles } from '../../core/formats/legacy/model.ts';
import { err, ok, type Result } from '../../core/base/result.ts';
import type { NotUnderstood } from '../../core/imports/importable.ts';
import { fromLegacy } from '../../core/imports/legacy.ts';
import type { Io } from '../../io/io.ts';
import { EXIT, type AppRefusal } from '../api.ts';
import type { Located } from '../locate.ts';
import type { ImportSource } from './bundle.ts';
import type { SourceFile } from './stage.ts';

/** Bytes of one file. */
const LIMIT = 64 * 1024 * 1024;
/** Files of a bundle that say what it is, and those that go along. */
const READ = ['state.yml', 'plan.md', 'plan.index.json', 'events-archive.jsonl', 'events.jsonl', 'subagents.jsonl'];
const BESIDE = ['spec.md', 'retro.md', 'brainstorm.md', 'handoff.md'];

/** Reads a legacy bundle or status file. What of it is not understood refuses, with all places. */
export async function legacySource(io: Io, located: Located, path: string): Promise<Result<ImportSource, AppRefusal>> {
  const at = (name: string): string => (name === '' ? `${located.root}/${path}` : `${located.root}/${name}`);
  const sources: SourceFile[] = [];
  const lost: NotUnderstood[] = [];
  const take = async (name: string): Promise<string | undefined> => {
    const bytes = await io.files.read(at(name), LIMIT).catch((error: unknown) => {
      lost.push({ file: name, line: 0, message: error instanceof Error ? error.message : String(error) });
      return undefined;
    });
    if (bytes === undefined) return undefined;
    sources.push({ path: name, bytes, local: true });
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      lost.push({ file: name, line: badLine(bytes), message: 'holds bytes that are no UTF-8' });
      return new TextDecoder().decode(bytes);
    }
  };
  const statusFile = path.endsWith('.md');
  const names = statusFile
    ? {
        state: path,
        plan: path.replace(/-status\.md$/, '.md'),
        subagents: path.replace(/-status\.md$/, '-subagents.jsonl'),
      }
    : undefined;
  const text = new Map<string, string>();
  const wanted =
    names === undefined
      ? READ.map((name) => [name, `${path}/${name}`] as const)
      : [
          ['state.yml', names.state] as const,
          ['plan.md', names.plan] as const,
          ['subagents.jsonl', names.subagents] as const,
        ];
  for (const [name, file] of wanted) {
    const one = await take(file);
    if (one !== undefined) text.set(name, one);
  }
  const state = text.get('state.yml');
  if (state === undefined)
    return err({ message: `${path} has no state that can be read`, hint: 'put it back from git', exit: EXIT.failed });
  const stateName = statusFile ? path.slice(path.lastIndexOf('/') + 1) : 'state.yml';
  const archive = text.get('events-archive.jsonl');
  const log = text.get('events.jsonl');
  const optional = (key: keyof LegacyFiles, name: string): object => (text.has(name) ? { [key]: text.get(name) } : {});
  const bundle = readLegacyBundle({
    name: path.slice(path.lastIndexOf('/') + 1).replace(/-status\.md$/, ''),
    state,
    stateName,
    ...(statusFile ? {} : { events: [archive, log].filter((one) => one !== undefined).join('\n') }),
    ...optional('plan', 'plan.md'),
    ...optional('index', 'plan.index.json'),
    ...optional('subagents', 'subagents.jsonl'),
    retro: false,
  });
  const planText = text.get('plan.md');
  const index = text.get('plan.index.json');
  const made = fromLegacy(bundle, path, {
    ...(planText === undefined ? {} : { plan: planText }),
    ...(index === undefined ? {} : { index }),
    archived: archive === undefined ? 0 : archive.split('\n').length,
    stateName,
  });
  const whole = (file: string): string => (statusFile ? file : file.includes('/') ? file : `${path}/${file}`);
  const problems = [...lost, ...(made.ok ? [] : made.error)];
  if (problems.length > 0 || !made.ok)
    return err(
      partly(
        path,
        problems.map((one) => ({ ...one, file: whole(one.file) })),
      ),
    );
  const beside = new Map<string, Uint8Array>();
  if (!statusFile)
    for (const name of BESIDE) {
      const bytes = await io.files.read(`${located.root}/${path}/${name}`, LIMIT).catch(() => undefined);
      if (bytes !== undefined) beside.set(name, bytes);
    }
  return ok({ importable: made.value, sources, beside });
}

function partly(path: string, lost: readonly NotUnderstood[]): AppRefusal {
  const words = lost.slice(0, 12).map(({ file, line, message }) => `${file}${line > 0 ? `:${line}` : ''}: ${message}`);
  const more = lost.length > words.length ? [`… and ${lost.length - words.length} more`] : [];
  return {
    message: `${path} is understood only in part, so nothing was written:\n  ${[...words, ...more].join('\n  ')}`,
    hint: 'mend these places, or import its plan alone: masterplan import --file=<plan.md>',
    exit: EXIT.findings,
  };
}

/** The line with the first byte that is no UTF-8. */
function badLine(bytes: Uint8Array): number {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let start = 0;
  for (let line = 1; ; line++) {
    const end = bytes.indexOf(10, start);
    try {
      decoder.decode(bytes.subarray(start, end < 0 ? undefined : end));
    } catch {
      return line;
    }
    if (end < 0) return line;
    start = end + 1;
  }
}
