import { buildCommand } from '@stricli/core';
import { action, type Calling, type JsonFlag } from '../command.ts';
import { jsonFlag, slugArgument } from '../options.ts';
import { next } from '../quick/looks.ts';

export const command = buildCommand<JsonFlag, [string?], Calling>({
  docs: {
    brief: 'The next thing to type',
    fullDescription: 'The next thing to type for every run that is not over, and why.',
    customUsage: ['[slug]', '[slug] --json'],
  },
  parameters: { flags: { json: jsonFlag }, positional: slugArgument },
  func: action(next),
});
