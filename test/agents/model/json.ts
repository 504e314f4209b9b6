/** A member of something that came in as JSON; `undefined` when there is none. */
export function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

/** The list that a member is, or an empty one. */
export function list(value: unknown, name: string): readonly unknown[] {
  const found = member(value, name);
  return Array.isArray(found) ? found : [];
}

/** The text that a member is, or an empty one. */
export function string(value: unknown, name: string): string {
  const found = member(value, name);
  return typeof found === 'string' ? found : '';
}

/** The text of a message: itself, or what its parts of `types` say. */
export function textOf(content: unknown, types: readonly string[]): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .filter((part) => types.includes(string(part, 'type')))
    .map((part) => string(part, 'text'))
    .join('\n');
}

/** One server-sent event. */
export function event(name: string | undefined, data: unknown): string {
  return `${name === undefined ? '' : `event: ${name}\n`}data: ${JSON.stringify(data)}\n\n`;
}

/** A text in the pieces in which it is streamed; none when it is empty. */
export function pieces(text: string): readonly string[] {
  return text.match(/[^]{1,16}/gu) ?? [];
}
