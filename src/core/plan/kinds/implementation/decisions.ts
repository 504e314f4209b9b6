import { annotationsAmong, type Annotation, type Vocabulary } from '../../annotations.ts';
import type { Block } from '../../markdown/blocks.ts';
import { plainText, withoutComments } from '../../markdown/inline.ts';
import { boxAt, itemStart, type Outline } from '../../markdown/outline.ts';
import { everySection, type Section } from '../../markdown/sections.ts';
import { blockText } from './fields.ts';
import type { Decision } from './model.ts';

const ALL = /^(?:(?:key|main|architecture|architectural|technical) )?(?:design )?decisions?(?: log| records?)?$/;
const ONE =
  /^(?:design |architecture )?decision(?:\s+#?\d{1,4})?\s*[:—–-]\s*(\S.*)$|^(?:ADR|D)[- ]?\d{1,4}\s*[:—–-]\s*(\S.*)$/i;

type Part = 'context' | 'options' | 'chosen' | 'rationale' | 'tradeoffs' | 'risks' | 'mitigation' | 'pattern';

const PARTS: ReadonlyMap<string, Part> = new Map<string, Part>([
  ['context', 'context'],
  ['problem', 'context'],
  ['background', 'context'],
  ['options considered', 'options'],
  ['options', 'options'],
  ['alternatives', 'options'],
  ['alternatives considered', 'options'],
  ['decision', 'chosen'],
  ['chosen', 'chosen'],
  ['choice', 'chosen'],
  ['outcome', 'chosen'],
  ['rationale', 'rationale'],
  ['reason', 'rationale'],
  ['reasons', 'rationale'],
  ['reasoning', 'rationale'],
  ['why', 'rationale'],
  ['justification', 'rationale'],
  ['tradeoffs', 'tradeoffs'],
  ['trade offs', 'tradeoffs'],
  ['tradeoff', 'tradeoffs'],
  ['trade off', 'tradeoffs'],
  ['tradeoffs accepted', 'tradeoffs'],
  ['trade offs accepted', 'tradeoffs'],
  ['consequences', 'tradeoffs'],
  ['cost', 'tradeoffs'],
  ['cons', 'tradeoffs'],
  ['risks', 'risks'],
  ['risk', 'risks'],
  ['mitigation', 'mitigation'],
  ['mitigations', 'mitigation'],
  ['pattern extracted', 'pattern'],
  ['pattern', 'pattern'],
  ['reusable pattern', 'pattern'],
]);

const LABELS: Vocabulary = new Set(PARTS.keys());

/** The decision records of a document: below `## Design Decisions`, or each a section of its own. */
export function readDecisions(outline: Outline, sections: readonly Section[]): readonly Decision[] {
  const found: Decision[] = [];
  for (const section of everySection(sections)) {
    const own = ONE.exec(section.heading.title.slice(0, 2000));
    if (own !== null) found.push(read(outline, section, (own[1] ?? own[2]) as string));
    else if (section.parent !== undefined && ALL.test(section.parent.key))
      found.push(read(outline, section, section.title));
  }
  return found;
}

function read(outline: Outline, section: Section, title: string): Decision {
  const { source } = outline;
  const blocks = outline.blocks.slice(section.from, section.to);
  const parts = new Map<Part, string>();
  let options: readonly string[] = [];
  const put = (part: Part, text: string, below: readonly Block[]): void => {
    if (part === 'options') options = [...options, ...optionsOf(outline, text, below)];
    const all = [plainText(text), ...below.map((block) => plainText(blockText(source, block)))].join(' ').trim();
    if (all !== '' && !parts.has(part)) parts.set(part, all);
  };
  for (const { label, value, following } of flat(annotationsAmong(outline, blocks, LABELS), outline)) {
    const part = PARTS.get(label);
    if (part !== undefined) put(part, value, following);
  }
  // The parts may be headings of their own: `#### Rationale`.
  for (const child of section.children) {
    const part = PARTS.get(child.key);
    if (part !== undefined) put(part, '', outline.blocks.slice(child.from, child.to));
  }
  const last = blocks.findLast(({ kind }) => kind !== 'rule');
  const text = withoutComments(source.shadow.slice(section.heading.end, last?.end ?? section.heading.end));
  return {
    title,
    span: source.span(section.heading.start, section.heading.end),
    end: last?.end ?? section.heading.end,
    context: parts.get('context'),
    options,
    chosen: parts.get('chosen'),
    rationale: parts.get('rationale'),
    tradeoffs: parts.get('tradeoffs'),
    risks: parts.get('risks'),
    mitigation: parts.get('mitigation'),
    pattern:
      parts.get('pattern') ??
      /^[ \t*_>-]{0,20}patterns?(?: extracted)?[ \t*_]{0,10}:[ \t*_]{0,10}(\S.{0,400})/im.exec(
        text.slice(0, 50_000),
      )?.[1],
    text,
  };
}

/** `- Mitigation: …` may stand as the last bullet of `**Risks:**`. */
function flat(annotations: readonly Annotation[], outline: Outline): readonly Annotation[] {
  return annotations.flatMap((one) => [
    one,
    ...annotationsAmong(
      outline,
      one.following.filter(({ kind }) => kind === 'list'),
      LABELS,
    ),
  ]);
}

function optionsOf({ source }: Outline, value: string, below: readonly Block[]): readonly string[] {
  const listed = below
    .filter(({ kind }) => kind === 'list')
    .flatMap(({ children }) => children)
    .map((item) => {
      const from = itemStart(source, item);
      const at = boxAt(source, from) === undefined ? from : from + 3;
      const end = item.children[0]?.kind === 'paragraph' ? item.children[0].end : at;
      return plainText(withoutComments(source.shadow.slice(at, end)));
    })
    .filter((text) => text !== '');
  if (listed.length > 0) return listed;
  const text = plainText(value);
  if (text === '') return [];
  return text
    .slice(0, 4000)
    .split(/;|\bvs\.?\s|\bversus\b|,?\s\bor\b\s|\(\d\)|(?=\b[A-D][):]\s)/i)
    .map((one) => one.trim())
    .filter((one) => /\p{L}/u.test(one));
}
