import { plainText } from '../plan/markdown/inline.ts';
import type { ForeignFile } from './format.ts';
import { linesIn } from './lines.ts';

/** A section of a task file that begins with front matter. */
export interface FileSection {
  readonly title: string;
  readonly text: string;
  /** Boxes of its lists, with the offset of each mark in the file. */
  readonly boxes: readonly { readonly mark: number; readonly done: boolean; readonly text: string }[];
  /** Items of its lists that are no boxes. */
  readonly items: readonly string[];
}

const MARK = /^\s*<!-- (?:SECTION:)?(\w{1,40}):(BEGIN|END) -->\s*$/;
const END = /<!-- (?:SECTION:)?(\w{1,40}):END -->/g;
const BOX = /^(\s{0,12}[-*+] \[)([ xX])\]\s+(.*)$/;

/** What a section of criteria says: its boxes, or the items of its lists where there are none. */
export function criteriaOf(section: FileSection): readonly string[] {
  const all = section.boxes.length > 0 ? section.boxes.map(({ text }) => text) : section.items;
  return all.map((text) => text.replace(/^#\d{1,4}\s+/, '')).filter((text) => text !== '');
}

/** The `## ` sections behind the front matter; what stands before the first has an empty title. */
export function fileSections(file: ForeignFile, from: number): readonly FileSection[] {
  const sections: {
    title: string;
    lines: string[];
    boxes: { mark: number; done: boolean; text: string }[];
    items: string[];
  }[] = [{ title: '', lines: [], boxes: [], items: [] }];
  // Between the marks of a section everything is its text: people paste whole documents into their notes.
  const ends = new Map([...file.text.matchAll(END)].map((end) => [end[1] as string, end.index]));
  let inside: string | undefined;
  for (const line of linesIn(file.text)) {
    if (line.start < from) continue;
    const mark = line.hidden ? null : MARK.exec(line.text);
    if (mark?.[2] === 'BEGIN') inside ??= (ends.get(mark[1] as string) ?? 0) > line.end ? mark[1] : undefined;
    else if (mark !== null && mark[1] === inside) inside = undefined;
    const heading =
      line.hidden || inside !== undefined ? undefined : /^##\s+(.*?)\s*#*$/.exec(line.text.slice(0, 1000))?.[1];
    if (heading !== undefined) {
      sections.push({ title: heading, lines: [], boxes: [], items: [] });
      continue;
    }
    const section = sections.at(-1);
    if (section === undefined || /^\s*<!-- (?:AC|DOD|SECTION|COMMENTS?):?.{0,40}-->\s*$/.test(line.text)) continue;
    section.lines.push(line.text);
    const box = line.hidden ? null : BOX.exec(line.text);
    const item = box === null && !line.hidden ? /^\s{0,3}(?:[-*+]|\d{1,4}[.)])\s+(\S.*)$/.exec(line.text) : null;
    if (item !== null) section.items.push(plainText(item[1] as string));
    if (box !== null)
      section.boxes.push({
        mark: line.start + (box[1] as string).length,
        done: box[2] !== ' ',
        text: plainText(box[3] as string),
      });
  }
  return sections.map(({ title, lines, boxes, items }) => ({ title, text: lines.join('\n').trim(), boxes, items }));
}
