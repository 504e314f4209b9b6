import type { FileChange, WitnessFinding, WitnessRule } from './change.ts';
import { short } from './change.ts';
import type { Follow } from './follow.ts';
import type { Leave } from './leave.ts';
import { isFixture, isRecorded, isTestPath } from './paths.ts';

/** Packages that run tests or assert: a file in their place is a fake. */
const FRAMEWORKS =
  'pytest|_pytest|unittest|nose|mock|hypothesis|coverage|jest|vitest|mocha|chai|ava|tap|sinon|jasmine|assert|expect|rspec|minitest|phpunit|bats|junit|testify';

/** Files that hide something, that stand in for something, or that were made to fit. */
export function judgeFiles(changes: readonly FileChange[], leave: Leave, follows: Follow): WitnessFinding[] {
  const findings: WitnessFinding[] = [];
  const arrivals = new Map<string, string>();
  for (const { path, before, after } of changes)
    if (before === undefined && after?.text !== undefined && after.text !== null) arrivals.set(after.text, path);
  for (const change of changes) {
    const { path, before, after } = change;
    const add = (rule: WitnessRule, what: string, severity: WitnessFinding['severity'] = 'error'): void => {
      findings.push({ rule, severity, path, what });
    };
    const name = path.slice(path.lastIndexOf('/') + 1);
    const added = addedTo(before?.text ?? '', after?.text ?? '');
    if (name === '.gitattributes' || name === '.gitignore' || name === '.git-blame-ignore-revs')
      hiding(name, added, changes, leave, add);
    if (/(?:^|\/)(?:sitecustomize|usercustomize)\.py$|\.pth$/.test(path) && after !== undefined)
      add('repointed', 'python runs this before every program, tests included');
    if (/(?:^|\/)node_modules\//.test(path))
      add('rigged', 'a dependency is replaced in its place', after === undefined ? 'warning' : 'error');
    else if (
      /(?:^|\/)(?:vendor|third_party|site-packages|\.venv|Pods|Carthage)\//.test(path) &&
      before !== undefined &&
      after !== undefined &&
      !changes.some((one) => /(?:lock|go\.sum|modules\.txt|composer\.lock|Gemfile\.lock)/.test(one.path))
    )
      add(
        'rigged',
        'a vendored dependency was edited by hand',
        leave.matches(/vendor|third.party|patch/i) ? 'warning' : 'error',
      );
    if (
      before === undefined &&
      after !== undefined &&
      new RegExp(
        `^(?:(?:src|lib|bin|tests?|\\.?/)/)?(?:${FRAMEWORKS})(?:\\.(?:py|[cm]?js|ts|rb|sh|php|go))?$|^(?:${FRAMEWORKS})/(?:__init__\\.py|index\\.\\w+)$`,
      ).test(path)
    )
      add('rigged', 'it stands in the place of a package that runs tests', leave.mentions(name) ? 'warning' : 'error');
    if (
      /^(?:\.env|\.npmrc|\.bashrc|\.profile|\.envrc|\.node-options)/.test(name) &&
      /NODE_OPTIONS|BASH_ENV|PYTHONSTARTUP|PYTHONPATH|LD_PRELOAD|RUBYOPT|JAVA_TOOL_OPTIONS|script-shell/.test(
        added.join('\n'),
      )
    )
      add(
        'repointed',
        `programs are started differently: \`${short(added.find((line) => /NODE_OPTIONS|BASH_ENV|PYTHON|LD_PRELOAD|RUBYOPT|JAVA_TOOL|script-shell/.test(line)) ?? '')}\``,
      );
    if (after?.mode === '120000' && after.text !== null) link(path, after.text, before !== undefined, add);
    const tag = added.find((line) =>
      /^\/\/go:build\s|^\/\/\s*\+build\s|^#!\[cfg\(|^__test__\s*=\s*False|^pytestmark\s*=.*(?:skip|xfail)/.test(line),
    );
    if (tag !== undefined && before !== undefined && isTestPath(path))
      add(
        'skipped',
        `a mark keeps the tests of this file from being run: \`${short(tag)}\``,
        leave.quarantine || leave.matches(/\bbuild tags?\b|\bfeature flag|\bintegration tests?\b/i)
          ? 'warning'
          : 'error',
      );
    if (/(?:^|\/)\.masterplan\.ya?ml$/.test(path))
      add(
        'repointed',
        'the configuration of masterplan itself was changed',
        leave.mentions('.masterplan.yaml') ? 'warning' : 'error',
      );
    if (isRecorded(path)) recorded(change, arrivals, changes, leave, follows, add, 'a recorded result');
    else if (isFixture(path)) recorded(change, arrivals, changes, leave, follows, add, 'data of tests');
  }
  findings.push(...caseOnly(changes));
  return findings;
}

type Add = (rule: WitnessRule, what: string, severity?: WitnessFinding['severity']) => void;

function addedTo(before: string, after: string): string[] {
  const old = new Set(before.split('\n').map((line) => line.trim()));
  return after
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !old.has(line));
}

