import type { MicroPart } from './model.ts';
import { MICRO_SECTIONS } from './sections.ts';

const PARTS: readonly (readonly [string, readonly MicroPart[]])[] = [
  ['## Part 1: Design Validation', ['summary', 'contracts', 'interaction', 'deviations', 'review']],
  ['## Part 2: Executable Implementation', ['overview', 'tasks', 'tests', 'risks']],
  ['## Part 3: Quality Assurance', ['checklist']],
  ['## Appendix', ['appendix']],
];

/** The body of a full plan, block by block: all Parts and sections, with their stubs where nothing is given. */
export function layOut(given: Readonly<Partial<Record<MicroPart, readonly string[]>>>): readonly string[] {
  return PARTS.flatMap(([heading, parts]) => [
    heading,
    ...parts.flatMap((part) => {
      const spec = MICRO_SECTIONS.find((section) => section.part === part);
      return spec === undefined ? [] : [`### ${spec.title}`, ...(given[part] ?? [spec.stub])];
    }),
  ]);
}

/** Front matter and title of a micro plan, in as many blocks. */
export function head(title: string, lines: readonly string[]): readonly string[] {
  const front = ['---', 'kind: micro', ...lines, '---'].join('\n');
  return title === '' ? [front] : [front, `# ${title} — Implementation Plan`];
}
