import { err, ok, type Result } from '../../base/result.ts';
import type { RunEvent } from '../event.ts';
import type { Refusal, Request } from '../request.ts';
import type { Gate, RunState, TaskState } from '../state.ts';
import { chosen } from './interview.ts';
import { PLAN_GATE, SPEC_GATE } from './model.ts';

/** What a document says now, when a person edited it while its gate was open. */
export type EditedDocument = Pick<Extract<RunEvent, { event: 'document_edited' }>, 'sha256' | 'suggested' | 'plan'>;

/** The task whose document waits at a gate. */
export function documentAt(state: RunState, gate: string): TaskState | undefined {
  if (state.authoring === undefined) return undefined;
  const authors = gate === SPEC_GATE ? 'spec' : gate === PLAN_GATE ? 'plan' : undefined;
  // Sub-plans of what the plan unfolds to wait, too, at gates of their own.
  if (authors === undefined) return undefined;
  return state.tasks.find(({ task, progress }) => task.authors === authors && progress.status === 'planned');
}

/** `masterplan approve <run>` in a run that begins with an idea: its plan, by the hash of what the person has before them. */
export function approvePlan(
  state: RunState,
  request: Extract<Request, { request: 'approve' }>,
  edited: EditedDocument | undefined,
): Result<RunEvent[], Refusal> {
  const task = documentAt(state, PLAN_GATE);
  if (task?.document === undefined) {
    const [waits] = state.gates;
    return err({
      message: waits === undefined ? 'no plan waits for approval' : `what waits for you: ${waits.question}`,
      hint: `masterplan status ${state.slug}`,
    });
  }
  if (request.planSha256 !== (edited?.sha256 ?? task.document.sha256))
    return err({
      message: 'the plan is another one than the one that you read',
      hint: `look at it again, then: masterplan approve ${state.slug}`,
    });
  return ok(approved(task, PLAN_GATE, request, undefined, edited));
}

/** An answer at the gate of a document, or to a question of the interview; `undefined`: the gate is another one. */
export function answerAuthoring(
  state: RunState,
  gate: Gate,
  request: Extract<Request, { request: 'answer' }>,
  edited: EditedDocument | undefined,
): Result<RunEvent[], Refusal> | undefined {
  const note = request.note?.trim();
  const said = note === undefined || note === '' ? undefined : note;
  const { by, how } = request;
  const answer = (words: string): RunEvent => ({
    event: 'gate_answered',
    gate: gate.id,
    answer: words,
    by,
    how,
    ...(said === undefined ? {} : { note: said }),
  });
  if (gate.id.startsWith('interview:')) {
    const words = chosen(gate, request.answer);
    if (gate.options.includes(words) || (request.words === true && words !== '')) return ok([answer(words)]);
    return err({
      message: `"${request.answer}" is no option of ${gate.id}`,
      hint: `answer one of, or its number: ${gate.options.map((one, i) => `${i + 1} ${one}`).join('; ')}; in your own words: with --note "…"`,
    });
  }
  const task = documentAt(state, gate.id);
  if (task === undefined) return undefined;
  if (request.answer === 'approve') return ok(approved(task, gate.id, request, said, edited));
  if (request.answer === 'revise') {
    const reason = `${by} asks for another text${said === undefined ? '' : `: ${said}`}`;
    return ok([answer('revise'), { event: 'document_rejected', task: task.task.id, by, reason }]);
  }
  return undefined;
}

/** The facts of an approval. */
export function approved(
  { task, document }: TaskState,
  gate: string,
  { by, how }: { readonly by: string; readonly how: string },
  note: string | undefined,
  edited: EditedDocument | undefined,
): RunEvent[] {
  const sha256 = edited?.sha256 ?? document?.sha256 ?? '';
  return [
    { event: 'gate_answered', gate, answer: 'approve', by, how, ...(note === undefined ? {} : { note }) },
    ...(edited === undefined ? [] : [{ event: 'document_edited' as const, task: task.id, by, ...edited }]),
    { event: 'document_approved', task: task.id, sha256, by, how },
    ...(task.authors === 'plan' ? [{ event: 'plan_approved' as const, sha256, by, how }] : []),
  ];
}
