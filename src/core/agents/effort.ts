import type { AgentFamily } from './order.ts';

/** Levels of effort that each program knows, weakest first; what stands in neither is passed on as it is. */
const LEVELS: Readonly<Record<AgentFamily, readonly string[]>> = {
  claude: ['low', 'medium', 'high', 'xhigh', 'max'],
  codex: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'],
  // Every program of the protocol has its own; it is asked for the one of that name.
  acp: [],
};
const ALL = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;

/** The level of effort as a program of this family calls it: the nearest one that it has. */
export function effortFor(family: AgentFamily, effort: string): string {
  const word = effort.toLowerCase();
  const levels = LEVELS[family];
  const wanted = ALL.findIndex((level) => level === word);
  if (levels.length === 0 || wanted < 0 || levels.includes(word)) return wanted < 0 ? effort : word;
  const distance = (level: string): number => Math.abs(ALL.findIndex((one) => one === level) - wanted);
  return levels.reduce((best, level) => (distance(level) < distance(best) ? level : best), levels[0] ?? word);
}
