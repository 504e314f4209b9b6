import { pieces } from '../plan/markdown/inline.ts';
import { normaliseScope } from '../plan/scope.ts';

const BARE =
  /(?:^|[\s(,;:"'“→])((?:\.{1,2}\/)?(?:[\w.@[\]()-]{1,80}\/){1,12}[\w.@[\]()-]{1,80}\.[A-Za-z]\w{0,9})(?=$|[\s),;:"'”.!?])/g;
const FOLDER = /(?:^|[\s(,;:"'“→])((?:[\w.@-]{1,80}\/){1,12})(?=$|[\s),;:"'”.!?])/g;
const CODE = /^(?:\.\/)?(?:[\w.@[\]()*{},-]{1,80}\/){0,12}[\w.@[\]()*{},-]{0,80}$/;

/** Paths that a sentence names, in its order: in backticks, or plainly with a folder and an ending. */
export function pathsIn(text: string): readonly string[] {
  const found = new Set<string>();
  const add = (raw: string): void => {
    const path = raw.replace(/(?::\d+(?:[-–]\d+)?)$/, '').replace(/\.$/, '');
    if (/\[[A-Z#]|\.\.\.|…/.test(path)) return;
    const scope = normaliseScope(path);
    if (scope.ok && scope.value !== '**') found.add(scope.value);
  };
  for (const piece of pieces(text.slice(0, 20_000))) {
    if (piece.code) {
      const code = piece.text.trim().replace(/:\d+(?:[-–]\d+)?$/, '');
      if (code.length > 300 || !CODE.test(code) || /^https?:/.test(code)) continue;
      if (code.endsWith('/') || (code.includes('/') && /\.[A-Za-z]\w{0,9}$/.test(code)) || isFile(code)) add(code);
    } else {
      const prose = piece.text.replace(/https?:\/\/\S{1,2000}/g, ' ').replaceAll('](', '] ');
      for (const match of prose.matchAll(BARE)) add(match[1] as string);
      for (const match of prose.matchAll(FOLDER)) add(match[1] as string);
    }
  }
  return [...found];
}

/** A name without a folder that can only be a file: `package.json`, `Dockerfile`. */
function isFile(name: string): boolean {
  return (
    /^(?:Makefile|Dockerfile|Justfile|README|LICENSE)$/.test(name) ||
    /^[\w.-]{1,80}\.(?:json|ya?ml|toml|md|lock|ini|cfg|env|sql|proto|graphql|sh|html|css)$/i.test(name)
  );
}
