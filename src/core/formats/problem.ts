import type { Severity } from '../base/finding.ts';
import { Source } from '../plan/markdown/source.ts';
import type { ForeignFile, Placed } from './format.ts';

/** Collects findings about one file; lines are counted once, when the first finding is made. */
export class Problems {
  readonly found: Placed[] = [];
  readonly #sources = new Map<string, Source>();

  add(
    file: ForeignFile,
    range: { readonly start: number; readonly end: number },
    rule: string,
    severity: Severity,
    message: string,
    hint: string,
  ): void {
    let source = this.#sources.get(file.path);
    if (source === undefined) {
      source = new Source(file.text);
      this.#sources.set(file.path, source);
    }
    const start = Math.min(range.start, file.text.length);
    const span = source.span(start, Math.min(Math.max(start, range.end), file.text.length));
    this.found.push({ rule, severity, message, hint, span, file: file.path });
  }
}
