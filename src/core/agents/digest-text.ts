import type { Outcome } from './event.ts';

/**
 * The digest that an agent gave back in its answer, as JSON text: its structured output, else the last JSON object in what it said
 * that names a contract. `undefined`: there is none.
 */
export function digestText({ structured, said }: Outcome): string | undefined {
  if (typeof structured === 'object' && structured !== null) return JSON.stringify(structured);
  if (typeof structured === 'string' && structured.trimStart().startsWith('{')) return structured;
  // From the last brace on that begins an object at the start of a line or of a fence: answers end with their digest.
  const starts: number[] = [];
  for (const { index } of said.matchAll(/(?:^|\n)[ \t]*(?:```(?:json)?[ \t]*)?(?=\{)/g))
    starts.push(said.indexOf('{', index));
  for (const start of starts.slice(-20).reverse()) {
    const end = endOfObject(said, start);
    if (end === undefined) continue;
    const text = said.slice(start, end);
    if (text.includes('"contract_id"')) return text;
  }
  return undefined;
}

/** Where the object ends that begins at `start`; `undefined` when it does not. */
function endOfObject(text: string, start: number): number | undefined {
  let depth = 0;
  let quoted = false;
  for (let i = start; i < text.length; i++) {
    const c = text[i];
    if (quoted) {
      if (c === '\\') i++;
      else if (c === '"') quoted = false;
    } else if (c === '"') quoted = true;
    else if (c === '{') depth++;
    else if (c === '}' && --depth === 0) return i + 1;
  }
  return undefined;
}
