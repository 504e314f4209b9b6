import { expect, test } from 'vitest';
import { openExecute, openTopic } from '../../src/app/topics.ts';
import { desk } from './rig.ts';

const PLAN = (title: string): string =>
  `# Plan: ${title}\n\nShort.\n\n### Task 1: One\n\n**Files:** \`one.txt\`\n**Needs:** none\n**Verify:** \`test -e one.txt\`\n`;
const SPEC = `# Refresh tokens\n\n## Intent\n\nPeople stay logged in.\n\n## Scope boundary\n\n- In: sessions\n\n## Requirements\n\n- FR-1: sessions are refreshed\n\n## Assumptions\n\n- None\n\n## Open decisions\n\n- None\n`;

test('a verb that is typed without saying of what names the plans and specs that are there', async () => {
  const { context, write } = desk({ 'docs/plans/two-doors/plan.md': PLAN('Two doors') });
  const nothing = { verb: 'plan' as const };
  expect(await openTopic(context, nothing)).toMatchObject({ error: { message: 'plan needs a topic' } });
  write('docs/plans/the windows/plan.md', PLAN('Windows'));
  write('docs/refresh-spec.md', SPEC);
  write('docs/half-spec.md', '# No spec\n');
  expect(await openExecute(context)).toMatchObject({
    error: { exit: 2, hint: expect.stringContaining("masterplan execute 'docs/plans/the windows/plan.md'") },
  });
  expect(await openTopic(context, nothing)).toMatchObject({
    error: { exit: 2, hint: expect.stringMatching(/^masterplan plan --from-spec=docs\/refresh-spec\.md, or: /) },
  });
});

test('execute takes a plan by its slug, its folder or words of its title, and begins nothing where several fit', async () => {
  const one = desk({
    'docs/plans/two-doors/plan.md': PLAN('Two doors'),
    'docs/plans/windows/plan.md': PLAN('Windows and doors'),
  });
  for (const words of ['two-doors', 'docs/plans/two-doors', 'docs/plans/two-doors/', 'Two doors'])
    expect(await openExecute(one.context, words), words).toEqual({
      ok: true,
      value: { target: 'docs/plans/two-doors/plan.md' },
    });
  one.write('sub/x', '');
  expect(await openExecute(one.in('sub'), 'windows')).toMatchObject({
    value: { target: '../docs/plans/windows/plan.md' },
  });
  expect(await openExecute(one.context, 'doors')).toMatchObject({
    error: { message: expect.stringContaining(' or ') },
  });
  expect(await openExecute(one.context, 'gates')).toMatchObject({
    error: { hint: expect.stringContaining('masterplan full "gates"') },
  });
});
