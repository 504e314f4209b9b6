import { err, ok, type Result } from '../base/result.ts';
import { findCycles } from '../plan/graph.ts';
import type { Portable, PortableText } from '../plan/portable.ts';
import type { Foreign, ForeignFile, FormatName, Placed } from './format.ts';
import { Ids } from './ids.ts';
import { type Building, built, building } from './order.ts';
import { Problems } from './problem.ts';

/** A stretch of a file. */
export interface Place {
  readonly file: ForeignFile;
  readonly start: number;
  readonly end: number;
}

/** How many ids of a circle are shown. */
const MAX_SHOWN = 12;

/** Puts together what the reader of a format finds. */
export class Builder {
  readonly problems = new Problems();
  readonly ids = new Ids();
  readonly units: Building[] = [];
  readonly statuses: Record<string, string> = {};
  readonly requirements: PortableText[] = [];
  readonly criteria: (PortableText & { requirements: readonly string[] })[] = [];
  readonly documents: { path: string; title: string }[] = [];
  readonly #places = new Map<string, Place>();
  readonly #format: FormatName;
  readonly #files: readonly ForeignFile[];

  constructor(format: FormatName, files: readonly ForeignFile[]) {
    this.#format = format;
    this.#files = files;
  }

  /** Adds a unit; `undefined` when its id was there already, which is a finding. */
  unit(
    theirs: string,
    title: string,
    place: Place,
    fields: Partial<Building> = {},
    like = theirs,
  ): Building | undefined {
    if (this.ids.ours(theirs) !== undefined) {
      this.say(place, 'FF-02', 'error', `${theirs} is there twice; the second one is left out.`, 'Give it another id.');
      return undefined;
    }
    const unit = building(this.ids.give(theirs, like), title, fields);
    this.units.push(unit);
    this.#places.set(unit.id, place);
    return unit;
  }

  /** Adds a need by their id. */
  need(unit: Building, theirs: string, place: Place): void {
    const id = this.ids.ours(theirs);
    const own = this.ids.theirs[unit.id] ?? unit.id;
    if (id === undefined) {
      this.say(
        place,
        'FF-03',
        'warning',
        `${own} needs ${theirs.slice(0, 60)}, which is not there; that need is left out.`,
        'Name a task that exists, or remove it.',
      );
    } else if (id === unit.id) {
      this.say(place, 'FF-05', 'warning', `${own} needs itself; that need is left out.`, 'Remove it.');
    } else unit.needs.add(id);
  }

  say(place: Place, rule: string, severity: Placed['severity'], message: string, hint: string): void {
    this.problems.add(place.file, place, rule, severity, message, hint);
  }

  /** The whole, or the findings when there is no unit. */
  done(plan: Pick<Portable, 'title' | 'context'> & Partial<Portable>): Result<Foreign, readonly Placed[]> {
    const { found } = this.problems;
    const [first] = this.#files;
    if (this.units.length === 0) {
      if (first !== undefined && !found.some((one) => one.severity === 'error'))
        this.say(
          { file: first, start: 0, end: 0 },
          'FF-09',
          'error',
          'There is no task here.',
          'Name the file or folder that holds the tasks.',
        );
      return err(found);
    }
    const units = built(this.units);
    for (const circle of findCycles(units)) {
      const place = this.#places.get(circle[0] as string);
      const shown = circle.length > MAX_SHOWN ? [...circle.slice(0, MAX_SHOWN - 1), '…', circle[0] as string] : circle;
      const path = shown.map((id) => this.ids.theirs[id] ?? id).join(' → ');
      if (place !== undefined)
        this.say(place, 'FF-04', 'error', `These need each other in a circle: ${path}.`, 'Remove one of these needs.');
    }
    return ok({
      format: this.#format,
      plan: { requirements: this.requirements, criteria: this.criteria, verify: [], ...plan, units },
      ids: this.ids.theirs,
      statuses: this.statuses,
      kept: { files: this.#files },
      findings: found,
      places: Object.fromEntries(
        [...this.#places].map(([id, { file, start }]) => [id, { file: file.path, start }] as const),
      ),
      documents: this.documents,
    });
  }
}
