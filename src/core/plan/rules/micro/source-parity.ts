import { citationsIn, contractId } from '../../kinds/micro/ids.ts';
import type { Rule } from '../rule.ts';
import { listed } from './places.ts';

const NO_IDS: ReadonlySet<string> = new Set();

/** MI-19: what the macro plan promises of this pull request is here, or the deviation log says why not. */
export const sourceParity: Rule<'micro'> = {
  id: 'MI-19',
  name: 'source-parity',
  about: 'A contract that the macro plan gives to this pull request is neither in the plan nor in its deviation log.',
  severity: 'warning',
  fix: 'none',
  kinds: ['micro'],
  *check({ draft, detail, facts }) {
    const said = detail.header.source;
    const pr = /\b(?:PR|WP)[ -]?#?(\d{1,5})([a-z])?\b/i.exec(said?.text.slice(0, 4000) ?? '');
    if (facts.source === undefined || said === undefined || pr === null) return;
    const number = `${Number(pr[1])}${(pr[2] ?? '').toLowerCase()}`;
    const promised = promisedTo(facts.source, number);
    if (promised.length === 0) return;
    const { source } = draft.outline;
    const here = new Set(citationsIn(source.shadow, 0, NO_IDS).map(({ id }) => id));
    const missing = promised.filter((id) => !here.has(id) && !here.has(shortened(id, number)));
    if (missing.length === 0) return;
    const words = missing.length === 1 ? 'a contract' : `${missing.length} contracts`;
    yield {
      span: source.span(said.start, Math.min(said.end, source.lineEnd(said.start))),
      message: `The macro plan gives PR ${number} ${words} that this plan does not name: ${listed(missing)}.`,
      hint: 'Write them as contracts, or a row of the deviation log for each.',
    };
  },
};

/** `BC-18-2` of pull request 18 may be called `BC-2` in its own plan. */
function shortened(id: string, pr: string): string {
  const prefix = `BC-${pr.toUpperCase()}-`;
  return id.startsWith(prefix) ? contractId(`BC-${id.slice(prefix.length)}`) : id;
}

/** The contracts that a macro plan names in the section of one pull request: read loosely, line by line, code left out. */
function promisedTo(text: string, pr: string): readonly string[] {
  const own = `BC-${pr.toUpperCase()}-`;
  const inside: string[] = [];
  let level = 0;
  let fenced = false;
  for (const line of text.split(/\r?\n/)) {
    if (/^\s{0,3}(?:`{3}|~{3})/.test(line)) fenced = !fenced;
    if (fenced) continue;
    const heading = /^(#{1,6})[ \t]+(.{0,200})/.exec(line);
    if (heading !== null) {
      const depth = (heading[1] as string).length;
      const named = /^\W{0,8}(?:\[[ xX]\]\s)?(?:PR|WP)[ -]?#?0*(\d{1,5}[a-z]?)\b/i.exec(heading[2] as string);
      if (named !== null && (named[1] as string).toLowerCase() === pr) {
        level = depth;
        continue;
      }
      if (level > 0 && depth <= level) level = 0;
    }
    if (level > 0) inside.push(line.slice(0, 4000));
  }
  const found = citationsIn(inside.join('\n'), 0, NO_IDS).map(({ id }) => id);
  // Where ids carry the number of their pull request, those of others are only referred to.
  const mine = found.filter((id) => id.startsWith(own));
  return [...new Set(mine.length > 0 ? mine : found.filter((id) => !/^BC-\d+-\d/.test(id)))];
}
