import type { FunctionalDetail } from './functional/model.ts';
import type { ImplementationDetail } from './implementation/model.ts';
import type { MacroDetail } from './macro/model.ts';
import type { MasterDetail } from './master/model.ts';
import type { MicroDetail } from './micro/model.ts';
import type { TaskDetail } from './task-model.ts';
import type { PhasedDetail } from './phased/model.ts';

/** What only plans of one kind have, by kind. */
export interface Details {
  readonly phased: PhasedDetail;
  readonly master: MasterDetail;
  readonly task: TaskDetail;
  readonly implementation: ImplementationDetail;
  readonly functional: FunctionalDetail;
  readonly macro: MacroDetail;
  readonly micro: MicroDetail;
}
