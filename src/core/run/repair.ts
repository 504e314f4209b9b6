import type { Contract } from './contracts/spec.ts';

/** An agent that reads a brief and writes a digest gave back one that is not valid: it is started once more, for the digest alone. */
export interface RepairEvent {
  readonly event: 'repair_asked';
  readonly task: string;
  readonly attempt: number;
  readonly contract_id: string;
  readonly problems: readonly string[];
}

/** What the second start of an attempt is given to read. Paths are absolute. */
export interface RepairRequest {
  /** `T3#2`. */
  readonly name: string;
  readonly problems: readonly string[];
  /** Where the digest goes. */
  readonly digest: string;
  /** Where the one that is not valid lies now, if it is there at all. */
  readonly refused: string;
  /** What the first start was given to read. */
  readonly brief: string;
}

/** The same for programs, as `MASTERPLAN_REPAIR` names it. */
export function repairJson(contract: Contract, { problems, digest, refused, brief }: RepairRequest): unknown {
  return {
    schema: 1,
    contract_id: contract.id,
    problems,
    limit: contract.digest.limit,
    digest_schema: contract.digest.schema(),
    digest,
    refused,
    brief,
  };
}

/** The brief of the second start. */
export function repairText(contract: Contract, request: RepairRequest): string {
  const { name, problems, digest, refused, brief } = request;
  return `# ${name} — Repair of the digest

Your work is done and lies in this worktree. The digest that you gave back cannot be taken:

${problems.map((problem) => `- ${problem}`).join('\n')}

## Goal

Change no file of the worktree. Write the digest of contract ${contract.id} anew, as one JSON object of at most ${contract.digest.limit} bytes, into
the file named by \`$MASTERPLAN_DIGEST\` (\`${digest}\`). You are not asked again.

- What you gave back: \`${refused}\`
- What you were asked to do: \`${brief}\`

## Return

\`\`\`json
${JSON.stringify(contract.digest.schema(), null, 2)}
\`\`\`
`;
}
