import { buildCommand } from '@stricli/core';
import { EXIT } from '../../../app/api.ts';
import type { ResearchRequest } from '../../../app/research.ts';
import { oneLine, printable } from '../../../core/base/text.ts';
import { action, type Calling, type Cli } from '../command.ts';
import { jsonFlag, saying, text } from '../options.ts';
import { refuse, say, sayJson } from '../output.ts';

interface Flags {
  readonly question?: string;
  readonly reason?: string;
  readonly json: boolean;
}

export const command = buildCommand<Flags, string[], Calling>({
  docs: {
    brief: 'Research bundles: what was found out, for whoever plans',
    fullDescription: [
      'What was found out before anything is planned, as bundles in .agents/bundles/: question, findings, constraints, success criteria, open',
      'questions, recommendations. A plan, topic or spec that names one by its path gets it into the briefs of those who plan.',
    ].join('\n'),
    customUsage: [
      { input: '[--json]', brief: 'all of them, with their state' },
      { input: 'new "refresh tokens" --question "Where do sessions end?"', brief: 'write one from the template' },
      { input: 'show refresh-tokens', brief: 'one of them' },
      { input: 'archive refresh-tokens --reason "it is built"', brief: 'move it to the archive, with a record' },
    ],
  },
  parameters: {
    flags: {
      question: {
        kind: 'parsed',
        parse: text,
        brief: 'With new: what is to be found out',
        placeholder: 'text',
        optional: true,
      },
      reason: { kind: 'parsed', parse: saying, brief: 'With archive: why', placeholder: 'text', optional: true },
      json: jsonFlag,
    },
    positional: {
      kind: 'array',
      parameter: { brief: 'new, list, show or archive, and which', placeholder: 'new|list|show|archive', parse: text },
    },
  },
  func: action(research),
});

async function research(cli: Cli, { question, reason, json }: Flags, ...words: string[]): Promise<number> {
  const [what = 'list', ...rest] = words;
  const name = rest.join(' ').trim();
  const wrong = (message: string): Promise<number> =>
    refuse(cli, { message, hint: 'masterplan research --help', exit: EXIT.usage }, json);
  if (what !== 'new' && what !== 'list' && what !== 'show' && what !== 'archive')
    return wrong(`masterplan research does not know ${JSON.stringify(what)}`);
  if (what === 'list' ? name !== '' : name === '')
    return wrong(what === 'list' ? 'list takes no name' : 'a name is missing');
  const request: ResearchRequest =
    what === 'list'
      ? { what }
      : what === 'new'
        ? { what, topic: name, question }
        : what === 'show'
          ? { what, name }
          : { what, name, reason };
  const answer = await cli.app.research(cli.context, request);
  if (!answer.ok) return refuse(cli, answer.error, json);
  const { bundles, text: document } = answer.value;
  if (json) sayJson(cli, { schema: 1, ...answer.value });
  else if (document !== undefined) say(cli, printable(document).trimEnd().split('\n'));
  else if (bundles.length === 0) say(cli, ['no research bundle: masterplan research new <topic>']);
  else
    say(
      cli,
      bundles.flatMap(({ state, path, topic, day, unfilled, findings }) => [
        `${state.padEnd(8)}  ${oneLine(path)}  ${[oneLine(topic), day ?? '', unfilled === 0 ? '' : `${unfilled} to fill in`].filter((one) => one !== '').join(', ')}`,
        ...findings.map((one) => `          ${one.rule} ${oneLine(one.message)}`),
      ]),
    );
  return EXIT.ok;
}
