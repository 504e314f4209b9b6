/** Who a commit of ours is by: the trailers `Masterplan-Run`, `Masterplan-Task` and `Masterplan-Attempt`. */
export interface Trailers {
  readonly run: string;
  readonly task: string;
  readonly attempt: string;
}

const OURS = ['Run', 'Task', 'Attempt'] as const;

/**
 * The trailers of a commit message, or `undefined` when it is not one of ours: each of the three exactly once in the last
 * paragraph, which holds nothing but trailers. What stands above came from an agent and may say anything.
 */
export function readTrailers(message: string): Trailers | undefined {
  const paragraph =
    message
      .trimEnd()
      .split(/\n[ \t]*\n/)
      .at(-1) ?? '';
  const found = new Map<string, string>();
  for (const line of paragraph.split('\n')) {
    const [, key, value] = /^([A-Za-z][A-Za-z0-9-]*): (\S.*)$/.exec(line) ?? [];
    if (key === undefined || value === undefined) return undefined;
    if (!key.startsWith('Masterplan-')) continue;
    if (found.has(key)) return undefined;
    found.set(key, value);
  }
  const [run, task, attempt] = OURS.map((name) => found.get(`Masterplan-${name}`));
  return run === undefined || task === undefined || attempt === undefined ? undefined : { run, task, attempt };
}
