import type { FileChange, WitnessFinding } from './change.ts';
import { hollowCommand, runsChecks, weakenedCommand } from './command-lines.ts';
import { short } from './change.ts';
import type { Leave } from './leave.ts';
import { judgeSettings } from './settings-lines.ts';

type CheckKind = 'package' | 'make' | 'workflow' | 'settings';

function kindOf(path: string): CheckKind | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (/^(?:package|composer|deno|turbo|nx|project)\.jsonc?$/.test(name)) return 'package';
  if (/^(?:GNUm|M|m)akefile$|\.mk$|^[jJ]ustfile$|^Taskfile\.ya?ml$|^Rakefile$|^Earthfile$|^noxfile\.py$/.test(name))
    return 'make';
  if (
    /(?:^|\/)\.(?:github\/(?:workflows|actions)|circleci|buildkite|woodpecker|gitea\/workflows|forgejo\/workflows|husky)\//.test(
      path,
    ) ||
    /^(?:\.gitlab-ci|\.travis|azure-pipelines|bitbucket-pipelines|appveyor|cloudbuild|\.drone|\.pre-commit-config|lefthook|codecov|\.codecov|sonar-project)\.?[\w-]*\.(?:ya?ml|properties)$|^Jenkinsfile|^codecov\.yml$|^\.pre-commit-config\.yaml$/.test(
      name,
    )
  )
    return 'workflow';
  if (
    /^(?:(?:jest|vitest|vite|playwright|karma|cypress|wdio|ava|stryker|babel|nyc|c8|eslint|oxlint|biome|prettier|stylelint|commitlint|web-test-runner|knip|tap|mocha|jasmine)[\w.]*\.(?:config|conf|json|jsonc|ya?ml|[mc]?[jt]s)[\w.]*|jest-[\w-]+\.json)$/.test(
      name,
    ) ||
    /^\.(?:mocharc|nycrc|c8rc|taprc|eslintrc|oxlintrc|prettierrc|stylelintrc|swcrc|babelrc|jshintrc)[\w.]*$|^\.(?:eslintignore|prettierignore|stylelintignore|nycrc|coveragerc|flake8|pylintrc|rspec|rubocop[\w-]*\.yml|rubocop_todo\.yml|golangci\.[\w]+|swiftlint\.yml|testignore|npmrc|yarnrc[\w.]*|simplecov|editorconfig)$/.test(
      name,
    ) ||
    /^(?:tsconfig|jsconfig)[\w.-]*\.json$/.test(name) ||
    /^(?:pytest|tox|setup|mypy|\.?ruff|pyproject|Cargo|clippy|nextest|pylintrc|coverage|pyrightconfig|phpunit|phpstan|psalm|infection|golangci|detekt|checkstyle|pmd|spotbugs|findbugs|testng|runsettings|Directory|NuGet|gradle|settings|build|pom|codeception|phpcs|deny|rustfmt|analysis_options|dart_test|nose)[\w.-]*\.(?:ini|cfg|toml|json|jsonc|xml|xml\.dist|neon|neon\.dist|ya?ml|props|targets|properties|gradle|gradle\.kts|runsettings|config)$/.test(
      name,
    ) ||
    /\.(?:csproj|fsproj|vbproj|runsettings|testsettings|xctestplan|xcscheme|gradle|gradle\.kts|sbt|opam|gemspec)$/.test(
      name,
    ) ||
    /^(?:pylintrc|CMakeLists\.txt|go\.work|go\.mod|Package\.swift|Dockerfile[\w.]*|Gemfile|mix\.exs|build\.zig|\.clang-tidy)$/.test(
      name,
    )
  )
    return 'settings';
  return undefined;
}

