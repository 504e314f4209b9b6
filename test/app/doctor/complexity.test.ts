import { expect, test } from 'vitest';
import { runDoctor } from '../../../src/app/doctor/doctor.ts';
import { desk } from '../rig.ts';

test('doctor is as thorough as the complexity of the configuration, unless somebody says how', async () => {
  const checks = async (text: string, request = {}): Promise<number> => {
    const { context } = desk({ '.masterplan.yaml': text });
    const done = await runDoctor(context, request);
    return done.ok ? done.value.checks : 0;
  };
  const usual = await checks('');
  expect(await checks('complexity: medium\n')).toBe(usual);
  expect(await checks('complexity: low\n')).toBeLessThan(usual);
  expect(await checks('complexity: high\n')).toBeGreaterThan(usual);
  expect(await checks('complexity: high\n', { thoroughness: 'medium' })).toBe(usual);
});
