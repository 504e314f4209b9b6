import { err, ok, type Result } from '../core/base/result.ts';
import { convertPlan, type Converted } from '../core/formats/convert.ts';
import { type TwinDifference, twinDifferences } from '../core/formats/twin-diff.ts';
import { twinOf } from '../core/formats/twin.ts';
import type { PlanKind } from '../core/plan/model.ts';
import { EXIT, type AppRefusal } from './api.ts';
import type { Context } from './context.ts';
import { readAnyPlan } from './create.ts';
import { stem } from './lint-targets.ts';

export interface ConvertRequest {
  readonly path: string;
  readonly kind?: PlanKind;
  readonly to: PlanKind;
  /** Where the new document goes; nowhere: it is only returned. */
  readonly out?: string;
  /** Write over a file that is there. */
  readonly force: boolean;
}

/** Writes a plan as one of another kind. The old document is left as it is. */
export async function convertDocument(
  context: Context,
  request: ConvertRequest,
): Promise<Result<Converted & { readonly out: string | undefined }, AppRefusal>> {
  const read = await readAnyPlan(context.io, absolute(context, request.path), request.kind);
  if (!read.ok) return read;
  const converted = convertPlan(read.value.source, request.to, read.value.plan.kind);
  if (!converted.ok)
    return err({
      message: `${request.path} is no plan of any kind`,
      hint: 'name its kind: --kind <kind>',
      exit: EXIT.findings,
    });
  if (request.out !== undefined) {
    const written = await write(context, request.out, converted.value.text, request.force);
    if (!written.ok) return written;
  }
  return ok({ ...converted.value, out: request.out });
}

export interface TwinReport {
  /** The file, as the user would type it. */
  readonly path: string;
  /** What became of it; `stale`: it is not as the plan says, and was left alone. */
  readonly state: 'written' | 'unchanged' | 'stale';
  readonly text: string;
  /** What the file that was there says otherwise; none when there was no file. */
  readonly differences: readonly TwinDifference[];
  /** Whether there was a file. */
  readonly existed: boolean;
}

/** Writes the JSON twin of a plan beside it, or looks whether the one that is there says the same. */
export async function writeTwin(
  context: Context,
  request: { readonly path: string; readonly kind?: PlanKind; readonly check: boolean },
): Promise<Result<TwinReport, AppRefusal>> {
  const path = absolute(context, request.path);
  const read = await readAnyPlan(context.io, path, request.kind);
  if (!read.ok) return read;
  const twin = twinOf(read.value.source, read.value.plan.kind, stem(path));
  if (twin === undefined) {
    return err({
      message: `plans of kind ${read.value.plan.kind} have no JSON twin`,
      hint: `for any kind: masterplan graph ${request.path} --json`,
      exit: EXIT.usage,
    });
  }
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const name = request.path.includes('/')
    ? request.path.slice(0, request.path.lastIndexOf('/') + 1) + twin.name
    : twin.name;
  const there = await context.io.files.read(folder + twin.name);
  const old = there === undefined ? undefined : new TextDecoder().decode(there);
  const differences = old === undefined || old === twin.text ? [] : twinDifferences(old, twin.text);
  const report = { path: name, text: twin.text, differences, existed: old !== undefined };
  // Blanks and line ends say nothing to a program.
  if (old !== undefined && differences.length === 0) return ok({ ...report, state: 'unchanged' });
  if (request.check) return ok({ ...report, state: 'stale' });
  await context.io.files.write(folder + twin.name, twin.text);
  return ok({ ...report, state: 'written' });
}

/** Writes a new document, and over one that is there only when that is asked for. */
export async function write(
  context: Context,
  out: string,
  text: string,
  force: boolean,
): Promise<Result<void, AppRefusal>> {
  const path = absolute(context, out);
  if (!force && (await context.io.files.stat(path)) !== undefined)
    return err({
      message: `${out} exists already`,
      hint: 'choose another file, or write over it: --force',
      exit: EXIT.failed,
    });
  await context.io.files.makeDirectory(path.slice(0, path.lastIndexOf('/')));
  await context.io.files.write(path, text);
  return ok(undefined);
}

function absolute(context: Context, path: string): string {
  return path.startsWith('/') ? path : `${context.cwd}/${path}`;
}
