import type { Span } from '../../../base/finding.ts';
import type { Draft, DraftUnit } from '../../draft.ts';
import { isPathWord } from '../../kinds/phased/paths.ts';
import { pieces } from '../../markdown/inline.ts';
import { inScope, normaliseScope, scopeForm } from '../../scope.ts';
import type { Rule } from '../rule.ts';
import { contentEnd, FILES, lineEndOf, partOf, PHASES_OF, writtenPhases, writtenSteps } from './parts.ts';

/** Words before a path that say that it is only looked at. */
const ONLY_READ =
  /\b(?:see|like|as in|patterns?|similar|mirrors?|mirroring|follow(?:s|ing)?|based on|imports?|imported|reuses?|reusing|references?|unchanged|existing|not|don't|never|without|from|compare|cf|inspired|copied|same)\b[^.;]{0,60}$|\b(?:reads?|reading|calls?|uses?|using|runs?|running|per|than|by|with)\s+(?:the\s+)?$/i;

/** Longer lists of files, and longer phases, are compared no further. */
const MAX_PATHS = 200;
const MAX_TEXT = 60_000;

interface Mentioned {
  readonly path: string;
  readonly span: Span;
}

/** PP-12: what the steps of a phase say about its files, and what its list of files says, are the same. */
export const filesVersusSteps: Rule<'phased' | 'master'> = {
  id: 'PP-12',
  name: 'files-vs-steps',
  about: 'A step names a file that the phase does not list, or a listed file that no step names.',
  severity: 'warning',
  fix: 'auto',
  kinds: PHASES_OF,
  *check({ draft }) {
    const texts = new Map<DraftUnit, string[]>();
    const mentions = new Map<DraftUnit, Mentioned[]>();
    for (const { unit, step, text } of writtenSteps(draft)) {
      const said = texts.get(unit) ?? [];
      texts.set(unit, said);
      said.push(step.title, ...text.map((block) => block.text));
      const named = mentions.get(unit) ?? [];
      mentions.set(unit, named);
      for (const block of text) named.push(...changedIn(draft, block.text, block.start));
    }
    for (const { unit, phase } of writtenPhases(draft)) {
      const named = (mentions.get(unit) ?? []).slice(0, MAX_PATHS);
      if (!phase.hasFiles || unit.paths.length === 0 || named.length === 0 || unit.paths.length > MAX_PATHS) continue;
      const scope = unit.paths.flatMap(({ text }) => {
        const normal = normaliseScope(text);
        return normal.ok ? [normal.value] : [];
      });
      yield* missing(draft, unit, named, scope);
      const said = (texts.get(unit) ?? []).join('\n').slice(0, MAX_TEXT).toLowerCase();
      for (const { text, span } of unit.paths) {
        if (isSaid(said, text)) continue;
        const message = `${text.slice(0, 80)} is listed under Files, but no step of phase ${phase.number} names it.`;
        yield { span, message, hint: 'Say in a step what is done to it, or take it off the list.' };
      }
    }
  },
};

function* missing(draft: Draft, unit: DraftUnit, named: readonly Mentioned[], scope: readonly string[]) {
  const { source } = draft.outline;
  const files = partOf(draft.outline, unit, FILES);
  const names = new Set(scope.map((path) => path.slice(path.lastIndexOf('/', path.length - 2) + 1)));
  const told = new Set<string>();
  for (const { path, span } of named) {
    const normal = normaliseScope(path);
    if (!normal.ok || told.has(normal.value) || inScope(scope, normal.value)) continue;
    // A listed file by a shorter name, or a directory that holds listed files.
    if (!path.includes('/') && names.has(path)) continue;
    if (scope.some((one) => one.startsWith(normal.value) || one.endsWith(`/${normal.value}`))) continue;
    told.add(normal.value);
    const message = `${path.slice(0, 80)} is changed by a step, but phase ${unit.phase?.number} does not list it under Files.`;
    const hint = 'Add it to `### Files`: an agent may change nothing else.';
    if (files === undefined) yield { span, message, hint };
    else {
      const at = contentEnd(source, files.heading.start, files.end);
      const edits = [{ start: at, end: at, text: `${lineEndOf(source)}- \`${path}\`` }];
      yield { span, message, hint, fix: { kind: 'auto' as const, title: `Add ${path.slice(0, 60)} to Files`, edits } };
    }
  }
}

/** Paths in backticks that a text says to change: nothing before them says that they are only read. */
function changedIn({ outline }: Draft, text: string, start: number): readonly Mentioned[] {
  const found: Mentioned[] = [];
  let prose = '';
  for (const piece of pieces(text)) {
    const word = piece.text.trim();
    if (piece.code && isPathWord(word) && word.includes('/') && !ONLY_READ.test(prose.slice(-90))) {
      found.push({ path: word, span: outline.source.span(start + piece.start, start + piece.end) });
    }
    prose = piece.code ? `${prose}${word.replace(/[.;]/g, ' ')}`.slice(-200) : (prose + piece.text).slice(-200);
  }
  return found;
}

function isSaid(said: string, path: string): boolean {
  const lower = path.toLowerCase().replace(/^\.\//, '').replace(/\/+$/, '');
  if (scopeForm(path) !== 'file') {
    const fixed = lower.split(/[*?[{]/)[0]?.replace(/\/[^/]*$/, '') ?? '';
    return fixed === '' || said.includes(fixed) || said.includes(fixed.slice(fixed.lastIndexOf('/') + 1));
  }
  const name = lower.slice(lower.lastIndexOf('/') + 1);
  const stem = name.replace(/(?:\.[a-z]\w*)+$/, '').replace(/^test[_-]|[_-](?:test|spec)$/, '');
  const folder = lower.slice(0, Math.max(0, lower.lastIndexOf('/') + 1));
  return (
    said.includes(name) ||
    (stem.length > 2 && said.includes(stem.replaceAll(/[_-]/g, ' '))) ||
    (stem.length > 2 && said.includes(stem)) ||
    (folder.includes('/') && folder.length > 4 && said.includes(`\`${folder}\``)) ||
    (/(?:^|[/._-])(?:tests?|spec)(?:[/._-]|$)/.test(lower) && /\b(?:tests?|spec)\b/.test(said))
  );
}
