import { oneLine } from '../../base/text.ts';
import { templateOf } from '../../plan/kinds/templates.ts';
import type { PlanKind } from '../../plan/model.ts';
import { PRESETS } from '../complexity.ts';
import type { RunState, TaskState } from '../state.ts';
import { type Authoring, type Scan, SCANS } from './model.ts';
import { rigorWords } from './rigor.ts';
import { specTemplate } from './spec.ts';

/** What a scan found out, as its digest says. */
export interface Found {
  readonly title: string;
  readonly summary: string;
  readonly answers: readonly {
    readonly question: string;
    readonly answer: string;
    readonly places: readonly string[];
  }[];
  readonly files: readonly { readonly path: string; readonly why: string }[];
  readonly open: readonly string[];
}

/** What is in the brief of an attempt that writes a document, beside what is in every brief. */
export interface AuthoringBrief {
  readonly goal: string;
  readonly context: string;
  readonly topic: string;
  readonly questions?: readonly string[];
  readonly paths?: readonly string[];
  readonly at_least?: number;
  readonly at_most?: number;
  readonly spec?: { readonly template: string };
  readonly plan?: { readonly kind: PlanKind; readonly template: string };
}

/** The kind of plan to write: the one that was asked for, else the one that the spec speaks for. */
export function kindToWrite({ kind, suggested }: Authoring): { readonly kind: PlanKind; readonly why: string } {
  if (kind !== null) return { kind, why: 'asked for' };
  return suggested ?? { kind: 'task', why: 'nothing speaks for another kind' };
}

/** What the next attempt of a task that writes a document is told. Only what it needs: digests, never what agents printed. */
export function authoringBrief(
  state: RunState,
  { task }: TaskState,
  given: { readonly found: readonly Found[]; readonly spec: string },
): AuthoringBrief {
  const authoring = state.authoring as Authoring;
  const { topic } = authoring;
  switch (task.authors) {
    case 'scan': {
      const scan = SCANS.find(({ id }) => id === task.id) as Scan;
      const goal = `Look around in this repository, and answer from what is there: files, history, documents. Change nothing.\n\nThe topic: ${topic}\n\n${scan.questions.map((one) => `- ${one}`).join('\n')}\n\nName the places that show it. What the repository does not say, say that it does not.`;
      return { goal, context: '', topic, questions: scan.questions, paths: [] };
    }
    case 'interview': {
      const [least, most] = PRESETS[authoring.complexity].questions;
      const goal = `Find out what has to be asked before a spec of this topic can be written: ${topic}\n\nPropose ${least} to ${most} questions that only a person can answer and that change what is built. Each has two to four options, of which you recommend one; what the repository answers is no question.`;
      return { goal, context: foundWords(given.found), topic, at_least: least, at_most: most };
    }
    case 'spec': {
      const goal = `Write the spec of this topic: what to build and why, not how. ${topic}\n\nIt says what is to be true at the end, what is inside and outside of the scope, the requirements (each can be checked), what was assumed, and what is still open. The plan is made from it and from nothing else.`;
      return {
        goal,
        context: [answerWords(authoring), foundWords(given.found)].filter((one) => one !== '').join('\n\n'),
        topic,
        spec: { template: specTemplate(topic) },
      };
    }
    default: {
      const { kind, why } = kindToWrite(authoring);
      const rigor = rigorWords(authoring.complexity, kind);
      const goal = `The plan of: ${topic}\n\nIts kind is ${kind}: ${why}. Every task names the files it may change and the commands that prove it. ${rigor === '' ? '' : `${rigor} `}It carries out this spec, and nothing beyond it:\n\n---\n\n${given.spec.trim()}`;
      return {
        goal,
        context: foundWords(given.found),
        topic,
        plan: { kind, template: templateOf(kind, oneLine(topic, 80), state.slug) },
      };
    }
  }
}

/** What was answered, with what was only assumed marked as such. */
function answerWords({ questions, answers }: Authoring): string {
  if (questions.length === 0) return '';
  const rows = questions.flatMap(({ id, question }) => {
    const given = answers[id];
    if (given === undefined) return [];
    const note = given.note === undefined ? '' : `; ${oneLine(given.note, 2000)}`;
    return [`- ${question} **${given.answer}**${note}${given.assumed ? ' (assumed: nobody was asked)' : ''}`];
  });
  return `### What was answered\n\n${rows.join('\n')}`;
}

/** What scans found out, for a brief or an appendix. */
export function foundWords(found: readonly Found[]): string {
  return found
    .map(({ title, summary, answers, files, open }) => {
      const parts = [
        `### ${title}`,
        summary.trim(),
        answers
          .map(
            ({ question, answer, places }) =>
              `- ${question} ${answer}${places.length === 0 ? '' : ` (${places.join(', ')})`}`,
          )
          .join('\n'),
        files.map(({ path, why }) => `- \`${path}\`: ${why}`).join('\n'),
        open.length === 0 ? '' : `Not to be found there:\n\n${open.map((one) => `- ${one}`).join('\n')}`,
      ];
      const said = parts.filter((one) => one !== '');
      return [...said, ...(said.length === 1 ? ['It came back with nothing.'] : [])].join('\n\n');
    })
    .join('\n\n');
}

/** The appendix of a plan whose author wrote none: what was found while planning. */
export function appendixOf(title: string, found: readonly Found[]): string {
  const words = foundWords(found).replaceAll(/^### /gm, '## ');
  return `# ${oneLine(title, 120)} — Appendix\n\n${words === '' ? '## Codebase Findings\n\nNothing was looked up.' : words}\n`;
}
