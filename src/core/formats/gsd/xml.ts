/** An element of the loose XML that agents write; what is inside is text, entities and all. */
export interface Element {
  readonly start: number;
  readonly end: number;
  /** Between the name and `>`. */
  readonly attributes: string;
  readonly bodyStart: number;
  readonly bodyEnd: number;
}

/** The elements of a name, outermost first, one behind the other; what is in comments is passed over. Linear. */
export function elementsIn(text: string, name: string, from: number, to = text.length): readonly Element[] {
  const found: Element[] = [];
  const open = `<${name}`;
  const close = `</${name}>`;
  let comment = -1;
  for (let at = text.indexOf(open, from); at >= 0 && at < to;) {
    // Comments are looked for from the end of the last one on.
    const begin = text.indexOf('<!--', Math.max(from, comment));
    if (begin >= 0 && begin < at) {
      const end = text.indexOf('-->', begin);
      comment = end < 0 || end >= to ? to : end + 3;
      if (at < comment) at = text.indexOf(open, comment);
      continue;
    }
    const next = text[at + open.length] ?? '';
    const head = text.indexOf('>', at);
    if (head < 0 || head >= to) break;
    if (!/[\s>]/.test(next)) {
      at = text.indexOf(open, at + open.length);
      continue;
    }
    const end = text.indexOf(close, head);
    if (end < 0 || end >= to) break;
    found.push({
      start: at,
      end: end + close.length,
      attributes: text.slice(at + open.length, head),
      bodyStart: head + 1,
      bodyEnd: end,
    });
    at = text.indexOf(open, end + close.length);
  }
  return found;
}

export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

export function unescapeXml(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
}
