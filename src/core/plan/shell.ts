/**
 * Cuts a fenced block into the commands to run. A command is a logical line: backslashes, open quotes, here-documents,
 * pipes, `&&`, and `if`/`for`/`while`/`case`/`{`/`(` blocks keep lines together. Where one line leaves something behind for
 * the next (a variable, a directory, a function, a background process), or where the end of a command is in doubt, the
 * whole block is one command that stops at its first failing line.
 */
export function splitShell(code: string, language: string): readonly string[] {
  const lines = withoutPrompts(code.replace(/\r\n?/g, '\n').split('\n'));
  const commands: { text: string; compound: boolean }[] = [];
  let current: string[] = [];
  const reader = new ShellReader();
  for (const line of lines) {
    const text = line.trimEnd();
    if (current.length === 0 && (text.trim() === '' || text.trimStart().startsWith('#'))) continue;
    current.push(line);
    reader.read(line);
    if (!reader.open) {
      commands.push({ text: current.join('\n').trim(), compound: reader.takeCompound() });
      current = [];
    }
  }
  const unfinished = current.length > 0;
  if (commands.length === 0 && !unfinished) return [];
  const bash = /^bash$/i.test(language);
  if (unfinished || (commands.length > 1 && commands.some(({ text }) => leavesState(text)))) {
    return [inShell(`set -e\n${lines.join('\n').trim()}`, bash)];
  }
  // A loop or an `if` ends as its last command does: without `set -e`, a failure in its middle would pass.
  return commands.map(({ text, compound }) => inShell(compound ? `set -e\n${text}` : text, bash));
}

/** Pieces of one line that are looked at; a line with more of them is one command. */
const MAX_PIECES = 200;

/** Cuts a line such as `npm test ; node check.mjs` into commands of their own, at semicolons with blanks around them. */
export function splitLine(line: string): readonly string[] {
  const pieces = line.trim().split(/\s;\s/);
  if (pieces.length === 1 || pieces.length > MAX_PIECES) return [line.trim()];
  const commands: string[] = [];
  let current: string[] = [];
  const reader = new ShellReader();
  for (const piece of pieces) {
    current.push(piece);
    reader.read(piece);
    if (reader.open) continue;
    commands.push(current.join(' ; ').trim());
    current = [];
  }
  if (current.length > 0 || commands.includes('')) return [line.trim()];
  return commands.some(leavesState) ? [`set -e\n${commands.join('\n')}`] : commands;
}

/** Whether a fence of this language holds commands; an untagged fence does. */
export function isShell(language: string): boolean {
  return /^(?:sh|bash|shell|zsh|console|shell-session|shellsession|terminal|)$/i.test(language);
}

// In a session (`$ npm test`, then its output) only the prompted lines are commands.
function withoutPrompts(lines: readonly string[]): readonly string[] {
  if (!lines.some((line) => /^\s*\$ \S/.test(line))) return lines;
  return lines.flatMap((line) => {
    const match = /^\s*[$>] (.*)$/.exec(line);
    return match === null ? [] : [match[1] as string];
  });
}

const STATEFUL =
  /^(?:cd|pushd|popd|export|set|shopt|unset|source|\.|alias|trap|umask|ulimit|exec|local|declare|typeset|readonly|eval|function|wait)(?:\s|$)/;
