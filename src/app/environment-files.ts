import { type ForeignSetup, readForeignSetup, SETUP_READERS } from '../core/environment/foreign.ts';
import { LOCK_FILES, packageSetup } from '../core/environment/packages.ts';
import { type EnvironmentSettings, needsSetup } from '../core/environment/settings.ts';
import { oneLine } from '../core/base/text.ts';
import type { Io } from '../io/io.ts';
import { type EnvironmentFile, environmentOfFile } from './config-environment.ts';

/** The word for what the lock files ask for. */
const AUTO = 'auto';
/** Bytes that a set-up file may have. */
const LIMIT = 1024 * 1024;

/** What a new run is told of its worktrees. */
interface Environment {
  readonly settings: EnvironmentSettings | undefined;
  /** What was found and is not used, and what is used without being written down here. */
  readonly remarks: readonly string[];
}

/**
 * What worktrees of a new run need: what the configuration says, `.worktreeinclude`, and the set-up files of other tools,
 * whose commands are used only when the configuration names the tool. They are read now and recorded in the run, so that no
 * agent changes what runs in the worktrees of others.
 */
export async function environmentFor(io: Io, root: string, file: EnvironmentFile | undefined): Promise<Environment> {
  const remarks: string[] = [];
  let settings = environmentOfFile(file ?? {});
  if (file?.include !== false) {
    const patterns = (await text(io, `${root}/.worktreeinclude`))
      ?.split(/\r?\n/)
      .filter((line) => line.trim() !== '' && !line.startsWith('#'));
    if (patterns !== undefined && patterns.length > 0) {
      settings = { ...settings, copy: [...patterns, ...settings.copy] };
      remarks.push(
        'ignored files that .worktreeinclude names are copied into every worktree (environment: {include: false} keeps them out)',
      );
    }
  }
  const packages = packageSetup(await presentIn(io, root));
  if (settings.setup.some(({ command }) => command === AUTO)) {
    if (packages.commands.length === 0)
      remarks.push(
        'environment.setup says auto, and no lock file of a package manager is known here: nothing is installed',
      );
    settings = {
      ...settings,
      setup: settings.setup.flatMap((one) => (one.command === AUTO ? packages.commands : [one])),
      share: [...packages.share, ...(settings.share ?? [])],
    };
  } else if (file?.setup === undefined && file?.from === undefined) {
    for (const { command, from } of packages.commands)
      remarks.push(
        `${from}: worktrees begin without packages, and nothing installs them (${oneLine(command, 80)}); to have it done: environment: {setup: auto}`,
      );
  }
  const from: readonly string[] = file?.from ?? [];
  const missing = new Set(from);
  missing.delete('all');
  for (const found of await foreignSetups(io, root)) {
    missing.delete(found.tool);
    const all = [...found.setup, ...found.teardown];
    if (all.length === 0 && found.copy.length === 0) continue;
    if (!from.includes('all') && !from.includes(found.tool)) {
      const commands = all.map(({ command }) => command).join('; ');
      remarks.push(
        `${found.path} says how to set a worktree up (${oneLine(commands, 120) || `copy ${found.copy.join(', ')}`}), and is not used; to use it: environment: {from: ${found.tool}}`,
      );
      continue;
    }
    settings = joined(settings, found);
  }
  for (const tool of missing) {
    const reader = SETUP_READERS.find((one) => one.tool === tool);
    remarks.push(`environment.from names ${tool}, and there is no ${reader?.paths[0] ?? tool} that can be read`);
  }
  const used = settings.limits !== undefined || (settings.artefacts ?? []).length > 0 || needsSetup(settings);
  return { settings: used ? settings : undefined, remarks };
}

async function presentIn(io: Io, root: string): Promise<string[]> {
  const names = new Set(await io.files.list(root).catch(() => []));
  return LOCK_FILES.filter((name) => names.has(name));
}

/** The set-up files of other tools in a repository. */
async function foreignSetups(io: Io, root: string): Promise<ForeignSetup[]> {
  const found: ForeignSetup[] = [];
  for (const reader of SETUP_READERS) {
    for (const path of reader.paths) {
      const content = await text(io, `${root}/${path}`);
      if (content === undefined) continue;
      const setup = readForeignSetup(reader, path, content);
      if (setup !== undefined) found.push(setup);
      break;
    }
  }
  return found;
}

function joined(settings: EnvironmentSettings, found: ForeignSetup): EnvironmentSettings {
  return {
    ...settings,
    setup: [...settings.setup, ...found.setup],
    teardown: [...settings.teardown, ...found.teardown],
    copy: [...settings.copy, ...found.copy],
    ports: { ...found.ports, ...settings.ports },
    tools: [...settings.tools, found.tool],
  };
}

async function text(io: Io, path: string): Promise<string | undefined> {
  const bytes = await io.files.read(path, LIMIT).catch(() => undefined);
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}
