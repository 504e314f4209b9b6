import { pieces, plainText } from '../plan/markdown/inline.ts';

const PROGRAM =
  /^(?:(?:[A-Z_][A-Z0-9_]*=\S* )*)(?:npm|npx|pnpm|yarn|bun|bunx|node|deno|tsc|vitest|jest|eslint|python3?|pytest|uv|poetry|ruff|mypy|tox|pip3?|cargo|rustc|go|golangci-lint|make|just|cmake|ctest|mvn|gradle|\.\/gradlew|dotnet|swift|xcodebuild|ruby|rake|rspec|bundle|php|composer|phpunit|mix|bash|sh|curl|grep|rg|test|git|docker|terraform|kubectl|helm|bats|openspec|\.\/[\w./-]+)(?:\s|$)/;

/** Commands in backticks that a sentence names: those that begin with a program that everybody knows. */
export function commandsIn(text: string): readonly string[] {
  return pieces(text.slice(0, 20_000)).flatMap((piece) => {
    const run = piece.text.trim();
    return piece.code && PROGRAM.test(run) && run.length < 2000 && !/[[{<](?:[A-Z ]|\.\.\.)/.test(run) ? [run] : [];
  });
}

/** Whether a whole text is a command without backticks, as in an XML element that holds one. */
export function isCommand(text: string): boolean {
  return PROGRAM.test(text) && !text.includes('\n') && text.length < 2000;
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
    if (parts.length === 1 && only?.code === true) verify.add(only.text.trim());
    else {
      for (const run of commandsIn(words)) verify.add(run);
      const plain = plainText(words);
      if (plain !== '') criteria.push(plain);
    }
  }
  return { verify: [...verify], criteria };
}
