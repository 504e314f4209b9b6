import { backlog } from './backlog/backlog.ts';
import { beads } from './beads/beads.ts';
import { ccpm } from './ccpm/ccpm.ts';
import type { ForeignFile, Format, FormatName, Sighting } from './format.ts';
import { gsd } from './gsd/gsd.ts';
import { kiro } from './kiro/kiro.ts';
import { openSpec } from './openspec/openspec.ts';
import { specKit } from './spec-kit/spec-kit.ts';
import { superpowers } from './superpowers/superpowers.ts';
import { taskMaster } from './task-master/task-master.ts';

/** Every format, in the order in which help lists them. A new one is one folder and one line here. */
export const FORMATS: readonly Format[] = [specKit, taskMaster, openSpec, kiro, superpowers, beads, backlog, gsd, ccpm];

/** A format by its name. */
export function formatNamed(name: FormatName): Format {
  return FORMATS.find((format) => format.name === name) as Format;
}

/** Whether a word is the name of a format. */
export function isFormatName(word: string): word is FormatName {
  return FORMATS.some((format) => format.name === word);
}

/** How sure a sighting must be to be taken for what it looks like. */
export const SURE = 0.5;

/**
 * The plans among some files, surest first. Of two formats that take the same main file, the surer is kept, unless
 * one format was asked for.
 */
export function sightingsIn(files: readonly ForeignFile[], only?: FormatName): readonly Sighting[] {
  const all = FORMATS.filter((format) => only === undefined || format.name === only).flatMap((format) =>
    format.detect(files),
  );
  const sorted = all.toSorted((a, b) => b.score - a.score || (a.root < b.root ? -1 : a.root > b.root ? 1 : 0));
  const taken = new Set<string>();
  return sorted.filter((sighting) => {
    const main = sighting.files[0] ?? '';
    if (taken.has(main)) return false;
    taken.add(main);
    return true;
  });
}
