import type { Finding } from '../../../base/finding.ts';
import { append } from '../../append.ts';
import { contextOf } from '../../context.ts';
import { type Draft, finding, type RuleEdge } from '../../draft.ts';
import { newDraft, type Reading } from '../../read.ts';
import { readGlobal, titleOf } from '../task.ts';
import { contractText, readContracts } from './contracts.ts';
import { readHeader, tierOf } from './header.ts';
import type { Contract } from './model.ts';
import { isCompact, partsOf } from './parts.ts';
import { readAppendix, readChecklist, readDeviations, readRisks, readTests } from './tables.ts';
import { taskHeads } from './task-heads.ts';
import { readTask, type TaskReading } from './tasks.ts';
import { boxesOf, type Outline } from '../../markdown/outline.ts';

/** Contracts that all tasks of a plan together may name. */
const MAX_CITATIONS = 200_000;

/**
 * Reads a document as a plan of kind `micro`: the tasks of one pull request follow each other, unless they say themselves
 * what they need.
 */
export function readMicroPlan(reading: Reading): Draft<'micro'> {
  const { outline, sections } = reading;
  const remarks: Finding[] = [];
  const parts = partsOf(sections);
  const heads = taskHeads(outline, parts, sections);
  const taskStart = heads[0]?.start ?? outline.source.text.length;
  const contracts = readContracts(outline, sections, taskStart);
  const byId = new Map<string, Contract>();
  for (const contract of contracts) {
    const other = byId.get(contract.id);
    if (other === undefined) byId.set(contract.id, contract);
    else remarks.push(twice(outline, contract, other));
  }
  const known = new Set(byId.keys());
  const every = boxesOf(outline, 0, outline.blocks.length);
  const tasks: TaskReading = {
    outline,
    contracts: byId,
    known,
    boxes: every,
    only: heads.length === 1,
    citations: MAX_CITATIONS,
  };
  const read = heads.map((head) => readTask(tasks, head));
  for (const task of read) append(remarks, task.remarks);
  const units = read.map(({ unit }) => unit);
  const { verify, boxes } = readGlobal(outline, units, remarks);
  const header = readHeader(outline, sections, taskStart);
  // Tasks that declare needs are taken at their word; each of the others waits for the one before it.
  const declared = units.some((unit) => unit.needs.length > 0);
  const edges = units.flatMap((unit, to): readonly RuleEdge[] =>
    to === 0 || unit.needs.length > 0 ? [] : [{ from: to - 1, to, why: 'order' }],
  );
  return newDraft(
    'micro',
    reading,
    {
      units,
      order: declared ? 'none' : 'chain',
      edges: declared ? edges : [],
      criteria: contracts.map((contract) => ({
        id: contract.id,
        title: contract.name,
        text: contractText(contract),
        requirements: [],
        span: outline.source.span(contract.head.start, contract.head.end),
      })),
      context: contextOf(outline, heads[0]?.heading, remarks),
      title: withoutKind(titleOf(outline)),
      verify,
      boxes,
      remarks,
    },
    {
      compact: outline.frontMatter.kind?.toLowerCase() === 'micro-compact' || isCompact(sections, parts),
      header: header.values,
      headerEnd: header.end,
      tier: tierOf(header.values.tier),
      parts,
      contracts,
      tasks: read.map(({ task }) => task),
      deviations: readDeviations(outline, parts.deviations),
      tests: readTests(outline, parts.tests, known),
      risks: readRisks(outline, parts.risks),
      checklist: readChecklist(outline, parts.checklist),
      appendix: readAppendix(outline, parts.appendix),
    },
  );
}

function twice({ source }: Outline, { id, head }: Contract, other: Contract): Finding {
  const { line } = source.span(other.head.start, other.head.start);
  const message = `${id} is already defined in line ${line}.`;
  const hint = 'Give this contract a number of its own, and check the tasks and tests that name it.';
  return finding('GEN-002', 'error', source.span(head.start, head.end), message, hint);
}

/** `Cache Keys — Implementation Plan` → `Cache Keys`. */
function withoutKind(title: string): string {
  const bare = title
    .slice(0, 2000)
    .replace(
      /\s*[—–:-]{0,2}\s*(?:\(?compact\)?\s+)?(?:micro|implementation)[ -]?(?:(?:implementation|design|level) )?plan(?:\s*\([^()]{0,40}\))?\s*$/i,
      '',
    )
    .replace(/^(?:PR[ -]?#?\d{1,6}[ :—–-]{1,3})?(?:micro|implementation)[ -](?:design )?plan\s*[:—–-]\s*/i, '');
  return bare.trim() === '' ? title : bare.trim();
}
