import type { PermissionAnswer, PermissionAsk } from './event.ts';

/** What an agent may do without anybody being asked, and what it may not do at all. Pure data: it stands in the order. */
export interface PermissionRules {
  /** Absolute paths of directories in which it may write: its worktree, its temporary directory. */
  readonly writable: readonly string[];
  /** Commands that it may run, as the plan declares them; exact, blanks aside. */
  readonly commands: readonly string[];
  /** Whether commands that nobody declared are allowed, denied, or asked. */
  readonly otherCommands: PermissionAnswer | 'ask';
  /** The same for writing outside of {@link writable}, and for everything else. */
  readonly otherPaths: PermissionAnswer | 'ask';
  readonly network: PermissionAnswer | 'ask';
}

/** What the rules say to a question; `ask`: somebody has to be asked. */
export function decidePermission(rules: PermissionRules, ask: PermissionAsk): PermissionAnswer | 'ask' {
  switch (ask.kind) {
    case 'read':
      return 'allow';
    case 'write':
      return ask.paths.length > 0 && ask.paths.every((path) => isInside(rules.writable, path))
        ? 'allow'
        : rules.otherPaths;
    case 'command': {
      const said = squeeze(ask.command ?? '');
      if (said !== '' && rules.commands.some((command) => squeeze(command) === said)) return 'allow';
      return rules.otherCommands;
    }
    case 'network':
      return rules.network;
    default:
      return rules.otherPaths;
  }
}

/**
 * Files in a project by which programs let themselves do more from then on: their settings with rules and hooks, servers of tools, and
 * what git runs. Whoever is asked may look.
 */
const NO_ORDINARY =
  /(?:^|\/)(?:\.(?:git|claude|codex|gemini|opencode|qwen)(?:\/|$)|\.claude\.json$|\.mcp\.json$|opencode\.jsonc?$)/i;

function isInside(directories: readonly string[], path: string): boolean {
  // A path with such parts could lead anywhere: whoever is asked may look.
  if (!path.startsWith('/') || /(?:^|\/)\.\.?(?:\/|$)/.test(path)) return false;
  return directories.some((one) => {
    const directory = one.endsWith('/') ? one : `${one}/`;
    return path === one || (path.startsWith(directory) && !NO_ORDINARY.test(path.slice(directory.length)));
  });
}

function squeeze(command: string): string {
  return command.trim().replace(/\s+/g, ' ');
}

/** Name of the file for the answer to a question: ids of agents may hold anything. */
export function fileNameOf(id: string): string {
  return id.replace(/[^A-Za-z0-9-]/g, (c) => `_${c.charCodeAt(0).toString(16)}`).slice(0, 120);
}
