import type { PlanKind } from '../../plan/model.ts';
import type { Complexity } from '../complexity.ts';
import type { Question, WrittenPlan } from './model.ts';

/** The facts about documents that a run writes for itself. */
export type AuthoringEvent =
  /** The run begins with an idea: its first tasks write the spec and the plan. */
  | {
      readonly event: 'authoring_begun';
      readonly topic: string;
      readonly complexity: Complexity;
      /** The kind of plan that was asked for; `null`: the one that fits. */
      readonly kind: PlanKind | null;
      /** Where the verb that was typed ends; `null`: with the run. */
      readonly until: 'spec' | 'plan' | null;
      /** Answers that were given beforehand, by the id or the words of a question; `*`: for all others. */
      readonly given: Readonly<Record<string, string>>;
      /** Of a spec that was handed over instead of being written. */
      readonly spec_sha256: string | null;
      readonly suggested?: { readonly kind: PlanKind; readonly why: string };
    }
  /** Somebody typed a verb that goes further, or gave answers. */
  | {
      readonly event: 'authoring_extended';
      readonly until: 'spec' | 'plan' | null;
      readonly by: string;
      readonly given?: Readonly<Record<string, string>>;
    }
  /** An attempt ended well, and what it wrote is in the bundle. */
  | {
      readonly event: 'document_written';
      readonly task: string;
      readonly attempt: number;
      /** Of the text, or, of a scan and an interview, of the digest. */
      readonly sha256: string;
      readonly remarks: readonly string[];
      /** Of a spec and a plan: a commit with the document, for those who review it. It never lands. */
      readonly commit?: string;
      readonly tree?: string;
      /** Of an interview. */
      readonly questions?: readonly Question[];
      /** Of a spec: the kind of plan that it speaks for. */
      readonly suggested?: { readonly kind: PlanKind; readonly why: string };
      readonly plan?: WrittenPlan;
    }
  /** A person changed a document before approving it: this is what it says now. */
  | {
      readonly event: 'document_edited';
      readonly task: string;
      readonly by: string;
      readonly sha256: string;
      readonly suggested?: { readonly kind: PlanKind; readonly why: string };
      readonly plan?: WrittenPlan;
    }
  | {
      readonly event: 'document_approved';
      readonly task: string;
      readonly sha256: string;
      readonly by: string;
      readonly how: string;
    }
  | { readonly event: 'document_rejected'; readonly task: string; readonly by: string; readonly reason: string };
