const RUNNERS =
  /\b(?:jest|vitest|mocha|ava|tap|jasmine|karma|node\s+(?:--[\w=-]+\s+)*--test|node:test|playwright|cypress|c8|nyc|pytest|py\.test|unittest|nose2?|tox|nox|go\s+(?:test|vet)|gotestsum|cargo\s+(?:test|nextest|clippy|check|fmt)|mvn|mvnw|gradle|gradlew|sbt|rspec|minitest|rake\s+(?:test|spec)|rails\s+test|dotnet\s+(?:test|build|format)|bats|phpunit|pest|paratest|phpstan|psalm|swift\s+(?:test|build)|xcodebuild|ctest|mix\s+test|dart\s+test|flutter\s+test|busted|deno\s+(?:test|lint|check)|bun\s+test|eslint|tsc|vue-tsc|biome|oxlint|prettier|ruff|mypy|pyright|flake8|pylint|black|rubocop|golangci-lint|staticcheck|shellcheck|turbo|nx|lerna|web-test-runner|stryker|knip)\b/i;
const TRIVIAL =
  /^\s*(?:@|-)?\s*(?:true|:|exit(?:\s+0)?|echo\b[^&|;]*|printf\b[^&|;]*|node\s+-e\s+['"](?:\s*|0|process\.exit\(0?\)|console\.log\([^)]*\))['"]|sh\s+-c\s+['"]?(?:true|exit 0|:)['"]?|python3?\s+-c\s+['"](?:pass|print\([^)]*\))['"]|sleep\s+\d+|cat\b[^&|;]*|ls\b[^&|;]*)\s*$/;