const ASSIGNS = /^[A-Za-z_]\w*\+?=(?:"[^"]*"|'[^']*'|[^\s"';&|])*(?:\s*(?:[;&|#]|$))/;
const ASSIGNS_SUBSTITUTION = /^[A-Za-z_]\w*\+?=(?:"?\$\(|`)/;

function leavesState(command: string): boolean {
  return (
    STATEFUL.test(command) ||
    ASSIGNS.test(command) ||
    ASSIGNS_SUBSTITUTION.test(command) ||
    /^[\w-]+\s*\(\s*\)/.test(command) ||
    /(?:^|[^&>])&$/.test(command)
  );
}

/** Commands run in `sh`; what only bash understands, in a block that says `bash`, is handed to it. */
function inShell(command: string, bash: boolean): string {
  if (
    !bash ||
    !/\[\[|<\(|\$'|<<<|\bpipefail\b|\$\{\w+[/^,@[]|\w=\(|^function\s|&>|\bsource\s|\bmapfile\b/m.test(command)
  ) {
    return command;
  }
  return `bash -c '${command.replaceAll("'", "'\\''")}'`;
}

/** Follows shell text line by line and knows whether a command is still open. */
class ShellReader {
  /** What is open inside what: quotes, and the parentheses of groups and substitutions, `"$(echo "a")"`. */
  readonly #inside: ('"' | "'" | '`' | '(')[] = [];
  #blocks = 0;
  #compound = false;
  #documents: { end: string; tabs: boolean }[] = [];
  #continued = false;

  get open(): boolean {
    return this.#inside.length > 0 || this.#blocks > 0 || this.#documents.length > 0 || this.#continued;
  }

  /** Whether the command that was just closed held a block such as `for … done`. */
  takeCompound(): boolean {
    const compound = this.#compound;
    this.#compound = false;
    return compound;
  }

  read(line: string): void {
    const document = this.#documents[0];
    if (document !== undefined && this.#inside.length === 0) {
      if ((document.tabs ? line.replace(/^\t+/, '') : line) === document.end) this.#documents.shift();
      return;
    }
    this.#continued = false;
    let last = line.length - 1;
    while (last >= 0 && /\s/.test(line[last] as string)) last--;
    let tail = last + 1;
    while (tail > 0 && /[|&]/.test(line[tail - 1] as string)) tail--;
    let commandPosition = this.#inside.length === 0;
    for (let i = 0; i < line.length;) {
      const char = line[i] as string;
      const inside = this.#inside.at(-1);
      if (inside !== undefined && inside !== '(') {
        i += this.#inQuote(line, i, inside);
        continue;
      }
      if (char === '#' && (i === 0 || /[\s;&|(]/.test(line[i - 1] as string))) break;
      if (char === '\\') {
        if (i === last) this.#continued = true;
        i += 2;
        commandPosition = false;
      } else if (char === '"' || char === "'" || char === '`') {
        this.#inside.push(char);
        commandPosition = false;
        i++;
      } else if (char === '<' && line.startsWith('<<<', i)) {
        i += 3;
      } else if (char === '<' && line.startsWith('<<', i)) {
        i = this.#document(line, i);
      } else if (char === '(') {
        this.#inside.push('(');
        commandPosition = true;
        i++;
      } else if (char === ')') {
        // The `)` of a `case` pattern closes nothing.
        if (inside === '(') this.#inside.pop();
        commandPosition = inside !== '(';
        i++;
      } else if (char === ';' || char === '&' || char === '|') {
        commandPosition = true;
        // A pipe, `&&` or `||` at the end of the line goes on; a single `&` does not.
        if (i >= tail && char !== ';' && (char === '|' || line[i + 1] === '&')) this.#continued = true;
        i++;
      } else if (/\s/.test(char)) {
        i++;
      } else {
        WORD.lastIndex = i;
        const word = WORD.exec(line)?.[0] ?? char;
        if (commandPosition) commandPosition = this.#keyword(word);
        i += word.length;
      }
    }
  }

  /** Reads one piece inside a quote; how many characters it took. */
  #inQuote(line: string, i: number, quote: '"' | "'" | '`'): number {
    const char = line[i];
    if (char === '\\' && quote !== "'") return 2;
    if (char === quote) this.#inside.pop();
    else if (quote === '"' && line.startsWith('$(', i)) {
      this.#inside.push('(');
      return 2;
    }
    return 1;
  }

  /** Counts block keywords; true when a command may follow directly. */
  #keyword(word: string): boolean {
    if (/^(?:if|for|while|until|case|select|\{)$/.test(word)) {
      this.#blocks++;
      this.#compound = true;
    } else if (/^(?:fi|done|esac|\})$/.test(word)) this.#blocks = Math.max(0, this.#blocks - 1);
    return /^(?:if|while|until|then|else|elif|do|\{|!|time)$/.test(word);
  }

  #document(line: string, at: number): number {
    const match = /^<<(-?)\s*(?:"([^"]+)"|'([^']+)'|\\?([\w.-]+))/.exec(line.slice(at, at + 200));
    if (match === null) return at + 2;
    this.#documents.push({ end: (match[2] ?? match[3] ?? match[4]) as string, tabs: match[1] === '-' });
    return at + match[0].length;
  }
}

const WORD = /[^\s;&|()<>"'`\\#]+/y;
