import type { FormatName } from '../core/formats/format.ts';
import { importedText } from '../core/formats/kept.ts';
import { formatNamed } from '../core/formats/list.ts';
import { slugify } from '../core/base/slug.ts';
import { EXIT, type AppRefusal } from './api.ts';
import type { Context } from './context.ts';
import { lookAt } from './import.ts';

/** A plan of another tool that somebody named where a plan of ours is wanted. */
export interface ForeignPlan {
  readonly format: FormatName;
  /** The format as its makers write it. */
  readonly formatTitle: string;
  /** How many plans were found there: one, or as many as a folder holds. */
  readonly count: number;
  /** The plan as an import would write it; `undefined` when there are several, or no task in it. */
  readonly text: string | undefined;
  /** That it has to be imported first, with what to type. */
  readonly refusal: AppRefusal;
}

/** What lies at a path that is no plan of ours, if it is a plan of another tool. Reads only. */
export async function foreignAt(context: Context, typed: string): Promise<ForeignPlan | undefined> {
  const found = await lookAt(context, { path: typed });
  if (!found.ok) return undefined;
  const { sure, files, base } = found.value;
  const [first] = sure;
  if (first === undefined) return undefined;
  const { title } = formatNamed(first.format);
  const own = new Set(first.files);
  const read = sure.length > 1 ? undefined : formatNamed(first.format).read(files.filter(({ path }) => own.has(path)));
  const text =
    read?.ok === true
      ? importedText(read.value, first.root || '.', `${base}/`, slugify(first.name) ?? first.format)
      : undefined;
  const path = /[\s"'\\$`]/.test(typed) ? `"${typed.replaceAll('"', '\\"')}"` : typed;
  return {
    format: first.format,
    formatTitle: title,
    count: sure.length,
    text,
    refusal: {
      message:
        sure.length === 1
          ? `${typed} is a plan of ${title}, which has to be imported first`
          : `${typed} holds ${sure.length} plans of other tools, which have to be imported first`,
      hint: `masterplan import ${path}${sure.length === 1 ? '' : ' --all'}`,
      exit: EXIT.findings,
    },
  };
}

/** Remarks about those of some paths that are plans of other tools. */
export async function foreignNotes(context: Context, paths: readonly string[]): Promise<readonly string[]> {
  const notes: string[] = [];
  for (const path of paths.slice(0, 20)) {
    const found = path === '-' || /[*?[\]{}]/.test(path) ? undefined : await foreignAt(context, path);
    if (found === undefined) continue;
    const what = found.count === 1 ? `a plan of ${found.formatTitle}` : `${found.count} plans of other tools`;
    const { hint } = found.refusal;
    notes.push(`${path}: ${what}; ${hint} takes it over, masterplan validate checks it as it is`);
  }
  return notes;
}
