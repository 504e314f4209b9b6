import type { PlanKind } from '../model.ts';

/** A draft of a plan of one kind, all of it placeholders: what new-plan writes and what planning attempts are shown. */
export function templateOf(kind: PlanKind, title: string, slug: string): string {
  return `# ${title} (${kind}, ${slug})\n`;
}