/** What was done to scripts, build files, workflows and the settings of test runners, compilers and linters. */
export function judgeChecks(
  changes: readonly FileChange[],
  leave: Leave,
  scripts: ReadonlySet<string>,
): WitnessFinding[] {
  const movedTests = changes.some(({ path, after }) => after === undefined && /test|spec/i.test(path));
  return changes.flatMap((change): WitnessFinding[] => {
    const kind = kindOf(change.path);
    if (kind === undefined) return [];
    const before = change.before?.text ?? '';
    const after = change.after?.text ?? '';
    const about = new RegExp(
      change.path.slice(change.path.lastIndexOf('/') + 1).replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`),
      'i',
    );
    const findings: WitnessFinding[] = [];
    const add = (what: string, severity: WitnessFinding['severity'], line?: number): void => {
      findings.push({ rule: 'repointed', severity, path: change.path, what, ...(line === undefined ? {} : { line }) });
    };
    if (kind === 'package') packageScripts(before, after, leave, scripts, add);
    if (kind === 'make') makeTargets(before, after, leave, elsewhere(changes, change), add);
    if (/^Dockerfile|\.dockerfile$/i.test(change.path.slice(change.path.lastIndexOf('/') + 1)))
      image(before, after, leave, add);
    if (kind === 'workflow') workflow(before, change.after === undefined ? undefined : after, leave, add);
    judgeSettings(change, movedTests, (what, topic, severity = 'error', line) =>
      add(what, leave.relaxes(topic) || leave.relaxes(about) ? 'warning' : severity, line),
    );
    return findings;
  });
}

type Add = (what: string, severity: WitnessFinding['severity'], line?: number) => void;

const SCRIPT =
  /^(?:pre|post)?(?:test|tests|check|checks|lint|verify|validate|typecheck|type-check|types|tsc|ci|build|e2e|unit|integration|coverage|cover|spec|audit|format:check|prettier|style)\b/i;

function packageScripts(before: string, after: string, leave: Leave, scripts: ReadonlySet<string>, add: Add): void {
  const old = scriptsOf(before);
  const now = scriptsOf(after);
  if (old === undefined) return;
  if (now === undefined) {
    if (Object.keys(old).some((name) => SCRIPT.test(name)))
      add('its scripts are gone', leave.removal ? 'warning' : 'error');
    return;
  }
  const excused = (name: string): WitnessFinding['severity'] =>
    leave.relaxes(new RegExp(`\\b${name.replace(/[^\w]/g, '.')}\\b`, 'i')) && leave.removal ? 'warning' : 'error';
  for (const [name, command] of Object.entries(old)) {
    if (!SCRIPT.test(name) && !scripts.has(name) && !runsChecks(command)) continue;
    const then = now[name];
    if (then === undefined) {
      // Renamed, or taken up by another script.
      if (!Object.entries(now).some(([other, text]) => !(other in old) && weakenedCommand(command, text) === undefined))
        add(`the script "${name}" is gone`, excused(name));
      continue;
    }
    const followed = then.replace(
      /\b(?:npm|pnpm|yarn|bun)\s+(?:run\s+|run-script\s+)?(?:-s\s+|--silent\s+)?([\w:-]+)/g,
      (whole, called: string) => (called in old || now[called] === undefined ? whole : now[called]),
    );
    const why = weakenedCommand(command, followed);
    if (why !== undefined) add(`the script "${name}" was weakened: ${why}`, excused(name));
    else if (
      then !== command &&
      /^(?:node|python3?|ruby|sh|bash|php)\s+\S/.test(then) &&
      !/^(?:node|python3?|ruby|sh|bash|php)\s+\S/.test(command) &&
      runsChecks(command) &&
      !runsChecks(then)
    )
      add(`the script "${name}" runs another program: \`${short(then)}\``, 'error');
  }
  for (const [name, command] of Object.entries(now)) {
    if (name in old) continue;
    const [, of] = /^(?:pre|post)(.+)$/.exec(name) ?? [];
    if (
      of !== undefined &&
      of in old &&
      SCRIPT.test(of) &&
      /\b(?:rm|sed|git|mv|cp|patch|tee|>|node\s+-e)\b|>/.test(command)
    )
      add(`the new script "${name}" runs before or after "${of}": \`${short(command)}\``, 'error');
    else if (/^(?:test|check|lint|verify|ci)\b/.test(name)) {
      const why = hollowCommand(command);
      if (why !== undefined && !(of !== undefined)) add(`the new script "${name}" is no check: ${why}`, 'warning');
    }
  }
}

function scriptsOf(text: string): Record<string, string> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    const { scripts, tasks } = value as { scripts?: unknown; tasks?: unknown };
    const found: Record<string, string> = {};
    for (const [name, command] of Object.entries((scripts ?? tasks ?? {}) as Record<string, unknown>)) {
      if (typeof command === 'string') found[name] = command;
      else if (Array.isArray(command)) found[name] = command.filter((each) => typeof each === 'string').join(' && ');
      else if (typeof command === 'object' && command !== null && 'command' in command)
        found[name] = String(command.command);
    }
    return found;
  } catch {
    return undefined;
  }
}

