import { COMMANDS } from './table.ts';

/** Commands by what somebody wants to do; each stands in one group, which a test sees to. */
export const GROUPS: readonly (readonly [title: string, names: readonly string[]])[] = [
  ['From an idea to a finished branch', ['brainstorm', 'plan', 'execute', 'full', 'run', 'finish']],
  ['See where it is', ['status', 'next', 'watch', 'explain', 'ps']],
  [
    'Decide and steer',
    ['approve', 'answer', 'reject', 'pause', 'resume', 'cancel', 'retry', 'waive', 'attach', 'return', 'amend'],
  ],
  ['When something is lost or stuck', ['rescue', 'unlock']],
  ['Look back', ['retro', 'learned', 'stats', 'replay', 'telemetry']],
  ['Plans, without running them', ['research', 'new-plan', 'lint', 'fmt', 'graph', 'simulate', 'convert', 'twin']],
  ['The life of a document', ['list', 'start', 'done', 'session-notice']],
  ['From and to other tools', ['import', 'export']],
  ['Health', ['doctor', 'validate', 'clean']],
  ['Set up', ['init', 'config', 'agents', 'contracts', 'notify', 'demo']],
];

/** Another name of a command, shown with it. */
export const ALIASES: Readonly<Record<string, string>> = { new: 'brainstorm' };

/** What `masterplan --help` says. */
export function rootHelp(): string {
  const widest = Math.max(...Object.keys(COMMANDS).map(({ length }) => length));
  const lines = [
    'Carries out Markdown plans with coding agents, and loses nothing when the power goes.',
    '',
    '  masterplan run plan.md     starts a run, or goes on with it after anything',
    '  masterplan full "an idea"  from an idea to a finished branch, asking where you are needed',
    '  masterplan                 what is open, and goes on with it',
    '  masterplan <command> -h    flags and examples of a command',
  ];
  for (const [title, names] of GROUPS) {
    lines.push('', title);
    for (const name of names) lines.push(`  ${name.padEnd(widest)}  ${briefOf(name)}`);
  }
  lines.push(
    '',
    'Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 waits for you, 4 findings,',
    '130 interrupted (143, 129 by SIGTERM, SIGHUP). --json where a program may want it; --version shows the version.',
  );
  return `${lines.join('\n')}\n`;
}

function briefOf(name: string): string {
  const others = Object.keys(ALIASES).filter((alias) => ALIASES[alias] === name);
  const brief = COMMANDS[name]?.brief ?? '';
  return others.length === 0 ? brief : `${brief} (also: ${others.join(', ')})`;
}
