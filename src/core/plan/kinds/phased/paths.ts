/** Endings that make a word without a slash the name of a file. */
const ENDING =
  /\.(?:[cm]?[jt]sx?|py|pyi|rs|go|java|kt|kts|scala|rb|php|cs|fs|c|h|cc|cpp|hpp|cxx|m|mm|swift|dart|ex|exs|erl|hs|ml|clj|lua|pl|r|jl|zig|nim|sh|bash|zsh|fish|ps1|sql|proto|graphql|gql|prisma|thrift|html?|css|s[ac]ss|less|vue|svelte|astro|jsonc?|json5|ya?ml|toml|ini|cfg|conf|env|example|xml|csv|md|mdx|rst|txt|lock|gradle|tf|hcl|nix|ipynb|svg|png|snap|tmpl|j2|mod|sum)$/i;
const WHOLE =
  /^(?:Makefile|Dockerfile|Justfile|Procfile|Gemfile|Rakefile|LICENSE|CODEOWNERS|\.[a-z][\w.-]{1,40}(?:rc|ignore|attributes|config|env|example))$/;
const FIRST =
  /^(?:\.{0,2}|\.github|src|lib|libs|app|apps|pkg|packages?|internal|cmd|tests?|spec|docs?|migrations?|db|database|config|scripts?|infra|deploy|crates|modules|services?|server|client|web|ui|api|frontend|backend|core|common|shared|public|static|assets|templates|tools|examples?|bin|proto|schemas?|fixtures|e2e|components|pages)$/i;

/** Whether a code span names a file or directory of the repository: not a route, not a media type, not "read/write". */
export function isPathWord(word: string): boolean {
  if (word.length > 300 || !/^[\w.*][\w.*/+@{},()[\]-]*$/.test(word) || word.includes('//')) return false;
  if (/[{(]/.test(word) && !/\{[^{}]*,[^{}]*\}|\([\w-]+\)|\[[\w.-]+\]/.test(word)) return false;
  const last = word.slice(word.lastIndexOf('/') + 1);
  if (!word.includes('/')) return (ENDING.test(word) && !/^\d/.test(word)) || WHOLE.test(word);
  if (/^(?:application|text|image|audio|video|multipart|font)\/[\w.+-]+$/.test(word)) return false;
  const first = word.slice(0, word.indexOf('/'));
  if (last === '') return word.length > 1;
  return ENDING.test(last) || WHOLE.test(last) || FIRST.test(first) || last.includes('*') || word.split('/').length > 3;
}

/** Whether a path is one of tests, their helpers or their data. */
export function isTestPath(path: string): boolean {
  return (
    /(?:^|\/)(?:tests?|__tests__|specs?|e2e|testing|testdata|test-utils|fixtures|cypress|playwright)(?:\/|$)/i.test(
      path,
    ) ||
    /(?:^|\/)(?:test_[^/]*|conftest\.py|[^/]*[._-](?:test|tests|spec|specs|e2e)\.[^/]*|[^/]*(?:Test|Tests|Spec)\.(?:java|kt|cs|php|scala|swift|groovy))$/.test(
      path,
    )
  );
}

/** Whether a path is one of code that tests could try. */
export function isSourcePath(path: string): boolean {
  return (
    !isTestPath(path) &&
    /\.(?:[cm]?[jt]sx?|py|rs|go|java|kt|scala|rb|php|cs|fs|c|cc|cpp|cxx|m|mm|swift|dart|exs?|erl|hs|ml|clj|lua|pl|jl|zig|nim|vue|svelte)$/i.test(
      path,
    ) &&
    !/(?:^|[./])(?:config|d)\.[cm]?[jt]s$/i.test(path)
  );
}
