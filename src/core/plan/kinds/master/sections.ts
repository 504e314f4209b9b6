import type { SectionSpec } from '../section-spec.ts';
import { ORCHESTRATION_KEY, OVERVIEW_KEY, STANDARDS_KEY, TESTING_KEY, VERIFICATION_KEY } from './keys.ts';

/** The sections of a master plan around its modules. Phase 0 is MS-01's, the verification of the whole MS-11's. */
export const MASTER_SECTIONS: readonly SectionSpec[] = [
  {
    title: 'System Overview',
    key: OVERVIEW_KEY,
    need: 'should',
    stub: '[What the system is for, what it does, and what it is built with]',
  },
  {
    title: 'Dependencies & parallelization',
    key: ORCHESTRATION_KEY,
    need: 'always',
    stub: '- **Sequential**: Phase 0 → then all others\n- **Parallel**: [phases that can run at once]',
  },
  {
    title: 'Shared engineering standards',
    key: STANDARDS_KEY,
    need: 'may',
    stub: '### Error handling\n\n[What every module does with errors]',
  },
  {
    title: 'Testing strategy',
    key: TESTING_KEY,
    need: 'should',
    stub: '[What every module tests, with what, and what is tested across modules]',
  },
  {
    title: 'Verification',
    key: VERIFICATION_KEY,
    need: 'may',
    stub: '- [ ] All modules are implemented and merged\n- [ ] Integration tests pass between the modules\n- [ ] E2E tests pass for the journeys that matter',
  },
];
