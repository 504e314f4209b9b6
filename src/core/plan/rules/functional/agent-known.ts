import { isPlaceholder } from '../../commands.ts';
import { isNothing, spanAt } from './shared.ts';
import type { Rule } from '../rule.ts';

/** Agents by name and the commands they know; `undefined`: not looked at. */
const AGENTS: readonly (readonly [RegExp, readonly string[] | undefined])[] = [
  [/^database-(?:designer|engineer)/, ['/schema']],
  [/^api-designer/, ['/api-design']],
  [/^software-engineer(?:-|$)/, ['/implement']],
  [/^(?:front-?end|back-?end|full-?stack|mobile)-(?:engineer|developer)/, ['/implement']],
  [/^observability-engineer/, []],
  [/^(?:test|unit-test|integration-test)s?-(?:writer|engineer)/, undefined],
  [/^(?:code-)?reviewer/, undefined],
  [/^(?:designer|ux-designer|ui-designer|technical-writer|doc-writer|docs-writer)/, undefined],
  [/^(?:devops|platform|infrastructure|security|build|release|sre|data)(?:-engineer)?/, undefined],
  [/^(?:claude|codex|gemini|human|user|person|team)(?:-|$)/, undefined],
];

const LANGUAGES: readonly (readonly [RegExp, string])[] = [
  [/\bpython\b/i, 'python'],
  [/\bgo(?:lang)?\b/i, 'go'],
  [/\brust\b/i, 'rust'],
  [/\bjava\b/i, 'java'],
  [/\bkotlin\b/i, 'kotlin'],
  [/\btypescript\b/i, 'typescript'],
  [/\bruby\b/i, 'ruby'],
];

/** Whether a command is this one of a collection with a name of its own: `/forge-implement`, `/forge:implement`. */
function isNamed(written: string, command: string): boolean {
  const own = command.slice(1);
  return written.endsWith(own) && /^\/[a-z][a-z0-9]{0,30}[-:]$/i.test(written.slice(0, -own.length));
}

/** FP-22: the agent or command of a stream is unknown, or does not fit what the stream carries. */
export const agentKnown: Rule<'functional'> = {
  id: 'FP-22',
  name: 'agent-known',
  about: 'The agent or command of a stream is unknown, or does not fit what the stream carries.',
  severity: 'warning',
  fix: 'suggest',
  kinds: ['functional'],
  *check({ draft, detail, facts }) {
    const hints = new Map(detail.requirements.map(({ id, hint }) => [id, hint?.text.toLowerCase() ?? '']));
    const stack = LANGUAGES.filter(([word]) => word.test(detail.header.stack?.text ?? '')).map(([, name]) => name);
    for (const { id, agent, command, role, requirements } of detail.streams) {
      const name = agent === undefined || isNothing(agent.text) ? undefined : agent.text.toLowerCase();
      if (agent !== undefined && name !== undefined && !isPlaceholder(agent.text)) {
        const known = AGENTS.find(([pattern]) => pattern.test(name));
        const span = spanAt(draft, agent);
        const wanted = known?.[1];
        const written =
          command === undefined || isNothing(command.text) ? undefined : command.text.trim().split(/\s/, 1)[0];
        if (known === undefined && facts.agents?.includes(agent.text) !== true) {
          const message = `No agent is called "${agent.text.slice(0, 60)}".`;
          yield {
            span,
            message,
            hint: 'Usual are database-designer, api-designer, software-engineer-…, observability-engineer; any agent that is configured will do.',
          };
        } else if (
          wanted !== undefined &&
          command !== undefined &&
          written !== undefined &&
          written.startsWith('/') &&
          !wanted.some((one) => written === one || isNamed(written, one))
        ) {
          const message = `${id} gives ${agent.text} the command ${written}; it knows ${wanted.join(' and ') || 'none'}.`;
          const edits = [
            { start: command.start, end: command.end, text: wanted[0] === undefined ? '—' : `\`${wanted[0]}\`` },
          ];
          yield {
            span: spanAt(draft, command),
            message,
            hint: `Write ${wanted[0] ?? '—'}.`,
            fix: { kind: 'suggest', title: 'Write its command', edits },
          };
        }
        const language = LANGUAGES.find(([, one]) => name.endsWith(`-${one}`))?.[1];
        if (language !== undefined && stack.length > 0 && !stack.includes(language)) {
          yield {
            span,
            message: `${id} asks for ${agent.text}, but the stack is ${detail.header.stack?.text.slice(0, 60)}.`,
            hint: `Write software-engineer-${stack[0]}.`,
          };
        }
      }
      const against = role === 'frontend' ? 'backend' : role === 'backend' ? 'frontend' : undefined;
      const odd = requirements.find(
        (one) => one.facet === undefined && against !== undefined && hints.get(one.id) === against,
      );
      if (odd === undefined) continue;
      const message = `${id} is a ${role} stream, but ${odd.id} is for the ${against}.`;
      yield { span: spanAt(draft, odd), message, hint: 'Move it to the stream that fits, or correct its agent hint.' };
    }
  },
};
