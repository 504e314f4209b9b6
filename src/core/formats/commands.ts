import { pieces, plainText } from '../plan/markdown/inline.ts';

const PROGRAM =
  /^(?:(?:[A-Z_][A-Z0-9_]*=\S* )*)(?:npm|npx|pnpm|yarn|bun|bunx|node|deno|tsc|vitest|jest|eslint|python3?|pytest|uv|poetry|ruff|mypy|tox|pip3?|cargo|rustc|go|golangci-lint|make|just|cmake|ctest|mvn|gradle|\.\/gradlew|dotnet|swift|xcodebuild|ruby|rake|rspec|bundle|php|composer|phpunit|mix|bash|sh|curl|grep|rg|test|git|docker|terraform|kubectl|helm|bats|openspec|\.\/[\w./-]+)(?:\s|$)/;

// What changes the repository or the world proves nothing, and must not be run to see whether a task is done.
const EFFECT =
  /(?:^|&&|\|\||;|\|)\s*(?:git\s+(?:add|am|apply|branch|checkout|cherry-pick|clean|clone|commit|init|merge|mv|pull|push|rebase|reset|restore|revert|rm|stash|switch|tag|worktree)|(?:npm|pnpm|yarn|bun)\s+(?:publish|version|install|i|ci|add|remove|uninstall|init|create)|(?:cargo|poetry|uv|gem|twine)\s+(?:publish|add|remove|init|new|push|upload)|docker\s+(?:push|rm|rmi|login)|terraform\s+(?:apply|destroy|import)|helm\s+(?:install|upgrade|uninstall|delete)|kubectl\s+(?:apply|create|delete|edit|patch|replace|rollout|scale|set)|go\s+(?:get|install|mod\s+init)|(?:sudo|rm|mv|reboot|shutdown)\s)/;

/** Whether a command does something instead of proving something: `git push`, `npm publish`. */
export function hasEffect(command: string): boolean {
  return EFFECT.test(command.slice(0, 4000));
}

/** Commands in backticks that a sentence names: those that begin with a program that everybody knows. */
export function commandsIn(text: string): readonly string[] {
  return pieces(text.slice(0, 20_000)).flatMap((piece) => {
    const run = piece.text.trim();
    return piece.code &&
      PROGRAM.test(run) &&
      run.length < 2000 &&
      !/[[{<](?:[A-Z ]|\.\.\.)/.test(run) &&
      !/<[\w -]{1,40}>/.test(run) &&
      !hasEffect(run)
      ? [run]
      : [];
  });
}

/** Whether a whole text is a command without backticks, as in an XML element that holds one. */
export function isCommand(text: string): boolean {
  return PROGRAM.test(text) && !text.includes('\n') && text.length < 2000;
}

// `ACCEPTANCE CRITERIA:` above a list, `## Unit tests`.
const HEADING = /^#{1,6}\s|^(?:\*\*)?[A-Z][A-Za-z &/-]{1,60}:(?:\*\*)?$/;

// `grep -c x` "returns 0": what it prints counts, not how it ends.
const OUTPUT =
  /[=!<>≥≤]=?\s*\d|[≥≤]|\b(?:equals?|returns?|prints?|shows?|outputs?|displays?|finds?|lists?|reports?|matches|fails?)\b|\bexits? (?:with )?(?:code |status )?[1-9]/i;

/** Whether a sentence says what a command prints: then that counts, and not how the command ends. */
export function expectsOutput(sentence: string): boolean {
  const prose = pieces(sentence)
    .flatMap((part) => (part.code ? [] : [part.text]))
    .join(' ');
  return (
    OUTPUT.test(prose) &&
    !/\b(?:pass(?:es)?|succeeds?)\b|\bexits? (?:with )?(?:code )?0|\bno (?:errors|failures)/i.test(prose)
  );
}

/**
 * What a text says of how a thing is proven, line by line: a line that is nothing but code is a command, and so are known
 * programs in backticks; every line with words is a criterion.
 */
export function provenIn(text: string): { readonly verify: readonly string[]; readonly criteria: readonly string[] } {
  const verify = new Set<string>();
  const criteria: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    const words = line
      .slice(0, 20_000)
      .replace(/^\s*(?:[-*+]|\d{1,4}[.)])\s+(?:\[[ xX]\]\s+)?/, '')
      .trim();
    if (words === '') continue;
    const parts = pieces(words);
    const [only] = parts;
    if (parts.length === 1 && only?.code === true && !hasEffect(only.text)) verify.add(only.text.trim());
    else if (!HEADING.test(words)) {
      if (!expectsOutput(words)) for (const run of commandsIn(words)) verify.add(run);
      const plain = plainText(words);
      if (plain !== '') criteria.push(plain);
    }
  }
  return { verify: [...verify], criteria };
}
