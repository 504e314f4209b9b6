import { inertLine, oneLine } from './task-inert.ts';

/** The document beside a plan that holds what was found while planning: paths, lines, conventions, sources. */
export function appendixTemplate(title: string): string {
  const name = inertLine(oneLine(title));
  return `${[
    `# ${name === '' ? 'Plan' : name} — Appendix`,
    '## Codebase Findings',
    '[Where things are: path and line, what stands there, what it means for this plan]',
    '## Architecture Notes',
    '[How the parts hang together, which conventions hold, what must not break]',
    '## References',
    '[Documents, issues and sources that were read, each with a link]',
  ].join('\n\n')}\n`;
}