const IGNORES =
  /\|\|\s*(?:true|:|echo\b|exit\s+0|printf\b)|;\s*(?:true|exit\s+0|:)\s*(?:["']?\s*$|;|#)|\|\|\s*\(?\s*exit\s+0|(?:^|[;&\s])set\s+\+e\b|\|\s*(?:tee|cat|tail|head|grep|sed)\b(?![^\n]*pipefail)|2>&1\s*\|\|/;
const LENIENT =
  /--(?:passWithNoTests|pass-with-no-tests|allow-no-tests|no-fail(?:-on-\w+)?|exit-zero|no-error-on-unmatched-pattern|suppress-no-test-exit-code|if-present|noEmitOnError\s+false|skipLibCheck|quiet)\b|-Dmaven\.test\.(?:skip|failure\.ignore)|-DskipTests|-x\s+test\b|--continue-on-collection-errors|--exclude-task\s+test|-Dtest\.ignore|--dry-run|--collect-only|--co\b|--listTests|--list-tests|--no-run\b|--compile-only|-run\s+['"]?\^?\$?['"]?(?:XXX|NONE|\^\$)|--updateSnapshot|--update-snapshots?\b|--snapshot-update|(?:^|\s)-u(?:\s|$)|UPDATE_(?:SNAPSHOTS?|GOLDEN|EXPECT)=1|--ci=false/;
const FILTERS =
  /(?:--(?:testPathIgnorePatterns|exclude|ignore(?:-glob|-path)?|deselect|skip|testNamePattern|grep|filter|test-name-pattern|exclude-(?:group|tags?|pattern|testsuite)|only|shard|spec|ignore-pattern|test-skip-pattern|invert)(?:[= ])|(?:^|\s)-(?:t|g|k|m|n|e|run|skip|i|f)\s+\S)[^&|;]*/;
/** Runners that look at what git says has changed, or at what failed the last time. */
const CHANGED_ONLY =
  /\b(?:jest|vitest|mocha|ava|playwright|pytest|py\.test|npm|pnpm|yarn|nx|turbo)\b[^&|;]*?(\s--(?:changed(?:Since)?|onlyChanged|lastCommit|only-changed|related|findRelatedTests|affected|last-failed|lf|onlyFailures|picked|testmon|stepwise)\b[^&|;]*|\saffected\b[^&|;]*)/;

/** Why a command says less about the work than the one before it; `undefined` where it does not. */
export function weakenedCommand(before: string, after: string): string | undefined {
  const one = before.trim();
  const other = after.trim();
  if (one === other || one === '') return undefined;
  if (TRIVIAL.test(other) && !TRIVIAL.test(one)) return `it does nothing any more: \`${other}\``;
  if (IGNORES.test(other) && !IGNORES.test(one)) return `it passes when what it runs fails: \`${other}\``;
  if (/^\s*@?-/.test(after) && !/^\s*@?-/.test(before) && RUNNERS.test(one))
    return `its failure is ignored: \`${other}\``;
  const elsewhere = /(?:\bcd\s+|(?:^|\s)-C\s+|--(?:prefix|rootdir|root|cwd|dir)[= ])(?:\/|~|\.\.)[^\s;&|]*/.exec(
    other,
  )?.[0];
  if (elsewhere !== undefined && !one.includes(elsewhere)) return `it runs somewhere else: \`${elsewhere}\``;
  const undoes = /\bgit\s+(?:checkout|restore|reset|stash|clean)\b[^;&|]*/.exec(other)?.[0];
  if (undoes !== undefined && !one.includes(undoes)) return `it changes what it checks: \`${undoes}\``;
  const lenient = LENIENT.exec(other)?.[0];
  if (lenient !== undefined && !one.includes(lenient.trim())) return `it passes where it failed: \`${lenient.trim()}\``;
  const filter = FILTERS.exec(other)?.[0].trim();
  const changed = CHANGED_ONLY.exec(other)?.[1]?.trim();
  if (changed !== undefined && !one.includes(changed)) return `it runs only what changed: \`${changed}\``;
  if (
    filter !== undefined &&
    RUNNERS.test(other) &&
    !one.includes(filter) &&
    (FILTERS.exec(one) === null || filter.length > 0) &&
    !migrated(one, other)
  )
    return `it runs less: \`${filter}\``;
  const warnings = [numberOf(one, /--max-warnings[= ](\d+)/), numberOf(other, /--max-warnings[= ](\d+)/)];
  if (warnings[0] !== undefined && (warnings[1] === undefined || warnings[1] > warnings[0]))
    return 'more warnings pass';
  const threshold = [
    numberOf(one, /(?:fail-under|threshold|--(?:lines|branches|functions|statements)|min)[= ](\d+(?:\.\d+)?)/),
    numberOf(other, /(?:fail-under|threshold|--(?:lines|branches|functions|statements)|min)[= ](\d+(?:\.\d+)?)/),
  ];
  if (threshold[0] !== undefined && (threshold[1] === undefined || threshold[1] < threshold[0]))
    return 'its threshold is lower';
  const had = partsOf(one);
  const has = partsOf(other);
  const lost = had.filter((part) => matters(part) && !has.some((each) => related(part, each)));
  if (lost.length > 0) {
    // One runner in the place of another is a migration, as long as there are as many.
    const runs = (parts: readonly string[]): number => parts.filter((part) => RUNNERS.test(part)).length;
    if (runs(has) >= runs(had) && runs(had) > 0) return undefined;
    if (runs(had) === 0 && has.length >= had.length && has.some((part) => RUNNERS.test(part))) return undefined;
    // A script that hands over to another script of the same file.
    if (has.some((part) => /^(?:npm|pnpm|yarn|bun)\s+(?:run\s+)?[\w:-]+|^(?:make|just|task)\b|^\$\(MAKE\)/.test(part)))
      return undefined;
    return `it does not run \`${(lost[0] as string).trim()}\` any more`;
  }
  // Fewer targets: `pytest tests/ integration/` → `pytest tests/unit`.
  for (const part of had) {
    const now = has.find((each) => related(part, each));
    if (now === undefined || now === part || !RUNNERS.test(part)) continue;
    const targets = (text: string): string[] =>
      text
        .split(/\s+/)
        .slice(1)
        .filter((word) => /[/.]/.test(word) && !word.startsWith('-') && !word.includes('='));
    const gone = targets(part).filter(
      (target) =>
        !targets(now).some(
          (each) => target.startsWith(each.replace(/\/?$/, '')) || each === target || globCovers(each, target),
        ),
    );
    const added = targets(now).filter((target) => !targets(part).includes(target));
    if (
      targets(part).length > 0 &&
      gone.length > 0 &&
      targets(now).length > 0 &&
      gone.every((target) => added.some((each) => each.startsWith(target.replace(/\/$/, '')) && each !== target))
    )
      return `it runs only ${added.join(' ')} of ${gone.join(' ')}`;
    if (
      targets(part).length === 0 &&
      added.length > 0 &&
      /\b(?:jest|vitest|mocha|pytest|rspec|phpunit|bats|ava)\b/.test(part) &&
      added.every((each) => /\.\w+$/.test(each) && !/config|tsconfig|\.json|\.ya?ml|\.toml|\.ini|\.opts/.test(each))
    )
      return `it runs only ${added.join(' ')}`;
    if (gone.length > 0 && targets(now).length < targets(part).length)
      return `it does not run ${gone.join(' ')} any more`;
  }
  return undefined;
}

/** Why a new command that decides about work is no check; `undefined` where it may be one. */
export function hollowCommand(command: string): string | undefined {
  if (TRIVIAL.test(command)) return `it does nothing: \`${command.trim()}\``;
  if (RUNNERS.test(command) && IGNORES.test(command) && /\|\||;\s*(?:true|exit 0)/.test(command))
    return `it passes when what it runs fails: \`${command.trim()}\``;
  return undefined;
}

/** Whether a line of a build file or a workflow runs tests or another check. */
export function runsChecks(line: string): boolean {
  return (
    RUNNERS.test(line) ||
    /\b(?:npm|pnpm|yarn|bun)\s+(?:run\s+|run-script\s+)?(?:t|test|tst|lint|check|verify|typecheck|type-check|ci:?\w*|coverage)\b|\bmake\s+(?:\S+\s+)*(?:test|check|lint|verify|ci|all)\b|\b(?:just|task)\s+(?:test|check|lint|verify)\b|(?:^|[\s/])(?:test|tests|check|verify|lint|ci)(?:[-_]\w+)*\.(?:sh|js|mjs|py|rb|bash|ts)\b|\bscripts?\/(?:test|check|ci|verify|lint)\b/i.test(
      line,
    )
  );
}

function migrated(one: string, other: string): boolean {
  const name = (text: string): string => RUNNERS.exec(text)?.[0].toLowerCase() ?? '';
  return name(one) !== name(other);
}

function partsOf(command: string): string[] {
  return command
    .split(/\s*(?:&&|\|\||;|\n|(?<!\|)\|(?!\|))\s*/)
    .map((part) =>
      part
        .replace(/^[@-]+\s*/, '')
        .replace(
          /^(?:npx|pnpm exec|yarn exec|bunx|bundle exec|poetry run|uv run|pipenv run|python3? -m|cross-env(?:\s+\w+=\S+)*|env(?:\s+\w+=\S+)*|time|sudo|(?:\w+=\S+\s+)+)\s+/,
          '',
        )
        .trim(),
    )
    .filter((part) => part !== '');
}

function matters(part: string): boolean {
  return !/^(?:echo|printf|cd|mkdir|rm|export|set|source|\.|true|:|clear|sleep|npm (?:ci|install|i)|yarn install|pnpm install|pip install|cp|mv|touch)\b/.test(
    part,
  );
}

function related(one: string, other: string): boolean {
  const words = (text: string): string[] => text.split(/\s+/).filter((word) => !word.startsWith('-'));
  const [a, b] = [words(one), words(other)];
  if (a[0] !== b[0]) return false;
  // Of general programs the first argument says what they do.
  return /^(?:node|python3?|sh|bash|ruby|php|go|cargo|npm|pnpm|yarn|dotnet|make|deno|bun|swift|rake|mix|java|tsx|ts-node|perl)$/.test(
    a[0] ?? '',
  )
    ? a[1] === b[1] || (a[1]?.endsWith(b[1]?.replace(/^.*\//, '') ?? '-') ?? false)
    : true;
}

function globCovers(glob: string, target: string): boolean {
  const star = glob.indexOf('*');
  return star >= 0 && target.startsWith(glob.slice(0, star));
}

function numberOf(text: string, pattern: RegExp): number | undefined {
  const found = pattern.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}
