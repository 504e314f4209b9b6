import { acpDriver } from './acp/driver.ts';
import { claudeDriver } from './claude/driver.ts';
import { codexDriver } from './codex/driver.ts';
import type { MakeDriver } from './driver.ts';
import type { AgentFamily } from './order.ts';

/** The driver of each family. A new family is one file and one line here. */
export const DRIVERS: Readonly<Record<AgentFamily, MakeDriver>> = {
  claude: claudeDriver,
  codex: codexDriver,
  acp: acpDriver,
};
