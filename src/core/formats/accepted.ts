import { provenIn } from './commands.ts';
import { linesIn } from './lines.ts';

/** What a description says of when its task is done, and the description without it. */
export interface Accepted {
  readonly verify: readonly string[];
  readonly criteria: readonly string[];
  readonly rest: string;
}

const LABEL =
  /^(?:[-*+] )?(#{1,6} +)?(\*\*|__)?(acceptance(?: criteria| tests?)?|definition of done|done when|success criteria|validation)(?: \([^()]{0,60}\))?(\*\*|__)?[ \t]*(:?)(?:\*\*|__)?[ \t]*(?:#{1,6} *)?(.*)$/i;
const ITEM = /^[ \t]*(?:[-*+]|\d{1,4}[.)])[ \t]+/;
const OTHER = /^(?:\*\*|__)[^*_\n]{1,80}(?:\*\*|__)?:|^[A-Z][\w -]{1,40}:(?:\s|$)/;

const BOX = /^[ \t]*[-*+] \[[ xX]\] /;

/** Whether a list behind a blank line is another one: the steps of a task. */
function isStep(line: string, last: string | undefined): boolean {
  return BOX.test(line) !== BOX.test(last ?? '') || /^[ \t]*[-*+] \[[ xX]\] \*{0,2}Step \d/i.test(line);
}

/**
 * Finds the criteria that people write into a description: the list below `## Acceptance Criteria`, `**Acceptance
 * Criteria**:` or `Acceptance criteria:`, and the sentence behind `Acceptance:`. Everything else is the rest.
 */
export function acceptedIn(text: string): Accepted {
  if (!/accept|definition of done|done when|success criteria|validation/i.test(text))
    return { verify: [], criteria: [], rest: text };
  const found: string[] = [];
  const rest: string[] = [];
  // Under a label: 0 for a label in a line, else the level of its heading.
  let level: number | undefined;
  let item = false;
  let blank = false;
  let held: string[] = [];
  const close = (): void => {
    rest.push(...held);
    held = [];
    level = undefined;
    item = false;
  };
  for (const { text: line, hidden } of linesIn(text)) {
    const heading = hidden ? undefined : /^(#{1,6})\s/.exec(line)?.[1]?.length;
    const label = hidden ? null : LABEL.exec(line.slice(0, 4000));
    const marked = label !== null && (label[1] !== undefined || label[2] !== undefined || label[5] === ':');
    if (label !== null && marked && !(level !== undefined && level > 0 && label[1] === undefined)) {
      close();
      const said = (label[6] ?? '').trim();
      if (label[1] === undefined && said !== '') {
        // A sentence behind the label; a bare word before other words is prose.
        if (label[5] === ':') found.push(said);
        else rest.push(line);
        continue;
      }
      level = label[1] === undefined ? 0 : label[1].trim().length;
      held = [line];
      continue;
    }
    if (level === undefined) {
      rest.push(line);
      continue;
    }
    if (heading !== undefined && heading <= Math.max(level, 1)) {
      close();
      rest.push(line);
    } else if (!hidden && ITEM.test(line) && !(level === 0 && blank && isStep(line, found.at(-1)))) {
      // The label goes with its list.
      held = [];
      item = true;
      blank = false;
      found.push(line);
    } else if (line.trim() === '') {
      blank = true;
      if (!item) held.push(line);
    } else if (item && /^[ \t]{2,}/.test(line)) found[found.length - 1] += ` ${line.trim()}`;
    else if (level > 0 && heading === undefined && !OTHER.test(line)) {
      if (item) rest.push(line);
      else held.push(line);
    } else if (heading !== undefined) {
      // A heading below that of the criteria only groups them.
      held = [];
    } else {
      close();
      rest.push(line);
    }
  }
  close();
  if (found.length === 0) return { verify: [], criteria: [], rest: text };
  const { verify, criteria } = provenIn(found.join('\n'));
  return {
    verify,
    criteria,
    rest: rest
      .join('\n')
      .replace(/\n{3,}/g, '\n\n')
      .trim(),
  };
}
