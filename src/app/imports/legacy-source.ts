import { readLegacyBundle } from '../../core/formats/legacy/bundle.ts';
import { err, ok, type Result } from '../../core/base/result.ts';
import type { NotUnderstood } from '../../core/imports/importable.ts';
import { fromLegacy } from '../../core/imports/legacy.ts';
import type { Io } from '../../io/io.ts';
import { EXIT, type AppRefusal } from '../api.ts';
import { gatherLegacy } from '../legacy-files.ts';
import { type Located, refuseLinks } from '../locate.ts';
import type { ImportSource } from './bundle.ts';
import { badLine } from './bytes.ts';
import type { SourceFile } from './stage.ts';

/** Bytes of one file. */
const LIMIT = 64 * 1024 * 1024;
/** Files of a bundle that go along as they are. */
const BESIDE = ['spec.md', 'retro.md', 'brainstorm.md', 'handoff.md'];

/** Reads a legacy bundle or status file. What of it is not understood refuses, with all places. */
export async function legacySource(io: Io, located: Located, path: string): Promise<Result<ImportSource, AppRefusal>> {
  const read = async (name: string): Promise<Uint8Array | undefined> => {
    const file = `${located.root}/${name}`;
    const links = await refuseLinks(io, located.root, file.slice(0, file.lastIndexOf('/')));
    if (!links.ok || (await io.files.stat(file))?.kind === 'link')
      throw new Error('is or lies behind a link, which is not followed');
    return io.files.read(file, LIMIT);
  };
  const sources: SourceFile[] = [];
  const lost: NotUnderstood[] = [];
  const take = async (name: string): Promise<string | undefined> => {
    const bytes = await read(name).catch((error: unknown) => {
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
  const gathered = await gatherLegacy(path, take);
  if (gathered === undefined)
    return err({ message: `${path} has no state that can be read`, hint: 'put it back from git', exit: EXIT.failed });
  const { files, elsewhere, spec } = gathered;
  const made = fromLegacy(readLegacyBundle(files), path, {
    ...(files.plan === undefined ? {} : { plan: files.plan }),
    ...(files.index === undefined ? {} : { index: files.index }),
    stateName: files.stateName,
  });
  const own = path.slice(0, path.lastIndexOf('/'));
  const places: Readonly<Record<string, string | undefined>> = {
    'plan.md': elsewhere['plan'] ?? (statusFile ? path.replace(/-status\.md$/, '.md') : undefined),
    'plan.index.json': elsewhere['plan_index'],
  };
  const whole = (file: string): string =>
    places[file] ?? (file.includes('/') ? file : `${statusFile ? own : path}/${file}`);
  const problems = [...lost, ...(made.ok ? [] : made.error)];
  if (problems.length > 0 || !made.ok)
    return err(
      partly(
        path,
        problems.map((one) => ({ ...one, file: whole(one.file) })),
      ),
    );
  const beside = new Map<string, Uint8Array>();
  for (const name of BESIDE) {
    const there = statusFile ? undefined : await read(`${path}/${name}`).catch(() => undefined);
    const bytes = there ?? (name === 'spec.md' && spec !== undefined ? await read(spec).catch(() => undefined) : there);
    if (bytes !== undefined) beside.set(name, bytes);
  }
  const remarks = Object.values(elsewhere).map((one) => `${one} goes along, as its state names it`);
  return ok({ importable: { ...made.value, remarks: [...remarks, ...made.value.remarks] }, sources, beside });
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
