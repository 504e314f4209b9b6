import { fencesIn } from '../../markdown/text.ts';
import type { Rule } from '../rule.ts';

const CODE = new Set(
  'go golang py python py3 python3 ts typescript tsx js javascript jsx mjs java kt kotlin rs rust c h cpp c++ cxx cc cs csharp c# rb ruby php swift sql psql plsql proto protobuf graphql gql scala dart elixir ex exs erlang haskell hs lua perl r clj clojure fsharp ocaml zig nim julia objc vue svelte css scss less html jinja hcl terraform solidity groovy'.split(
    ' ',
  ),
);
const SAFE = new Set(
  'json jsonc json5 yaml yml toml ini csv tsv md markdown mermaid plantuml dot diff patch http https env dotenv properties gherkin feature cucumber log xml ascii'.split(
    ' ',
  ),
);
const SHELL = new Set('sh bash shell zsh fish console shell-session terminal powershell ps1 bat cmd'.split(' '));

const EVERYWHERE = [
  /^\s{0,40}(?:async\s{1,4})?def\s{1,4}\w{1,80}\s{0,4}[([]/,
  /^\s{0,40}(?:(?:export|default|abstract|public|private|final|data|sealed)\s{1,4}){0,4}class\s{1,4}[A-Z]\w{0,80}\s{0,4}(?:[({:<]|extends\b|implements\b|$)/,
  /^\s{0,40}func\s{1,4}(?:\([^)]{0,80}\)\s{0,4})?\w{1,80}\s{0,4}[([]/,
  /^\s{0,40}(?:pub(?:\([^)]{0,20}\))?\s{1,4})?(?:async\s{1,4})?fn\s{1,4}\w{1,80}\s{0,4}[(<]/,
  /^\s{0,40}from\s{1,4}[\w.]{1,120}\s{1,4}import\s/,
  /^\s{0,40}import\s{1,4}(?:[\w.]{1,120}(?:\s{1,4}as\s{1,4}\w{1,40})?\s{0,4};?\s{0,4}$|[{*"'(])/,
  /^\s{0,40}package\s{1,4}[\w.]{1,120}\s{0,4};?\s{0,4}$/,
  /^\s{0,40}type\s{1,4}\w{1,80}\s{1,4}(?:struct|interface)\b/,
  /^\s{0,40}(?:export\s{1,4})?interface\s{1,4}[A-Z]\w{0,80}[^\n]{0,80}\{/,
];
const ELSEWHERE = [
  /^\s{0,40}(?:export\s{1,4})?(?:const|let|var)\s{1,4}(?:\w{1,80}|[{[][^=]{0,200}[}\]])\s{0,4}(?::[^=]{1,80})?=/,
  /^\s{0,40}@[A-Za-z]\w{0,60}(?:\.\w{1,60}){0,4}(?:\(|\s{0,4}$)/,
  /\)\s{0,4}=>\s{0,4}\S/,
  /^\s{0,40}(?:export\s{1,4})?(?:async\s{1,4})?function\s{1,4}\w{1,80}\s{0,4}\(/,
  /^\s{0,40}(?:public|private|protected)\s{1,4}(?:static\s{1,4})?[\w<>[\]]{1,80}\s{1,4}\w{1,80}\s{0,4}\(/,
  /^\s{0,4}#include\s{0,4}[<"]/,
];

/** Lines that can only be code. What a shell also says (`let x=1`, `function f()`) does not count in a shell. */
function signatures(code: string, shell: boolean): readonly string[] {
  const patterns = shell ? EVERYWHERE : [...EVERYWHERE, ...ELSEWHERE];
  const found: string[] = [];
  for (const line of code.split('\n')) {
    const head = line.slice(0, 400).trimEnd();
    if (patterns.some((pattern) => pattern.test(head))) found.push(head.trim());
    if (found.length > 1) break;
  }
  return found;
}

/** FP-01: a code fence holds source code, which the engineer writes. */
export const sourceCode: Rule<'functional'> = {
  id: 'FP-01',
  name: 'source-code',
  about: 'A code fence holds source code, which the engineer writes.',
  severity: 'error',
  fix: 'none',
  kinds: ['functional'],
  *check({ draft }) {
    const { outline } = draft;
    for (const fence of fencesIn(outline, 0, outline.blocks.length)) {
      if (outline.logs.some(({ start, end }) => fence.start >= start && fence.start < end)) continue;
      const language = fence.language.toLowerCase().replace(/^[.{]+|[},]+$/g, '');
      const span = outline.source.span(fence.start, outline.source.lineEnd(fence.start));
      const hint = 'Say in words what it is to do; JSON, tables and diagrams may stay.';
      if (CODE.has(language)) {
        yield { span, message: `This block holds source code (${language}).`, hint };
        continue;
      }
      if (SAFE.has(language)) continue;
      const shell = SHELL.has(language);
      const found = signatures(fence.code, shell);
      if (found.length >= (shell ? 1 : 2)) {
        yield { span, message: `This block holds source code: "${(found[0] as string).slice(0, 60)}".`, hint };
      }
    }
  },
};
