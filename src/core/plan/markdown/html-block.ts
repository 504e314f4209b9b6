const HTML_OPEN: readonly RegExp[] = [
  /<(?:script|pre|textarea|style)(?:\s|>|$)/iy,
  /<!--/y,
  /<[?]/y,
  /<![A-Za-z]/y,
  /<!\[CDATA\[/y,
  /<[/]?(?:address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[123456]|head|header|hr|html|iframe|legend|li|link|main|menu|menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul)(?:\s|[/]?>|$)/imy,
];
// A whole tag alone on its line. Attributes are looked at loosely: a line that is text to one reading and HTML to the
// other holds nothing that a plan is made of.
const HTML_TAG = /<(?:[A-Za-z][A-Za-z0-9-]*(?:[ \t][^<>\n]*)?\/?|\/[A-Za-z][A-Za-z0-9-]*[ \t]*)>[ \t]*$/my;
const HTML_CLOSE: readonly RegExp[] = [/<\/(?:script|pre|textarea|style)>/i, /-->/, /\?>/, />/, /\]\]>/];

/**
 * Which of CommonMark's seven conditions for an HTML block holds at this offset, counted from 0; -1 for none. The last one,
 * a whole tag alone on its line, cannot interrupt a paragraph.
 */
export function htmlBegins(text: string, at: number, inParagraph: boolean): number {
  const index = HTML_OPEN.findIndex((pattern) => {
    pattern.lastIndex = at;
    return pattern.test(text);
  });
  if (index >= 0 || inParagraph) return index;
  HTML_TAG.lastIndex = at;
  return HTML_TAG.test(text) ? HTML_OPEN.length : -1;
}

/** Whether this line ends an HTML block of the first five conditions; the last two end at a blank line. */
export function htmlEnds(condition: number, line: string): boolean {
  return HTML_CLOSE[condition]?.test(line) ?? false;
}
