/** The line, from 1, at which a merge begins that nobody finished; `undefined`: there is none. Code is not looked into. */
export function conflictLine(text: string): number | undefined {
  let fence: string | undefined;
  let begun: number | undefined;
  let middle = false;
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    const mark = /^[ \t]*(`{3,}|~{3,})/.exec(line)?.[1];
    if (begun === undefined && (fence === undefined ? mark !== undefined : mark?.startsWith(fence) === true))
      fence = fence === undefined ? mark : undefined;
    else if (fence !== undefined) continue;
    else if (/^<{7}(?: |$)/.test(line)) begun = i + 1;
    else if (begun !== undefined && /^={7}$/.test(line)) middle = true;
    else if (middle && /^>{7}(?: |$)/.test(line)) return begun;
  }
  return undefined;
}

/** What is wrong with a line of a log that is no JSON; `undefined`: it is prose, as older tools wrote it. */
export function lineDamage(line: string): string | undefined {
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffd]/.test(line)) return 'holds bytes that are no text';
  if (/^(?:<{7}|\|{7}|>{7})(?: |$)|^={7}$/.test(line)) return 'a merge that was not finished';
  if (/^[{[]/.test(line) || /^-?\d+(?:\.\d+)?$|^"[^"]*"$|^(?:true|false|null)$/.test(line))
    return 'is no JSON of an event';
  // The end of a line whose beginning is gone.
  if (/[}\]]$/.test(line) && line.split('}').length > line.split('{').length)
    return 'is the end of a line, not a whole one';
  return undefined;
}
