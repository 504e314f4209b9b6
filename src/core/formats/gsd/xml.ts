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
  // Within an element nothing behind it is looked at: many short ones must not each cost the whole text.
  if (to < text.length)
    return elementsIn(text.slice(from, to), name, 0).map((one) => ({
      start: one.start + from,
      end: one.end + from,
      attributes: one.attributes,
      bodyStart: one.bodyStart + from,
      bodyEnd: one.bodyEnd + from,
    }));
  const found: Element[] = [];
  const open = `<${name}`;
  const close = `</${name}>`;
  let comment = -1;
  let begin = text.indexOf('<!--', from);
  for (let at = text.indexOf(open, from); at >= 0 && at < to;) {
    // Comments are looked for from the end of the last one on.
    if (begin >= 0 && begin < Math.max(from, comment)) begin = text.indexOf('<!--', Math.max(from, comment));
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
