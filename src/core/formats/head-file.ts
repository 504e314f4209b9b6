import { plainText } from '../plan/markdown/inline.ts';
import type { ForeignFile } from './format.ts';
import { linesIn } from './lines.ts';

/** A section of a task file that begins with front matter. */
export interface FileSection {
  readonly title: string;
  readonly text: string;
  /** Boxes of its lists, with the offset of each mark in the file. */
  readonly boxes: readonly { readonly mark: number; readonly done: boolean; readonly text: string }[];
}

/** The `## ` sections behind the front matter; what stands before the first has an empty title. */
export function fileSections(file: ForeignFile, from: number): readonly FileSection[] {
  const sections: { title: string; lines: string[]; boxes: { mark: number; done: boolean; text: string }[] }[] = [
    { title: '', lines: [], boxes: [] },
  ];
  for (const line of linesIn(file.text)) {
    if (line.start < from) continue;
    const heading = line.hidden ? undefined : /^##\s+(.*?)\s*#*$/.exec(line.text.slice(0, 1000))?.[1];
    if (heading !== undefined) {
      sections.push({ title: heading, lines: [], boxes: [] });
      continue;
    }
    const section = sections.at(-1);
    if (section === undefined || /^\s*<!-- (?:AC|DOD|SECTION|COMMENTS?):?.{0,40}-->\s*$/.test(line.text)) continue;
    section.lines.push(line.text);
    const box = line.hidden ? null : /^(\s{0,12}[-*+] \[)([ xX])\]\s+(.*)$/.exec(line.text);
    if (box !== null)
      section.boxes.push({
        mark: line.start + (box[1] as string).length,
        done: box[2] !== ' ',
        text: plainText(box[3] as string),
      });
  }
  return sections.map(({ title, lines, boxes }) => ({ title, text: lines.join('\n').trim(), boxes }));
}
