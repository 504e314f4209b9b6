import { expect, test } from 'vitest';
import { doingIn, lastDoing } from '../../../src/core/agents/doing.ts';

const line = (event: object): string => JSON.stringify({ at: 1, ...event });

test.each([
  [{ type: 'tool_started', id: '1', tool: 'Bash', what: 'npm test\nrm x' }, 'Bash: npm test'],
  [{ type: 'tool_started', id: '1', tool: 'Task', what: 'Task' }, 'Task'],
  [{ type: 'text', text: 'I look at the tests.\n\nThen …' }, 'I look at the tests.'],
  [{ type: 'text', text: 'hm', thought: true }, 'thinks'],
  [{ type: 'permission_asked', ask: { what: 'Bash: make' } }, 'waits for an answer: Bash: make'],
  [{ type: 'retrying', message: 'try 1 of 3: 529' }, 'its program tries again: try 1 of 3: 529'],
  [{ type: 'usage', usage: { input: 1 } }, undefined],
  [{ type: 'text', text: '\u001b[31mred\u0007 x' }, '[31mred  x'],
])('%o says %s', (event, doing) => expect(doingIn(line(event))).toEqual(doing));

test('the last thing that an agent was at is found behind what says nothing of it, and before a torn line', () => {
  const tail = [
    'torn"}',
    line({ type: 'tool_started', id: '1', tool: 'Read', what: 'a.ts' }),
    line({ type: 'usage', usage: {} }),
    '{"at":1,"type":"te',
  ];
  expect(lastDoing(tail.join('\n'))).toBe('Read: a.ts');
  expect(lastDoing('')).toBeUndefined();
});
