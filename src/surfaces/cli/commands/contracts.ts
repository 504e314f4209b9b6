import { buildCommand } from '@stricli/core';
import { EXIT } from '../../../app/api.ts';
import { action, type Calling, type Cli, type JsonFlag } from '../command.ts';
import { jsonFlag, text } from '../options.ts';
import { paintOf, refuse, say, sayJson } from '../output.ts';

export const command = buildCommand<JsonFlag, [string?], Calling>({
  docs: {
    brief: 'What agents are told and have to give back',
    fullDescription: [
      'The contracts of everything that masterplan asks of agents: what goes out, what has to come back, and how large it may be.',
      'With an id: the JSON Schemas of its brief and its digest.',
    ].join('\n'),
    customUsage: ['implement.v1', '--json'],
  },
  parameters: {
    flags: { json: jsonFlag },
    positional: {
      kind: 'tuple',
      parameters: [{ brief: 'Id of a contract', placeholder: 'id', parse: text, optional: true }],
    },
  },
  func: action(contracts),
});

async function contracts(cli: Cli, { json }: JsonFlag, id?: string): Promise<number> {
  const found = await cli.app.listContracts(id);
  if (!found.ok) return refuse(cli, found.error, json);
  if (json) {
    sayJson(cli, { schema: 1, ...found.value });
    return EXIT.ok;
  }
  const paint = await paintOf(cli);
  const out: string[] = [];
  for (const { id: name, about, role, dispatched_by, brief, digest } of found.value.contracts) {
    if (out.length > 0) out.push('');
    out.push(`${paint.strong(name)}  ${about}`);
    out.push(
      paint.faint(
        `  role ${role}; a digest of at most ${digest.limit.toLocaleString('en')} bytes; ${dispatched_by ?? 'registered: nothing in this release dispatches it'}`,
      ),
    );
    if (id === undefined) continue;
    out.push('', 'Brief', ...JSON.stringify(brief.schema, null, 2).split('\n'));
    out.push('', 'Digest', ...JSON.stringify(digest.schema, null, 2).split('\n'));
  }
  say(cli, out);
  return EXIT.ok;
}
