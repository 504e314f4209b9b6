import { buildCommand } from '@stricli/core';
import { action, type Calling, type JsonFlag } from '../command.ts';
import { jsonFlag, slugArgument } from '../options.ts';
import { status } from '../quick/looks.ts';

export const command = buildCommand<JsonFlag, [string?], Calling>({
  docs: {
    brief: 'How far the runs are, and what waits for you',
    customUsage: ['[slug]', { input: '[slug] --json', brief: 'for a program' }],
  },
  parameters: {
    flags: { json: jsonFlag },
    positional: {
      ...slugArgument,
      parameters: [{ ...slugArgument.parameters[0], brief: 'Name of a run; without it, all of them' }],
    },
  },
  func: action(status),
});
