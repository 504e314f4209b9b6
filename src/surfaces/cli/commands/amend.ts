import { buildCommand } from '@stricli/core';
import { EXIT } from '../../../app/api.ts';
import type { Amendment } from '../../../app/amend.ts';
import { oneLine } from '../../../core/base/text.ts';
import { changeWords, impactWords } from '../../../core/run/amend/words.ts';
import { action, type Calling, type Cli } from '../command.ts';
import { jsonFlag, text, yesFlag } from '../options.ts';
import { paintOf, refuse, say, sayJson } from '../output.ts';
import { type OperationFlags, operationOf } from '../run/operation.ts';
import { send } from '../run/send.ts';

interface Flags extends OperationFlags {
  readonly plan?: string;
  readonly in?: string;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly json: boolean;
}

export const command = buildCommand<Flags, string[], Calling>({
  docs: {
    brief: 'Amend the plan of a run that is under way',
    fullDescription: [
      'Compares the plan that you edited with what the run carries out, shows what is otherwise and what that does to the run, and, when',
      'you approve, lets the run go on by the edited text: also while another terminal carries it on. What landed stays. Without a',
      'terminal and without --yes, the question waits at a gate that is bound to the very text.',
      'An operation (add, drop, split, merge, scope, verify, title, add-need, drop-need) edits the text for you; all else is the same.',
    ].join('\n'),
    customUsage: [
      { input: '[slug] --dry-run', brief: 'only show it' },
      { input: '[slug] drop T4', brief: 'whoever needed it needs what it needed' },
      {
        input: '[slug] add "Write the manual" --needs T2 --scope docs/ --verify "npm run docs"',
        brief: 'a task behind the others; --before T5 lets T5 wait for it',
      },
      {
        input: '[slug] split T3 "Read it" "Write it" --scope src/in/ --scope src/out/',
        brief: 'the first part keeps the id; --parallel lets the parts be done side by side',
      },
      { input: '[slug] merge T3 T4', brief: 'T3 does what both were to do' },
      { input: '[slug] scope T3 src/a/ src/b/', brief: 'it may change these instead' },
      { input: '[slug] add-need T5 T2', brief: 'T5 waits for T2; drop-need: no longer' },
      { input: '[slug] --in M2', brief: 'by what you edited in modules/M2/plan.md, the sub-plan of M2' },
      { input: '[slug] drop M2/T3', brief: 'a task of that sub-plan; to add one: --in M2 add "…"' },
      { input: '[slug] --plan other.md --yes', brief: 'by another file, without being asked' },
    ],
  },
  parameters: {
    flags: {
      plan: {
        kind: 'parsed',
        parse: text,
        brief: 'The edited plan; without it, the one of the bundle or the file that the run was made of',
        placeholder: 'plan.md',
        optional: true,
      },
      in: {
        kind: 'parsed',
        parse: text,
        brief: 'Amend the sub-plan of this task, which is carried out, instead of the plan',
        placeholder: 'task',
        optional: true,
      },
      dryRun: {
        kind: 'boolean',
        brief: 'Show what it would do, and change nothing',
        default: false,
        withNegated: false,
      },
      needs: { kind: 'parsed', parse: text, brief: 'add: what it waits for', placeholder: 'T1,T2', optional: true },
      before: { kind: 'parsed', parse: text, brief: 'add: who waits for it', placeholder: 'T1,T2', optional: true },
      scope: {
        kind: 'parsed',
        parse: text,
        brief: 'add: paths that it may change; split: those of the first part, the second, …',
        placeholder: 'paths',
        variadic: true,
        optional: true,
      },
      verify: {
        kind: 'parsed',
        parse: text,
        brief: 'add: a command that proves it; split: that of the first part, the second, …',
        placeholder: 'command',
        variadic: true,
        optional: true,
      },
      text: {
        kind: 'parsed',
        parse: text,
        brief: 'add: what is to be done, Markdown',
        placeholder: 'words',
        optional: true,
      },
      title: {
        kind: 'parsed',
        parse: text,
        brief: 'merge: the title of the merged task',
        placeholder: 'words',
        optional: true,
      },
      parallel: {
        kind: 'boolean',
        brief: 'split: the parts do not wait for each other',
        default: false,
        withNegated: false,
      },
      yes: { ...yesFlag, brief: 'Approve it without being asked' },
      json: jsonFlag,
    },
    aliases: { y: 'yes' },
    positional: {
      kind: 'array',
      parameter: {
        brief: 'Name of the run, and an operation with its words',
        placeholder: 'slug or operation',
        parse: text,
      },
    },
  },
  func: action(amend),
});

async function amend(
  cli: Cli,
  { plan, in: inside, dryRun, yes, json, ...flags }: Flags,
  ...words: readonly string[]
): Promise<number> {
  const asked = operationOf(words, flags);
  if (!asked.ok) return refuse(cli, { ...asked.error, exit: EXIT.usage }, json);
  if (asked.value.operation !== undefined && plan !== undefined)
    return refuse(
      cli,
      {
        message: 'an operation is on what the run carries out, not on another file',
        hint: 'leave out --plan',
        exit: EXIT.usage,
      },
      json,
    );
  const options = {
    ...asked.value,
    ...(plan === undefined ? {} : { plan }),
    ...(inside === undefined ? {} : { inside }),
  };
  const weighed = await cli.app.weighAmendment(cli.context, options, !dryRun);
  if (!weighed.ok) return refuse(cli, weighed.error, json);
  const amendment = weighed.value;
  if (json) sayJson(cli, { amendment });
  else say(cli, await render(cli, amendment));
  if (dryRun) return EXIT.ok;
  let approved = yes;
  if (!yes && !json && cli.context.terminal.interactive) {
    if ((await cli.prompts.confirm('Let the run go on by this text?')) !== true) {
      say(cli, [
        asked.value.operation === undefined
          ? 'Nothing is changed. The edited text stays where it is.'
          : 'Nothing is changed.',
      ]);
      return EXIT.failed;
    }
    approved = true;
  }
  const { sha256, before, task } = amendment;
  const inPlan = task === undefined ? {} : { task };
  const sent = await send(cli, { request: 'amend', run: amendment.slug, sha256, before, approved, ...inPlan }, json);
  return sent === EXIT.ok && !approved ? EXIT.waits : sent;
}

async function render(
  cli: Cli,
  { slug, task, sha256, from, operation, changes, impact, warnings }: Amendment,
): Promise<string[]> {
  const paint = await paintOf(cli);
  const line = (one: string): string => {
    const words = `  ${oneLine(one, 400)}`;
    return one.startsWith('+') ? paint.good(words) : one.startsWith('-') ? paint.bad(words) : words;
  };
  return [
    `${paint.strong(oneLine(slug))}: ${operation ?? `${oneLine(from)} says otherwise`}${task === undefined ? '' : `, in the sub-plan of ${oneLine(task)}`} (${sha256.slice(0, 12)})`,
    '',
    ...changeWords(changes).map(line),
    ...(impact.length === 0
      ? []
      : ['', 'What that does', ...impactWords(impact).map((one) => `  ${oneLine(one, 400)}`)]),
    ...(warnings.length === 0 ? [] : ['', ...warnings.map((one) => paint.warn(`  ${oneLine(one, 300)}`))]),
    '',
  ];
}
