import type { WitnessFinding } from './change.ts';

/** Something in a worktree that git ignores; a whole directory of such things ends in `/`. */
export interface IgnoredPath {
  readonly path: string;
  /** It is a symbolic link. */
  readonly link?: true;
}

/**
 * Files that are never committed and yet decide something: variables and credentials, and what programs obey that are started in
 * this directory. Samples of them are none.
 */
const OBEYED =
  /(?:^|\/)(?:\.env(?:\.(?!example$|sample$|template$|dist$)[^/]*)?|\.envrc|\.npmrc|\.yarnrc(?:\.yml)?|\.netrc|\.pypirc|\.gitconfig|\.gitmodules|\.masterplan\.ya?ml|\.mcp\.json|sitecustomize\.py|usercustomize\.py|[^/]+\.pth|\.git)$|(?:^|\/)(?:\.git|\.masterplan|\.husky|\.githooks|\.ssh|\.aws|\.gnupg|\.docker|\.kube)\/|(?:^|\/)\.(?:claude|codex|gemini|opencode|cursor|vscode|config)\/(?:[^/]+\/)*[^/]*(?:settings|config|hooks?|mcp|rules|tasks|launch|agents?)[^/]*$/;
/** Directories that programs run from: a link in their place runs the code of somebody else. */
const SHARED = /(?:^|\/)(?:node_modules|vendor|\.venv|venv|target|Pods|\.gradle|\.masterplan|\.git)\/?$/;

/** Directories in which such files stand, so that they are looked into. */
export const LOOKED_INTO =
  /(?:^|\/)\.(?:git|masterplan|husky|githooks|ssh|aws|gnupg|docker|kube|claude|codex|gemini|opencode|cursor|vscode|config)\/$/;

/**
 * What is wrong with ignored files outside of the scope. Build output is normal: it is listed, never committed, and gone with the
 * worktree. What decides how programs run there is none of the task's business.
 */
export function judgeIgnored(paths: readonly IgnoredPath[]): WitnessFinding[] {
  return paths.flatMap(({ path, link }): WitnessFinding[] => {
    const at = { rule: 'ignored' as const, severity: 'error' as const, path };
    if (link === true && SHARED.test(path))
      return [{ ...at, what: 'git ignores it, and it is a link: programs run from where it leads' }];
    if (OBEYED.test(path))
      return [{ ...at, what: 'git ignores it, it is outside of the scope, and programs that start here obey it' }];
    return [];
  });
}
