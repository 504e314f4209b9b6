import { expect, test } from 'vitest';
import { gateCalled, typedGate } from '../../../src/core/run/gate-name.ts';

const LONG = 'ask:T1#1:63ba4416-d59c-4cb5-ab0e-8d17d0b98b90';
const OTHER = 'ask:T1#1:b54143cd-93d0-48ed-9df1-945f3ed63777';

test('a question of an agent is typed without what a shell could take for a pattern, and without its whole id', () => {
  expect(typedGate(LONG, [LONG, OTHER])).toBe('ask:T1.1:d0b98b90');
  expect(typedGate('ask:T2#1:1', ['ask:T2#1:1', LONG])).toBe('ask:T2.1:1');
  for (const gate of ['lane:claude', 'budget:T1', 'plan', 'finish', 'plan:T3'])
    expect(typedGate(gate, [gate])).toBe(gate);
});

test('where two would look alike, the whole id is typed', () => {
  const alike = 'ask:T1#1:00000000-0000-0000-0000-0000d0b98b90';
  expect(typedGate(LONG, [LONG, alike])).toBe('ask:T1.1:63ba4416-d59c-4cb5-ab0e-8d17d0b98b90');
  expect(gateCalled('ask:T1.1:d0b98b90', [LONG, alike])).toBeUndefined();
});

test('what a program made its id of is quoted where a shell would read it', () => {
  const odd = 'ask:T1#1:$(id)';
  expect(typedGate(odd, [odd])).toBe("'ask:T1.1:$(id)'");
});

test('what was typed means the question that it was shown for, and no other', () => {
  const open = [LONG, OTHER, 'ask:T2#1:1', 'lane:claude'];
  for (const gate of open) {
    expect(gateCalled(gate, open)).toBe(gate);
    expect(gateCalled(typedGate(gate, open), open)).toBe(gate);
    expect(
      gateCalled(
        typedGate(gate, open),
        open.filter((one) => one !== gate),
      ),
    ).toBeUndefined();
  }
  for (const typed of ['ask:T1', 'ask:T1.1', 'ask:T1.1:', 'ask:T1.1:8b90', 'ask:T2.2:1', 'T1', '', 'ask:T1.2:d0b98b90'])
    expect(gateCalled(typed, open), typed).toBeUndefined();
});
