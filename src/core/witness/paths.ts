/** Whether a path is one of tests: by the folder that it lies in, or by its name, as test runners find them. */
export function isTestPath(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return (
    /(?:^|\/)(?:tests?|__tests__|__mocks__|specs?|e2e|testing|unittests?|integration[-_]?tests?|cypress|playwright|[\w.]+\.(?:Unit|Integration)?Tests?|\w+Tests)\//i.test(
      path,
    ) ||
    /(?:^|\/)src\/(?:\w*[tT]est)\//.test(path) ||
    /[._-](?:test|tests|spec|specs|e2e|cy)\.[\w]+$/i.test(name) ||
    /^(?:test|tests|spec)[._-][\w.-]*\.\w+$/i.test(name) ||
    /^(?:test|tests|spec|check|verify)\.\w+$/i.test(name) ||
    /(?:Test|Tests|TestCase|Spec|Specs|IT|ITCase)\.(?:java|kt|kts|groovy|scala|cs|fs|swift|php|js|ts|m|mm|hs|clj)$/.test(
      name,
    ) ||
    /_(?:test|spec|suite_test)\.\w+$/.test(name) ||
    /^(?:conftest|test_helper|spec_helper|rails_helper|phpunit|TestHelper)\.\w+$/.test(name) ||
    /\.(?:bats|phpt|feature|t|rakutest)$/.test(name)
  );
}

/** Results that were recorded, and are compared with by tests. */
export function isRecorded(path: string): boolean {
  return (
    /\.(?:snap|ambr|golden|approved\.\w+|approved|expected|snapshot)$/.test(path) ||
    /(?:^|\/)(?:__snapshots__|snapshots?|goldens?|golden_?files?|expected|baselines?|__recordings__|cassettes|approvals)\//i.test(
      path,
    ) ||
    /(?:^|\/)testdata\/.*(?:golden|expected|want|out)/i.test(path) ||
    /[._-](?:golden|expected|snapshot|baseline)\.\w+$/i.test(path)
  );
}

/** Data that tests work on: in their folders, and no program. */
export function isFixture(path: string): boolean {
  return (
    /(?:^|\/)(?:fixtures?|testdata|test[-_]data|__fixtures__|test[-_]?resources|cases|samples)\//i.test(path) ||
    (isTestPath(path) &&
      /\.(?:json|ya?ml|txt|csv|tsv|xml|html?|sql|md|toml|ini|ndjson|jsonl|in|out|dat|bin|png|jpe?g|svg|pdf)$/i.test(
        path,
      ))
  );
}

/** Whether a file of tests can show anything: documents, data and recorded results lie beside tests and are none (a `spec.md` is no test). */
export function holdsTests(path: string): boolean {
  return (
    isTestPath(path) &&
    !isDocument(path) &&
    !isRecorded(path) &&
    !/(?:^|\/)(?:fixtures?|testdata|test[-_]data|__fixtures__|test[-_]?resources|__mocks__)\//i.test(path) &&
    !/\.(?:jsonc?|csv|tsv|xml|html?|ini|ndjson|jsonl|in|out|log|lock|dat|bin|png|jpe?g|gif|webp|svg|pdf|zip|gz|css|s[ac]ss|tex|docx?)$/i.test(
      path,
    )
  );
}

/** What a path is called without folder, extension and the marks of tests: `calc` for `test_calc.py` and `CalcTest.java`. */
export function stemOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/\.[^.]+$/, '');
  return name
    .replace(/[._-](?:test|tests|spec|specs|e2e|unit|integration|cy)$/i, '')
    .replace(/^(?:test|tests|spec)[._-]/i, '')
    .replace(/(?:Test|Tests|TestCase|Spec|Specs|IT)$/, '')
    .replace(/_(?:test|spec)$/, '')
    .replace(/[_-]/g, '')
    .toLowerCase();
}

/** Documents: they change nothing that a program does. */
export function isDocument(path: string): boolean {
  return (
    /\.(?:md|mdx|rst|adoc|txt|markdown)$/i.test(path) ||
    /(?:^|\/)(?:LICENSE|NOTICE|AUTHORS|CHANGELOG|README)[^/]*$/i.test(path)
  );
}

/** Whether a script is a check by its name. */
export function isCheckName(path: string): boolean {
  if (isTestPath(path)) return true;
  const product = /(?:^|\/)(?:src|lib|app|pkg|internal|cmd)\//.test(path);
  return (
    !product &&
    /(?:^|[._\-/])(?:tests?|specs?|checks?|verify|verification|validate|lint|ci|smoke|e2e|acceptance|assert|qa|suite)(?:[._\-/]|$)/i.test(
      path,
    )
  );
}
