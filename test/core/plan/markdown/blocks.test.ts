import { parser } from '@lezer/markdown';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Block, parseBlocks } from '../../../../src/core/plan/markdown/blocks.ts';
import { runs } from '../../../runs.ts';

const reference = parser.configure({
  remove: [
    'Escape',
    'Entity',
    'InlineCode',
    'HTMLTag',
    'Emphasis',
    'HardBreak',
    'Link',
    'Image',
    'LinkEnd',
    'LinkReference',
  ],
});

const NAMES: Readonly<Record<string, string>> = {
  Paragraph: 'paragraph',
  FencedCode: 'fence',
  CodeBlock: 'code',
  BulletList: 'list',
  OrderedList: 'list',
  ListItem: 'item',
  Blockquote: 'quote',
  HTMLBlock: 'html',
  CommentBlock: 'html',
  ProcessingInstructionBlock: 'html',
  HorizontalRule: 'rule',
};

/** The blocks of another parser, in document order; where it begins a block at its indentation, behind that. */
function theirs(text: string): readonly string[] {
  const found: string[] = [];
  reference.parse(text).iterate({
    enter(node) {
      const kind = /^(?:ATX|Setext)Heading(\d)$/.exec(node.name)?.[1] ?? NAMES[node.name];
      if (kind === undefined) return;
      let from = node.from;
      while (/[ \t]/.test(text[from] ?? '')) from++;
      if (kind !== 'code' || /\S/.test(text.slice(from, node.to))) found.push(`${kind}@${from}`);
    },
  });
  return found;
}

function ours(text: string): readonly string[] {
  const found: string[] = [];
  const walk = (blocks: readonly Block[]): void => {
    for (const block of blocks) {
      found.push(`${block.kind === 'heading' ? block.level : block.kind}@${block.start}`);
      walk(block.children);
    }
  };
  walk(parseBlocks(text));
  return found;
}

// Markers are followed by text and ordered lists begin with 1: what may not interrupt a paragraph, the other parser lets
// go on with a paragraph of another item too, against CommonMark, where only the paragraph it stands in counts.
const pieces = [
  '- a',
  '* b',
  '1. c',
  '1) d',
  '> e',
  '    ',
  '  ',
  ' ',
  '\t',
  '```',
  '```sh',
  '~~~',
  '# f',
  '## g',
  '---',
];
const more = ['===', 'h', 'i j', '<!-- ', '-->', '<div>', '<b>', '\n', '\n', '\n\n', '\n\n', '***', '- - -x', '`'];

test('blocks are those of another CommonMark parser', () => {
  const document = fc.array(fc.constantFrom(...pieces, ...more), { maxLength: 14 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(document, (text) => {
      expect(ours(text)).toEqual(theirs(text));
    }),
    { numRuns: runs(2000) },
  );
});

test('blocks lie inside their text and inside each other, in order', () => {
  const walk = (blocks: readonly Block[], from: number, to: number): void => {
    let last = from;
    for (const block of blocks) {
      expect(block.start).toBeGreaterThanOrEqual(last);
      expect(block.end).toBeLessThanOrEqual(to);
      walk(block.children, block.start, block.end);
      last = block.end;
    }
  };
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'-*>#`~1. \t\nab<!'.split('')), maxLength: 60 }), (text) => {
      walk(parseBlocks(text), 0, text.length);
    }),
    { numRuns: runs(800) },
  );
});

test('what may not interrupt a paragraph may stand below one of another item', () => {
  expect(ours('- a\n2) b')).toEqual(['list@0', 'item@0', 'paragraph@2', 'list@4', 'item@4', 'paragraph@7']);
  expect(ours('- a\n2)')).toEqual(['list@0', 'item@0', 'paragraph@2', 'list@4', 'item@4']);
});

test('what is nested too deeply is text, and costs nothing', () => {
  expect(ours('- '.repeat(5000) + 'a').length).toBeLessThan(60);
  expect(ours('> '.repeat(5000) + 'a').length).toBeLessThan(60);
  const stairs = Array.from({ length: 400 }, (_, i) => `${'  '.repeat(i)}- a`).join('\n');
  expect(ours(stairs).length).toBeLessThan(1000);
});
