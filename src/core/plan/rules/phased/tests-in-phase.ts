import { isSourcePath, isTestPath } from '../../kinds/phased/paths.ts';
import type { Rule } from '../rule.ts';
import { headOf, writtenPhases } from './parts.ts';

const TESTING =
  /\b(?:tests?|testing|pytest|vitest|jest|mocha|rspec|phpunit|ctest|nox|tox|ava|karma|cypress|playwright|verify|check|spec|bats|tap)\b/i;

/** PP-08: code without the tests that prove it, or a phase that only makes up for it later. */
export const testsInPhase: Rule<'phased'> = {
  id: 'PP-08',
  name: 'tests-in-phase',
  about: 'A phase changes code but neither changes nor runs a test, or it holds nothing but the tests of others.',
  severity: 'warning',
  fix: 'none',
  kinds: ['phased'],
  *check({ draft }) {
    const phases = writtenPhases(draft);
    for (const [i, { unit, phase }] of phases.entries()) {
      const paths = unit.paths.map(({ text }) => text);
      const span = headOf(draft, unit);
      const tested = paths.some(isTestPath) || unit.verify.some(({ run }) => TESTING.test(run));
      const source = paths.find(isSourcePath);
      if (source !== undefined && !tested) {
        const message = `Phase ${phase.number} changes ${source} but neither changes nor runs a test.`;
        yield {
          span,
          message,
          hint: 'List the test file under `### Files`, or run the tests under `### Verification`.',
        };
      }
      // A plan may begin with tests of what is there; later, they belong to the phase that they try.
      if (i > 0 && paths.length > 0 && paths.every(isTestPath)) {
        const message = `Phase ${phase.number} holds nothing but tests: until then, earlier phases are unproven.`;
        yield { span, message, hint: 'Move each test into the phase that it proves.' };
      }
    }
  },
};
