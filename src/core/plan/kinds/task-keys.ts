/** The keys of a task as we write them; what comes near one of them and is none was probably meant as one. */
export const TASK_KEYS: readonly string[] = [
  'Files',
  'Needs',
  'Depends on',
  'Blocked by',
  'Verify',
  'Verification',
  'Parallel-group',
  'Agent',
  'Codex',
  'Estimate',
  'Non-committing',
  'Plan first',
  'Resources',
];
