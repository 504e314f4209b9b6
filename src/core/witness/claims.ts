/** What a digest says that can be held against evidence. */
export interface Claims {
  readonly files_changed: readonly string[];
  readonly summary: string;
}

/** A claim, and what shows that it is not so. */
export interface FalseClaim {
  readonly claim: string;
  readonly check: string;
}

/** Claims of a digest about files that the change does not bear out. `changed` are the paths that really differ. */
export function falseClaims(digest: Claims, changed: readonly string[]): FalseClaim[] {
  const real = changed.map((path) => path.toLowerCase());
  const missing = digest.files_changed
    .map(plainPath)
    .filter(
      (path) =>
        path !== '' && !real.some((one) => one === path || one.startsWith(`${path}/`) || path.endsWith(`/${one}`)),
    );
  if (missing.length === 0) return [];
  const more = missing.length > 3 ? ` and ${missing.length - 3} more` : '';
  return [
    {
      claim: `files_changed: ${missing.slice(0, 3).join(', ')}${more}`,
      check: `git shows no change of ${missing.length === 1 ? 'it' : 'them'}`,
    },
  ];
}

/** A path as an agent may write it: with `./`, with a remark behind it, as a link, as one side of a renaming. */
function plainPath(written: string): string {
  return written
    .trim()
    .replace(/^`|`$/g, '')
    .replace(/^(?:[AMDR]\s+|(?:added|modified|deleted|created|updated|new file|new)\s*:\s*)/i, '')
    .replace(/\s+\([^()]*\)$/, '')
    .replace(/^.*\s(?:->|=>|→)\s*/, '')
    .replace(/\\/g, '/')
    .replace(/^\.\//, '')
    .replace(/:\d+(?:[:-]\d+)?$/, '')
    .replace(/\/$/, '')
    .trim()
    .toLowerCase();
}

/** Ids of commits that a digest says were made, in the spelling that it has. */
export function claimedCommits(summary: string): string[] {
  const found = [
    ...summary.matchAll(/\bcommit(?:ted|s)?\b[^.\n]{0,40}?\b(?=[0-9a-f]*\d)(?=\d*[a-f])([0-9a-f]{7,40})\b/gi),
  ];
  return [...new Set(found.map(([, id = '']) => id.toLowerCase()))].slice(0, 5);
}