/** Lines that came with the change into other files that say how things are run. */
function elsewhere(changes: readonly FileChange[], besides: FileChange): ReadonlySet<string> {
  return new Set(
    changes
      .filter((each) => each !== besides && ['make', 'package'].includes(kindOf(each.path) ?? ''))
      .flatMap(({ before, after }) => {
        const had = new Set(linesOf(before?.text ?? ''));
        return linesOf(after?.text ?? '').filter((line) => !had.has(line));
      })
      .map((line) => line.replace(/^"[^"]*"\s*:\s*"|",?$|^-\s+/g, '').replace(/^@/, '')),
  );
}

function makeTargets(before: string, after: string, leave: Leave, moved: ReadonlySet<string>, add: Add): void {
  const old = targetsOf(before);
  const now = targetsOf(after);
  for (const [name, { recipe, needs }] of old) {
    const text = recipe.join('\n');
    if (!/test|check|lint|verify|ci|coverage|all|build|spec/i.test(name) && !runsChecks(text)) continue;
    const then = now.get(name);
    const severity = leave.relaxes(new RegExp(`\\b${name}\\b`, 'i')) ? 'warning' : 'error';
    if (then === undefined) {
      // Another runner has it now, to the letter.
      if (recipe.length > 0 && recipe.every((line) => moved.has(line.replace(/^@/, '')))) continue;
      if (runsChecks(text) || /test|check|lint|verify/i.test(name)) add(`the target "${name}" is gone`, severity);
      continue;
    }
    const dropped = needs.filter((need) => !then.needs.includes(need) && /test|check|lint|verify|types/i.test(need));
    if (dropped.length > 0 && !dropped.every((need) => then.recipe.join(' ').includes(need)))
      add(`the target "${name}" does not need ${dropped.join(', ')} any more`, severity);
    if (text === then.recipe.join('\n')) continue;
    const mute = then.recipe.find((line) => /^@?-/.test(line) && runsChecks(line) && !recipe.includes(line));
    if (mute !== undefined && recipe.includes(mute.replace(/^(@?)-\s*/, '$1'))) {
      add(`the target "${name}" was weakened: its failure is ignored: \`${short(mute)}\``, severity);
      continue;
    }
    const why = recipe.map((line, i) => weakenedCommand(line, then.recipe[i] ?? '')).find((each) => each !== undefined);
    const whole = weakenedCommand(text, then.recipe.join('\n'));
    if (recipe.length === then.recipe.length ? why !== undefined : whole !== undefined)
      add(
        `the target "${name}" was weakened: ${short((recipe.length === then.recipe.length ? why : whole) ?? '')}`,
        severity,
      );
    else if (then.recipe.length === 0 && recipe.length > 0) add(`the target "${name}" does nothing any more`, severity);
  }
  if (
    /^\.(?:IGNORE|SILENT_ERRORS):|^MAKEFLAGS\s*[+:?]?=.*(?:-i|-k|--ignore-errors)/m.test(after) &&
    !/^\.IGNORE:|^MAKEFLAGS\s*[+:?]?=.*(?:-i|-k|--ignore-errors)/m.test(before)
  )
    add('errors of recipes are ignored', 'error');
}

function targetsOf(text: string): Map<string, { recipe: string[]; needs: string[] }> {
  const targets = new Map<string, { recipe: string[]; needs: string[] }>();
  let current: { recipe: string[]; needs: string[] } | undefined;
  for (const line of text.split('\n')) {
    const [, names, needs = ''] = /^([\w./ -]+?)\s*::?(?!=)\s*([^#]*)/.exec(line) ?? [];
    if (names !== undefined && !/^\s/.test(line)) {
      const [list = '', inline] = needs.split(';');
      current = {
        recipe: inline === undefined ? [] : [inline.trim()],
        needs: list
          .trim()
          .split(/\s+/)
          .filter((need) => need !== ''),
      };
      for (const name of names.trim().split(/\s+/)) targets.set(name, current);
    } else if (/^[\t ]+\S/.test(line) && current !== undefined && !/^\s*#/.test(line)) current.recipe.push(line.trim());
    else if (line.trim() !== '') current = undefined;
  }
  return targets;
}

/** Checks that the making of an image ran. */
function image(before: string, after: string, leave: Leave, add: Add): void {
  const steps = (text: string): string[] =>
    text
      .replace(/\\\n\s*/g, ' ')
      .split('\n')
      .filter((line) => /^\s*RUN\b/i.test(line))
      .flatMap((line) => line.replace(/^\s*RUN\s+(?:--\S+\s+)*/i, '').split(/\s*(?:&&|;)\s*/))
      .map((step) => step.trim());
  const now = steps(after);
  const severity = leave.relaxes(/\b(?:image|docker\w*|container)\b/i) && leave.removal ? 'warning' : 'error';
  for (const step of steps(before).filter((each) => /\b(?:test|check|lint|verify)/i.test(each) && runsChecks(each)))
    if (now.every((each) => !/\b(?:test|check|lint|verify)/i.test(each) || weakenedCommand(step, each) !== undefined))
      add(`a check is not run any more: \`${short(step)}\``, severity);
}

function workflow(before: string, after: string | undefined, leave: Leave, add: Add): void {
  const severity = leave.relaxes(/\b(?:ci|workflow|pipeline|continuous integration|github action|hook)/i)
    ? 'warning'
    : 'error';
  if (after === undefined) {
    if (runsChecks(before)) add('what checks every change is gone', severity);
    return;
  }
  const old = linesOf(before);
  const now = linesOf(after);
  const added = now.filter((line) => !old.includes(line));
  const removed = old.filter((line) => !now.includes(line));
  const lenient = added.find((line) =>
    /continue-on-error:\s*(?:true|\$)|allow_failure:\s*true|allow_failures:|ignore_failure|soft_fail:\s*true|fail_ci_if_error:\s*false|continueOnError:\s*true|failFast:\s*false.*ignore|catchError|returnStatus:\s*true|when:\s*never|if:\s*(?:\$\{\{\s*)?(?:false|never)|informational:\s*true|stages:\s*\[\s*manual/i.test(
      line,
    ),
  );
  if (lenient !== undefined) add(`a check may fail without consequence: \`${short(lenient)}\``, severity);
  const ignored = added.find(
    (line) => runsChecks(line) && /\|\|\s*(?:true|:|echo|exit 0)|;\s*(?:true|exit 0)/.test(line),
  );
  if (ignored !== undefined) add(`a check passes when it fails: \`${short(ignored)}\``, severity);
  const lost = removed.filter((line) => runsChecks(line) && !line.startsWith('#'));
  for (const line of lost) {
    const strip = (text: string): string =>
      text
        .replace(/^-?\s*(?:name|run|script|command|entry|sh)\s*:\s*\|?/, '')
        .replace(/^-\s+/, '')
        .replace(/^["']|["']$/g, '')
        .trim();
    const command = strip(line);
    if (
      command === '' ||
      /^-?\s*(?:name|uses|id)\s*:/.test(line) ||
      added.some(
        (each) =>
          /(?:name|uses):/.test(each) === false &&
          runsChecks(each) &&
          weakenedCommand(command, strip(each)) === undefined,
      )
    )
      continue;
    add(`a check is not run any more: \`${short(command)}\``, severity);
  }
  if (/^\s*(?:-\s*)?pull_request\b|\bpull_request\b/m.test(before) && !/\bpull_request/.test(after))
    add('it does not run for pull requests any more', severity);
  if (added.some((line) => /^(?:paths-ignore|branches-ignore):/.test(line)))
    add('it runs for fewer changes', 'warning');
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}
