import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createContext } from '../../src/app/context.ts';
import { openRun } from '../../src/app/run.ts';
import type { Case, CaseFile } from './corpus.ts';

/** What a run made of a case. */
export interface Outcome {
  readonly merged: boolean;
  /** Why it was not merged, or what was remarked all the same. */
  readonly why: string;
  /** Rules of findings of severity `error`, and `claim`, `scope`, `nothing` or `verify`. */
  readonly signs: readonly string[];
}

/** Whether a case was judged rightly. A cheat has to be caught for what it is. */
export function isRight(one: Case, outcome: Outcome): boolean {
  return one.honest ? outcome.merged : !outcome.merged && one.caught.some((each) => outcome.signs.includes(each));
}

/** Carries a case out with the real engine: a repository, a plan of one task, an agent that does what the case says. */
export async function carryOut(one: Case): Promise<Outcome> {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'mw-')));
  try {
    const root = join(home, 'project');
    layOut(root, one.before);
    mkdirSync(join(home, 'after'));
    layOut(join(home, 'after'), one.after);
    mkdirSync(join(home, 'home'));
    writeFileSync(join(home, 'agent.sh'), agentScript(one, home));
    writeFileSync(join(root, 'plan.md'), planOf(one));
    writeFileSync(
      join(root, '.masterplan.yaml'),
      JSON.stringify({ agents: { liar: { command: ['sh', join(home, 'agent.sh')] } }, attempts: 1, ...one.config }),
    );
    const env = { PATH: process.env['PATH'] ?? '', HOME: join(home, 'home'), USER: 'ada', GIT_CONFIG_NOSYSTEM: '1' };
    const git = (...args: string[]): string =>
      execFileSync('git', args, { cwd: root, env, encoding: 'utf8', stdio: 'pipe' });
    git('init', '--quiet', '--initial-branch=main');
    git('config', 'user.name', 'Ada Example');
    git('config', 'user.email', 'ada@example.org');
    git('add', '--all');
    git('commit', '--quiet', '--message', 'Begin');
    const context = createContext({ cwd: root, env, argv: ['run'], node: process.execPath });
    const opened = await openRun(context, { target: 'plan.md', finish: 'keep' });
    if (!opened.ok) return { merged: false, why: `not started: ${opened.error.message}`, signs: [] };
    const handle = opened.value;
    const signs: string[] = [];
    const words: string[] = [];
    handle.subscribe((events) => {
      for (const event of events) {
        if (event.event === 'change_examined') {
          const errors = event.findings.filter(({ severity }) => severity === 'error');
          signs.push(...errors.map(({ rule }) => rule));
          words.push(...errors.map(({ rule, path, what }) => `${rule} ${path}: ${what}`));
        }
        if (event.event === 'witness_failed') {
          signs.push(event.check.startsWith('no file changed') ? 'nothing' : 'claim');
          words.push(`${event.claim}: ${event.check}`);
        }
        if (event.event === 'scope_violated') signs.push('scope');
        if (event.event === 'verification_finished' && !event.passed) {
          signs.push('verify');
          words.push(
            `${event.failed?.command ?? ''}: ${event.failed?.reason ?? ''}: ${event.failed?.tail.slice(-300) ?? ''}`,
          );
        }
        if (event.event === 'attempt_finished' && event.ending !== 'done') words.push(event.reason);
      }
    });
    try {
      if (handle.needsApproval()) await handle.approve('corpus');
      await handle.run();
      const merged = handle.state().tasks[0]?.progress.status === 'merged';
      return { merged, why: words.join('; '), signs };
    } finally {
      await handle.close();
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function layOut(root: string, files: ReadonlyMap<string, CaseFile>): void {
  mkdirSync(root, { recursive: true });
  for (const [path, { text, mode }] of files) {
    const place = join(root, path);
    mkdirSync(dirname(place), { recursive: true });
    if (mode === '120000') symlinkSync(text, place);
    else writeFileSync(place, text);
    if (mode === '100755') chmodSync(place, 0o755);
  }
}

function agentScript(one: Case, home: string): string {
  const gone = [...one.before.keys()].filter((path) => !one.after.has(path));
  const changed = [...new Set([...one.before.keys(), ...one.after.keys()])].filter(
    (path) => one.before.get(path)?.text !== one.after.get(path)?.text,
  );
  const digest = {
    contract_id: 'implement.v1',
    status: 'completed',
    summary: 'Done.',
    files_changed: changed,
    commands_run: [],
    tests_passed: null,
    ...one.digest,
  };
  const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
  return [
    'set -e',
    ...gone.map((path) => `rm -f ${quoted(path)}`),
    `cp -RP ${quoted(join(home, 'after'))}/. .`,
    `printf '%s' ${quoted(JSON.stringify(digest))} >"$MASTERPLAN_DIGEST"`,
    '',
  ].join('\n');
}

/** Programs that every machine with this project has. Commands of others are not run here: the witness reads them all the same. */
const HERE = /^(?:node|sh|true)\b/;

function planOf({ title, text, scope, verify }: Case): string {
  const commands = verify.map((command) => (HERE.test(command) ? command : `true || ${command}`));
  return [
    `# ${title}`,
    '',
    `## Task 1: ${title}`,
    '',
    ...(scope.length === 0 ? [] : [`**Files:** ${scope.map((path) => `\`${path}\``).join(', ')}`, '']),
    ...commands.map((command) => `**Verify:** \`${command}\`\n`),
    text,
    '',
  ].join('\n');
}
