import { detectKind } from '../plan/detect.ts';
import type { DocumentStatus } from '../plan/draft.ts';
import { outlineHash } from '../plan/hash.ts';
import { type Outline, outlineOf } from '../plan/markdown/outline.ts';
import { Source } from '../plan/markdown/source.ts';
import type { PlanKind } from '../plan/model.ts';
import { boxCount } from './boxes.ts';
import { statusIn } from './edits.ts';
import { slugOfPlace } from './naming.ts';
import { approvalOf, approvalsIn, doubtsIn, type PlacedEntry, type PlanRecord } from './record.ts';

/** A document as far as its life is concerned: no rule is run and no unit read, so that a thousand of them are no wait. */
export interface PlanDocument {
  /** Relative to the repository. */
  readonly path: string;
  readonly outline: Outline;
  /** `undefined`: it is no plan of any kind. */
  readonly kind: PlanKind | undefined;
  readonly slug: string;
  readonly title: string;
  readonly status: DocumentStatus;
  /** Whether it says so itself. */
  readonly stated: boolean;
  readonly sha256: string;
  readonly boxes: { readonly done: number; readonly all: number };
  readonly record: PlanRecord;
  /** The approval of exactly this text. */
  readonly approval: PlacedEntry | undefined;
  /** It was approved, and its text was changed since. */
  readonly changed: boolean;
}

/** What else is known of a document's status than what it says. */
export interface Beside {
  readonly record: PlanRecord;
  /** What an older tool keeps in a file of its own, or says by the folder. */
  readonly status?: DocumentStatus | undefined;
}

/** Reads a document as far as its life is concerned. Never throws; linear in its length. */
export function readDocument(path: string, text: string, { record, status: elsewhere }: Beside): PlanDocument {
  const outline = outlineOf(new Source(text));
  const detected = detectKind(outline, undefined);
  const { frontMatter, headings } = outline;
  const slug = (frontMatter.slug === undefined ? undefined : slugLike(frontMatter.slug)) ?? slugOfPlace(path) ?? 'plan';
  const boxes = boxCount(outline);
  const own = statusIn(outline)?.value;
  const sha256 = outlineHash(outline);
  const approval = approvalOf(record, sha256);
  return {
    path,
    outline,
    kind: 'kind' in detected ? detected.kind : undefined,
    slug,
    title: frontMatter.title ?? headings.find(({ level }) => level === 1)?.title ?? slug,
    status: own ?? elsewhere ?? (boxes.all > 0 && boxes.done === boxes.all ? 'done' : 'draft'),
    stated: own !== undefined || elsewhere !== undefined,
    sha256,
    boxes,
    record,
    approval,
    changed: approval === undefined && approvalsIn(record).length > 0,
  };
}

function slugLike(text: string): string | undefined {
  return /^[a-z0-9][a-z0-9._-]{0,63}$/.test(text) ? text : undefined;
}

/** Those that are not over. */
export const PENDING: readonly DocumentStatus[] = ['in-progress', 'approved', 'in-review', 'draft', 'suspended'];

export function isPending({ status }: Pick<PlanDocument, 'status'>): boolean {
  return PENDING.includes(status);
}

/** The state that `list` groups by: a status, or that an approved text was changed. */
export type PlanState = DocumentStatus | 'changed';

export function stateOf(document: PlanDocument): PlanState {
  const carried =
    document.status === 'approved' || document.status === 'in-progress' || document.status === 'suspended';
  return carried && document.changed ? 'changed' : document.status;
}

/** The command that comes next for a document, and why. `name`: what the plan is called on the command line. */
export function nextFor(document: PlanDocument, name: string): { readonly type: string; readonly why: string } {
  const { status, boxes, approval, path } = document;
  const doubt = doubtsIn(document.record)[0];
  const state = stateOf(document);
  if (state === 'changed')
    return { type: `masterplan approve ${name}`, why: 'its text was changed after it was approved' };
  if (status === 'draft' || status === 'in-review') {
    return { type: `masterplan approve ${name}`, why: 'when nothing is left to write; masterplan lint says what is' };
  }
  if (approval === undefined || doubt !== undefined) {
    const why = doubt === undefined ? 'nothing says who approved it' : `its record cannot be read: ${doubt.name}`;
    return { type: `masterplan approve ${name}`, why };
  }
  if (status === 'approved') return { type: `masterplan start ${name}`, why: 'it is approved' };
  if (status === 'suspended') return { type: `masterplan start ${name}`, why: 'it was set aside' };
  const open = boxes.all - boxes.done;
  if (status === 'in-progress') {
    const why = open === 0 ? 'every box is ticked' : `when the last ${open === 1 ? 'box' : `${open} boxes`} are ticked`;
    return { type: `masterplan done ${name}`, why: open === 1 ? 'when the last box is ticked' : why };
  }
  return { type: `masterplan lint ${path}`, why: 'it is over' };
}

/**
 * Plans that hold others together, and plans of work: one of each may be current at a time, for the parts of a master plan
 * are planned and worked on while it is.
 */
export function tierOf(kind: PlanKind | undefined): 'whole' | 'part' {
  return kind === 'master' || kind === 'macro' ? 'whole' : 'part';
}
