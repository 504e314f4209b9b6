import { proseOf, spanIn } from './shared.ts';
import type { Rule } from '../rule.ts';

const TOKEN = /[\w@~+./:#?=&%{}<>*-]{4,300}/g;
const EXTENSION =
  /[\w\])}-]\.(?:py|pyi|go|tsx?|jsx?|mjs|cjs|java|kts?|rs|cpp|cc|hpp|cs|rb|php|swift|scala|exs?|vue|svelte|sql|proto|graphql|sh|dart|lua)$/i;
const PLAIN_FILE =
  /^(?:\.{0,2}\/)?[\w.@-]{1,80}(?:\/[\w.@*-]{1,80}){1,12}\.(?:ya?ml|json|toml|ini|cfg|conf|md|html?|css|scss|xml|[ch]|tf|lock|txt)$/i;
const SOURCE_FOLDER =
  /^(?:\.{1,2}\/)?(?:src|internal|pkg|cmd|lib|tests?|components|migrations|packages|modules)\/[\w.@*-]{1,80}(?:\/[\w.@*-]{0,80}){0,12}$/;
/** Names of libraries that look like files. */
const LIBRARY =
  /^(?:node|next|vue|nuxt|express|react|d3|three|chart|moment|socket|ember|backbone|alpine|p5|discord|require|day|angular|electron|nest|handlebars|mustache|knockout|meteor|sails|koa|solid|preact|pdf|video|anime|matter|fabric|konva|bull|passport|sequelize|prisma|hono|astro|date-fns|i18n|docs|crates)\.(?:js|rs|ts)$/i;
const MEDIA = /^(?:application|text|image|audio|video|multipart|font|model|message)\//i;

function isPath(token: string, text: string, at: number): boolean {
  if (
    token.length < 4 ||
    token.startsWith('/') ||
    /:\/\/|^www\.|@\w{1,60}\.\w|[?=&<>{}]/.test(token) ||
    MEDIA.test(token)
  )
    return false;
  if (LIBRARY.test(token)) return false;
  if (EXTENSION.test(token)) return !/^\d/.test(token) || token.includes('/');
  if (PLAIN_FILE.test(token)) return true;
  // `tests/lint` in prose may be two words; in backticks, or with a folder inside a folder, it is a path.
  const quoted = text[at - 1] === '`';
  return SOURCE_FOLDER.test(token) && (quoted || token.startsWith('src/') || (token.match(/\//g) ?? []).length > 1);
}

/** Whether a text names the path of a source file. */
export function namesPath(text: string): boolean {
  if (!/[./]/.test(text)) return false;
  for (const match of text.matchAll(TOKEN)) if (isPath(tokenOf(match[0]), text, match.index)) return true;
  return false;
}

function tokenOf(match: string): string {
  return match.replace(/[.,:;]+$/, '').replace(/:\d{1,6}(?:-\d{1,6})?$/, '');
}

/** FP-02: a path of a source file is named; where code goes is for the engineer to decide. */
export const filePath: Rule<'functional'> = {
  id: 'FP-02',
  name: 'file-path',
  about: 'A path of a source file is named; where code goes is for the engineer to decide.',
  severity: 'error',
  fix: 'none',
  kinds: ['functional'],
  *check({ draft, detail }) {
    for (const block of proseOf(draft, detail, 'environment')) {
      if (!/[./]/.test(block.text)) continue;
      for (const match of block.text.matchAll(TOKEN)) {
        const token = tokenOf(match[0]);
        if (!isPath(token, block.text, match.index)) continue;
        const span = spanIn(draft, block, match.index, token.length);
        const message = `"${token.slice(0, 80)}" is a path of a file; a functional plan says what, not where.`;
        yield { span, message, hint: 'Name the behaviour or the system instead; the engineer finds the place.' };
      }
    }
  },
};
