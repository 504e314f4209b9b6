import { checkSlug } from '../core/base/slug.ts';
import type { Io } from '../io/io.ts';
import type { Located } from './locate.ts';

/** Bundles that have a state of ours and no log. */
export async function loglessBundles(io: Io, { root, runsPath }: Located): Promise<string[]> {
  const logless: string[] = [];
  for (const name of await io.files.list(`${root}/${runsPath}`)) {
    if (
      !checkSlug(name).ok ||
      (await io.files.stat(`${root}/${runsPath}/${name}/events.jsonl`).catch(() => undefined)) !== undefined
    )
      continue;
    const state = await io.files.readRange(`${root}/${runsPath}/${name}/state.yml`, 0, 64).catch(() => undefined);
    if (state !== undefined && new TextDecoder().decode(state).startsWith('# Made from events.jsonl'))
      logless.push(name);
  }
  return logless;
}
