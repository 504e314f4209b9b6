import type { Block } from '../../markdown/blocks.ts';
import type { Source } from '../../markdown/source.ts';

/**
 * A paragraph as people see it who write
 *
 *     **Day 2: foundations**
 *     3. Lay the pipes
 *
 * To CommonMark a list that does not begin with 1 cannot follow a paragraph without a blank line, and is part of it. Where
 * its first number goes on with the numbering of the list before, it is meant as a list: the label and the list it is.
 * `undefined` when there is none.
 */
export function looseList(source: Source, block: Block, expected: number): readonly Block[] | undefined {
  if (block.kind !== 'paragraph') return undefined;
  const text = source.shadow.slice(block.start, block.end);
  const first = /(?:^|\n)[ \t]{0,3}(\d{1,4})[.)][ \t]+\S/.exec(text);
  if (first === null || Number(first[1]) !== expected) return undefined;
  const starts: number[] = [];
  let at = 0;
  for (const line of text.split('\n')) {
    const marker = /^[ \t]{0,3}(?=\d{1,4}[.)][ \t]+\S)/.exec(line.slice(0, 200));
    if (marker !== null) starts.push(at + marker[0].length);
    at += line.length + 1;
  }
  const items = starts.map((start, i): Block => {
    const end = starts[i + 1] ?? text.length;
    const own = text.slice(start, end).trimEnd();
    const from = start + (/^\d{1,4}[.)][ \t]+/.exec(own)?.[0].length ?? 0);
    const last = start + own.length;
    return made('item', block.start + start, block.start + last, [
      made('paragraph', block.start + from, block.start + last, []),
    ]);
  });
  const begin = starts[0] as number;
  const label = text.slice(0, begin).trimEnd();
  return [
    ...(label === '' ? [] : [made('paragraph', block.start, block.start + label.length, [])]),
    made('list', block.start + begin, block.end, items),
  ];
}

function made(kind: Block['kind'], start: number, end: number, children: readonly Block[]): Block {
  return { kind, start, end, level: 0, setext: false, children };
}
