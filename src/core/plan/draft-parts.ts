import type { Span } from '../base/finding.ts';
import type { Box } from './model.ts';

/** A path of a task's scope as the document states it. */
export interface DraftPath {
  readonly text: string;
  readonly span: Span;
}

/** A verify command and where it stands. */
export interface DraftCommand {
  readonly run: string;
  readonly span: Span;
  /** What the document expects beyond exit code 0 (`returns ≥ 4`): shown, not checked. */
  readonly expects: string | undefined;
}

/** One step of a phase. */
export interface DraftStep {
  readonly number: number | undefined;
  readonly title: string;
  readonly box: Box | undefined;
  readonly span: Span;
}
