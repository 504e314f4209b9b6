/** A task as the tests write it down; see {@link planOf} for what stands for what. */
export interface TaskText {
  readonly id: string;
  readonly title?: string;
  /** Its scope; without it, `<id>.txt` in lower case. */
  readonly files?: readonly string[];
  readonly needs?: readonly string[];
  /** Without it: every file of the scope exists. */
  readonly verify?: readonly string[];
  readonly agent?: string;
  readonly text?: string;
}

/** Markdown of a plan of kind `task`. */
export function planOf(
  tasks: readonly TaskText[],
  options: { readonly title?: string; readonly verify?: string } = {},
): string {
  const parts = [`# Plan: ${options.title ?? 'Demo'}`];
  for (const task of tasks) {
    const files = task.files ?? [`${task.id.toLowerCase()}.txt`];
    const verify = task.verify ?? files.map((file) => `test -e ${file}`);
    parts.push(
      `## ${task.id}: ${task.title ?? `Make ${files.join(' and ')}`}`,
      [
        `**Files:** ${files.map((file) => `\`${file}\``).join(', ')}`,
        `**Needs:** ${task.needs === undefined || task.needs.length === 0 ? 'none' : task.needs.join(', ')}`,
        ...(task.agent === undefined ? [] : [`**Agent:** ${task.agent}`]),
      ].join('\n\n'),
      `**Verify:**\n\n\`\`\`sh\n${verify.join('\n')}\n\`\`\``,
    );
    if (task.text !== undefined) parts.push(task.text);
  }
  if (options.verify !== undefined) parts.push(`## Verification\n\n\`\`\`sh\n${options.verify}\n\`\`\``);
  return `${parts.join('\n\n')}\n`;
}

/** T1 first, T2 and T3 beside each other, then T4. */
export const DIAMOND: readonly TaskText[] = [
  { id: 'T1' },
  { id: 'T2', needs: ['T1'] },
  { id: 'T3', needs: ['T1'] },
  { id: 'T4', needs: ['T2', 'T3'] },
];
