import { quoted } from './tools.ts';
import type { Answer, Scene } from './turn.ts';

/** A digest as docs/formats/digest.md wants it. */
export const GOOD_DIGEST = {
  contract_id: 'implement.v1',
  status: 'completed',
  summary: 'What was asked for is there.',
  files_changed: [],
  commands_run: [],
  tests_passed: true,
  blocker_reason: null,
  disputes: [],
  superseded: [],
  deviations: [],
  decisions: [],
  patterns: [],
};

/** Ways in which a digest can come back. */
export type Way = 'tool' | 'text' | 'file';

/**
 * Gives a digest back as the agent and its brief want it: through the agent's tool for structured answers, as the text
 * of an answer whose form the request prescribes, into the file that the brief names, or, when nothing is said of it, as
 * plain text. `way` prescribes it.
 */
export function deliver(digest: unknown, scene: Scene, way: Way = wayOf(scene)): Answer {
  const json = JSON.stringify(digest);
  switch (way) {
    case 'tool':
      return { actions: [{ do: 'call', tool: structuredTool(scene) ?? 'StructuredOutput', input: digest }] };
    case 'file': {
      const file = digestFile(scene) ?? '$MASTERPLAN_DIGEST';
      const target = file.startsWith('$') ? `"${file}"` : quoted(file);
      return { text: 'The digest.', actions: [{ do: 'shell', command: `printf %s ${quoted(json)} > ${target}` }] };
    }
    case 'text':
      return { text: json };
  }
}

/** How the request wants its digest. */
export function wayOf(scene: Scene): Way {
  if (structuredTool(scene) !== undefined) return 'tool';
  if (scene.conversation.schema !== undefined) return 'text';
  return digestFile(scene) === undefined ? 'text' : 'file';
}

function structuredTool({ conversation }: Scene): string | undefined {
  return conversation.tools.find(({ name }) => name === 'StructuredOutput' || name === 'structured_output')?.name;
}

/** The file that the brief names for it: a variable of the environment, or a path. */
function digestFile({ prompt }: Scene): string | undefined {
  const named = /\bto the file (?:named by )?`([^`\n]{1,4096})`/.exec(
    prompt.slice(Math.max(0, prompt.lastIndexOf('## Return'))),
  );
  if (named?.[1] !== undefined) return named[1];
  return prompt.includes('$MASTERPLAN_DIGEST') ? '$MASTERPLAN_DIGEST' : undefined;
}