function hiding(name: string, added: readonly string[], changes: readonly FileChange[], leave: Leave, add: Add): void {
  for (const line of added) {
    if (line.startsWith('#') || line.startsWith('!')) continue;
    const [pattern = '', ...attributes] = line.split(/\s+/);
    const code =
      /^\*{1,2}$|\.(?:[cm]?[jt]sx?|py|go|rs|java|kt|rb|cs|sh|php|swift|c|cc|cpp|h|scala|ex|exs|dart|vue)\b/.test(
        pattern,
      ) || /\b(?:src|lib|tests?|specs?|__tests__|app|packages)\b/i.test(pattern);
    if (name === '.gitattributes') {
      const hides = attributes.find(
        (each) =>
          /^(?:-diff|diff=|binary|-text$|merge=|filter=|export-ignore|linguist-generated|-merge)/.test(each) &&
          !/^diff=(?:python|golang|rust|java|ruby|php|csharp|html|css|markdown|cpp|bash|kotlin)$/.test(each),
      );
      if (hides !== undefined && code)
        add(
          'hidden',
          `changes of ${pattern} are not shown, or not merged as they are: \`${short(line)}\``,
          leave.matches(/gitattributes|linguist|lfs\b/i) ? 'warning' : 'error',
        );
    } else if (name === '.gitignore') {
      const clean = pattern.replace(/^\//, '').replace(/\/$/, '');
      const tests =
        /(?:^|[/*._-])(?:tests?|specs?|__tests__|conftest)(?:[/*._-]|$)/i.test(clean) &&
        !/cache|report|result|output|coverage|tmp|temp/i.test(clean);
      const source =
        /^\*\.(?:[cm]?[jt]sx?|py|go|rs|java|kt|rb|cs|sh|php|swift)$/.test(clean) ||
        /^(?:src|lib|app|\*|\*\*)$/.test(clean);
      if (tests || source)
        add(
          'hidden',
          `git does not see ${pattern} any more`,
          leave.matches(/gitignore|ignored/i) ? 'warning' : 'error',
        );
      else if (
        changes.some(({ path, after }) => after === undefined && (path === clean || path.startsWith(`${clean}/`)))
      )
        add('hidden', `what was deleted is ignored: ${pattern}`, leave.removal ? 'warning' : 'error');
    }
  }
}

function link(path: string, target: string, replaced: boolean, add: Add): void {
  const parts = path.split('/').slice(0, -1);
  let outside = target.startsWith('/') || /^[A-Za-z]:/.test(target);
  for (const part of target.split('/')) {
    if (part === '..') {
      if (parts.length === 0) outside = true;
      parts.pop();
    } else if (part !== '.' && part !== '') parts.push(part);
  }
  if (outside) add('hidden', `a link leads out of the repository: ${short(target)}`);
  else if (parts[0] === '.git' || parts[0] === '.masterplan') add('hidden', `a link leads into ${parts[0]}`);
  else if (replaced) add('hidden', `a file became a link to ${short(target)}`, isTestPath(path) ? 'error' : 'warning');
}

function recorded(
  change: FileChange,
  arrivals: ReadonlyMap<string, string>,
  changes: readonly FileChange[],
  leave: Leave,
  follows: Follow,
  add: Add,
  what: string,
): void {
  const { before, after } = change;
  // What people read about tests is nothing that a test works on.
  if (before === undefined || /(?:^|\/)(?:README|CONTRIBUTING|CHANGELOG|LICENSE)[^/]*$/i.test(change.path)) return;
  const golden = what === 'a recorded result';
  const spoken =
    leave.tests ||
    leave.matches(/\b(?:snapshots?|golden|baseline|fixtures?|recorded|expected (?:output|file|result))\b/i) ||
    partsOf(change.path).some((part) => leave.mentions(part));
  if (after === undefined) {
    const moved = before.text !== null && arrivals.has(before.text);
    const test = changes.some(
      ({ path, after: gone }) => gone === undefined && isTestPath(path) && !isFixture(path) && !isRecorded(path),
    );
    if (!moved) add('recorded', `${what} is gone`, spoken || leave.removal || test ? 'warning' : 'error');
    return;
  }
  if (before.text === null || after.text === null) {
    if (before.text !== after.text || before.text === null)
      add('recorded', `${what} was replaced`, spoken || leave.behaviour ? 'warning' : 'error');
    return;
  }
  const had = before.text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const left = new Set(after.text.split('\n').map((line) => line.trim().replace(/,$/, '')));
  const lost = had.filter((line) => !left.has(line.replace(/,$/, '')));
  if (lost.length === 0) return;
  const gained = addedTo(before.text, after.text);
  const words = gained
    .flatMap((line) => line.match(/[\w.$%-]{3,}/g) ?? [])
    .filter((word) => !(before.text ?? '').includes(word));
  const told = words.some((word) => leave.mentions(word));
  const whole = lost.length * 2 > had.length && had.length >= 4;
  const [old, now] = [lost, gained].map((lines) => lines.map((line) => `'${line}'`)) as [string[], string[]];
  const fits = spoken || told || leave.behaviour || follows(old, now, '');
  if (golden)
    add(
      'recorded',
      whole
        ? 'nearly all of the recorded results were replaced'
        : `a recorded result was made to fit: \`${short(lost[0] as string)}\``,
      fits ? 'warning' : 'error',
    );
  else
    add('recorded', `data that tests work on was changed: \`${short(lost[0] as string)}\``, fits ? 'warning' : 'error');
}

/** What a file of data is called, and folders with names of their own: a task that speaks of `TK-03` speaks of `cases/TK-03/a.md`. */
function partsOf(path: string): string[] {
  const parts = path.split('/');
  return [...parts.slice(0, -1).filter((part) => /[\d_-]/.test(part) && /[a-z]/i.test(part)), ...parts.slice(-1)];
}

/** Paths that differ only in case are one file on many machines. */
function caseOnly(changes: readonly FileChange[]): WitnessFinding[] {
  const gone = new Map(
    changes.filter(({ after }) => after === undefined).map(({ path }) => [path.toLowerCase(), path]),
  );
  return changes.flatMap(({ path, before, after }): WitnessFinding[] => {
    const twin = gone.get(path.toLowerCase());
    if (before !== undefined || after === undefined || twin === undefined) return [];
    return [{ rule: 'hidden', severity: 'warning', path, what: `only the case of its name changed: it was ${twin}` }];
  });
}
