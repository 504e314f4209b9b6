import { type ContractId, DIGEST_LIMIT, DISCOVERY_CONTRACT, INTERVIEW_CONTRACT } from '../contract.ts';

/** Bytes of the digests of scans and interviews. */
const LONGER = 16_384;

/** What an attempt has to give back: its digest as an example, and how large it may be. */
export function returnOf(brief: { readonly contract_id: ContractId; readonly back?: unknown }): {
  readonly example: unknown;
  readonly limit: number;
} {
  const common = { contract_id: brief.contract_id, status: 'completed | blocked | failed' };
  if (brief.contract_id === DISCOVERY_CONTRACT)
    return {
      limit: LONGER,
      example: {
        ...common,
        summary: 'what you found out, in a few sentences',
        answers: [{ question: 'the question', answer: 'what you found', places: ['src/a.ts:12'] }],
        files: [{ path: 'src/a.ts', why: 'what it has to do with the topic' }],
        open_questions: ['what nobody can find out from the repository'],
      },
    };
  if (brief.contract_id === INTERVIEW_CONTRACT)
    return {
      limit: LONGER,
      example: {
        ...common,
        summary: 'what the questions are about',
        questions: [
          {
            question: 'one question',
            options: ['the first answer', 'the second'],
            recommended: 'the first answer',
            why: 'what depends on it',
          },
        ],
      },
    };
  return {
    limit: DIGEST_LIMIT,
    example: {
      ...common,
      summary: 'what you did, in a few sentences',
      files_changed: ['path'],
      commands_run: ['command'],
      tests_passed: true,
      blocker_reason: null,
      ...(brief.back === undefined ? {} : { superseded: ['path'] }),
    },
  };
}

/** What a spec looks like, and where it goes. */
export function specSection(template: string): string {
  return `## The spec\n\nWrite it, as Markdown, to the file named by \`$MASTERPLAN_SPEC\`. It is checked: every section below has to be there, and placeholders count as errors. "Assumptions" names what nobody answered, "Open decisions" what is left to somebody else; both may say \`None\`. This is its form:\n\n\`\`\`markdown\n${template.trim()}\n\`\`\``;
}
