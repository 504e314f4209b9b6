import type { Finding } from '../../base/finding.ts';
import type { Compiled } from '../compile.ts';
import type { Draft } from '../draft.ts';

/** What a rule looks at: the document as read, and the tasks it compiles to. */
export interface Subject {
  readonly draft: Draft;
  readonly compiled: Compiled;
}

/** One lint rule: a stable id and a check that never throws. */
export interface Rule {
  readonly id: string;
  readonly check: (subject: Subject) => Iterable<Finding>;
}
