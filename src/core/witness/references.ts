/** What verify commands run themselves. */
export interface References {
  /** Paths that they, or what they call, name. */
  readonly checks: ReadonlySet<string>;
  /** Scripts of `package.json` that they call. */
  readonly scripts: ReadonlySet<string>;
}

/** How many hand-overs from one script to the next are followed. */
const DEPTH = 4;

/**
 * Which files decide whether work counts: those that the commands name, and those that these name in turn. `texts` are the
 * files that are known, by path; of others only the names that stand in commands are found.
 */
export function referencesIn(commands: readonly string[], texts: ReadonlyMap<string, string>): References {
  const checks = new Set<string>();
  const scripts = new Set<string>();
  let open = [...commands];
  for (let depth = 0; depth < DEPTH && open.length > 0; depth++) {
    const next: string[] = [];
    for (const command of open) {
      for (const path of pathsIn(command)) {
        if (checks.has(path)) continue;
        checks.add(path);
        const text = texts.get(path);
        if (text !== undefined && /\.(?:sh|bash|bats|mk)$|(?:^|\/)[\w-]+$/.test(path)) next.push(text);
      }
      for (const [, name = ''] of command.matchAll(
        /\b(?:npm|pnpm|yarn|bun)\s+(?:run\s+|run-script\s+)?(?:-s\s+|--silent\s+)?([\w:-]+)/g,
      )) {
        const script = name === 't' || name === 'tst' ? 'test' : name;
        for (const each of [script, `pre${script}`, `post${script}`]) {
          if (scripts.has(each)) continue;
          const text = scriptOf(texts.get('package.json'), each);
          if (text === undefined) continue;
          scripts.add(each);
          next.push(text);
        }
      }
      if (/\b(?:make|gmake)\b/.test(command))
        for (const path of ['Makefile', 'makefile', 'GNUmakefile'])
          if (!checks.has(`make:${path}`) && texts.has(path)) {
            checks.add(`make:${path}`);
            next.push(
              (texts.get(path) as string)
                .split('\n')
                .filter((line) => line.startsWith('\t'))
                .join('\n'),
            );
          }
    }
    open = next;
  }
  return { checks, scripts };
}

function pathsIn(command: string): string[] {
  const found: string[] = [];
  for (const [word] of command.matchAll(/(?<![\w$])(?:\.\/)?[\w@.-]+(?:\/[\w@.-]+)*/g)) {
    const path = word.replace(/^\.\//, '');
    // A name without folder and extension is a program, unless it was called from here.
    if (/\.[A-Za-z]\w{0,5}$/.test(path) || word.startsWith('./') || (path.includes('/') && !path.startsWith('usr/')))
      found.push(path);
  }
  return found;
}

function scriptOf(manifest: string | undefined, name: string): string | undefined {
  try {
    const value = JSON.parse(manifest ?? 'null') as { scripts?: Record<string, unknown> } | null;
    const script = value?.scripts?.[name];
    return typeof script === 'string' ? script : undefined;
  } catch {
    return undefined;
  }
}
