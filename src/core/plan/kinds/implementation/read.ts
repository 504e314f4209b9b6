import type { Finding } from '../../../base/finding.ts';
import { append } from '../../append.ts';
import { contextOf } from '../../context.ts';
import type { Draft, DraftGate, DraftParts, RuleEdge } from '../../draft.ts';
import type { DraftCommand } from '../../draft-parts.ts';
import { readVerification } from '../../commands.ts';
import type { Outline } from '../../markdown/outline.ts';
import { sectionNamed } from '../../markdown/sections.ts';
import type { Criterion } from '../../model.ts';
import { newDraft, type Reading } from '../../read.ts';
import { readGlobal, titleOf } from '../task.ts';
import { acceptanceGroups, acceptanceSection } from './acceptance.ts';
import { approachOf } from './approach.ts';
import { readDecisions } from './decisions.ts';
import { isRunnable } from './fields.ts';
import type { ReadUnits } from './found.ts';
import { GROUP_IDS, readGroups } from './groups.ts';
import type { AcceptanceGroup, Form, ImplementationDetail } from './model.ts';
import {
  headerValue,
  nextPhase,
  readApproval,
  readBaseline,
  readBoundaries,
  readCheckpoints,
  readResearch,
  readRisks,
  readRollback,
} from './parts.ts';
import { readEffort } from './roll-up.ts';
import { SPEC_SECTIONS } from './signs.ts';
import { readSpecification } from './tasks.ts';
import { betweenAll, readItems, readTable, readWaves, type ReadWaves } from './waves.ts';

/** What a form's reader says of the units, whichever form it is. */
interface Units extends ReadUnits {
  readonly form: Form;
  readonly parts: Pick<DraftParts, 'order' | 'ids' | 'edges' | 'gates'>;
  readonly first: Outline['headings'][number] | undefined;
  readonly verify: readonly DraftCommand[];
  readonly criteria: readonly Criterion[];
  readonly conformance: ImplementationDetail['conformance'];
}

/** Reads a document as a plan of kind `implementation`: a specification, rows with waves, or task groups. */
export function readImplementationPlan(reading: Reading): Draft<'implementation'> {
  const { outline, sections } = reading;
  const remarks: Finding[] = [];
  const read = readUnits(reading, remarks);
  const checkpoints = readCheckpoints(outline, sections);
  const weak = checkpointParts(read, checkpoints);
  const section = acceptanceSection(sections);
  const acceptance = acceptanceGroups(outline, section);
  const global = readGlobal(outline, read.units, remarks);
  const title = titleWithoutLabel(titleOf(outline));
  const draft = newDraft(
    'implementation',
    reading,
    {
      units: read.units,
      ...read.parts,
      edges: [...(read.parts.edges ?? []), ...weak.edges],
      gates: [...(read.parts.gates ?? []), ...weak.gates],
      criteria: numbered([...acceptance.flatMap(criteriaOf), ...read.criteria]),
      title,
      context: contextOf(outline, read.first, remarks),
      verify: [...global.verify, ...read.verify, ...testingCommands(outline, section)],
      boxes: global.boxes,
      remarks,
    },
    NO_DETAIL,
  );
  const { header } = draft;
  return {
    ...draft,
    detail: {
      form: read.form,
      ...approachOf(outline, sections, header, title),
      phases: read.phases,
      tasks: read.tasks,
      tasksSection: read.section,
      acceptance,
      acceptanceSection: section,
      ...readRisks(outline, sections),
      rollback: readRollback(outline, sections),
      checkpoints,
      decisions: readDecisions(outline, sections),
      effort: readEffort(outline, sections),
      approval: readApproval(outline, sections),
      nextPhase: nextPhase(sections),
      research: readResearch(outline, sections, header),
      boundaries: readBoundaries(outline, sections),
      baseline: readBaseline(outline, sections),
      conformance: read.conformance,
      epic: headerValue(outline, header, 'epic', 'epic id'),
      complexity: headerValue(outline, header, 'complexity'),
      trackerMode: headerValue(outline, header, 'tracker mode', 'tracker'),
    },
  };
}

function readUnits({ outline, sections }: Reading, remarks: Finding[]): Units {
  const groups = readGroups(outline, remarks);
  if (groups !== undefined) {
    return {
      ...groups,
      form: 'groups',
      parts: { order: 'document', ids: GROUP_IDS, gates: groups.gates },
      verify: [],
      criteria: [],
      conformance: [],
    };
  }
  const waves = readWaves(outline, sections, remarks) ?? readItems(outline, sections, false, remarks);
  if (waves !== undefined) return asWaves(waves);
  const listed = saysSpecification(outline) ? undefined : readTable(outline, sections, remarks);
  if (listed !== undefined) return asWaves(listed);
  const tasks = readSpecification(outline, sections, remarks);
  const items = tasks.units.length > 0 ? undefined : readItems(outline, sections, true, remarks);
  if (items !== undefined) return asWaves(items);
  const form = tasks.plain && !saysSpecification(outline) ? 'steps' : 'specification';
  return { ...tasks, form, parts: { order: 'document' }, verify: [], criteria: [], conformance: [] };
}

/** Whether the title calls the document a specification, or three sections stand in it that only a specification has. */
function saysSpecification({ headings }: Outline): boolean {
  if (headings.some(({ level, title }) => level === 1 && /\bspec(?:ification)?\b/i.test(title.slice(0, 300))))
    return true;
  return SPEC_SECTIONS.filter((words) => headings.some(({ title }) => words.test(title.slice(0, 300)))).length > 2;
}

function asWaves(waves: ReadWaves): Units {
  const { order, edges, grammar } = waves;
  return { ...waves, form: 'waves', parts: { order, ids: grammar, edges }, first: waves.section?.heading };
}

const NO_DETAIL: ImplementationDetail = {
  form: 'specification',
  approach: 'feature',
  approachStated: false,
  phases: [],
  tasks: [],
  tasksSection: undefined,
  acceptance: [],
  acceptanceSection: undefined,
  risks: [],
  risksSection: undefined,
  rollback: undefined,
  checkpoints: undefined,
  decisions: [],
  effort: undefined,
  approval: undefined,
  nextPhase: undefined,
  research: [],
  boundaries: { always: [], ask: [], never: [] },
  baseline: [],
  conformance: [],
  epic: undefined,
  complexity: undefined,
  trackerMode: undefined,
};

/** A phase with a checkpoint is finished before the next one begins. */
function checkpointParts(
  { units, tasks, phases }: ReadUnits,
  checkpoints: ImplementationDetail['checkpoints'],
): { readonly edges: readonly RuleEdge[]; readonly gates: readonly DraftGate[] } {
  const edges: RuleEdge[] = [];
  const gates: DraftGate[] = [];
  if (checkpoints === undefined || units.length === 0) return { edges, gates };
  const members = phases.map((): number[] => []);
  tasks.forEach(({ phase }, i) => {
    if (phase !== undefined) members[phase]?.push(i);
  });
  const seen = new Set<number>();
  for (const { phase, text, span } of checkpoints.lines) {
    const at =
      phase === undefined ? -1 : phases.findIndex(({ number }, i) => number === phase && (members[i]?.length ?? 0) > 0);
    if (at < 0 || seen.has(at)) continue;
    seen.add(at);
    const next = members.findIndex((list, i) => i > at && list.length > 0);
    const after = members[at] as number[];
    const before = next < 0 ? [] : (members[next] as number[]);
    append(edges, betweenAll(after, before));
    const criterion = text.replace(/^(?:after\s+)?(?:phase|stage)\s+\S{1,8}\s*[:—–-]?\s*/i, '');
    gates.push({
      id: `phase-${phase as number}`,
      kind: 'checkpoint',
      title: `Checkpoint of phase ${phase as number}`,
      after,
      before,
      criteria: criterion === '' ? [] : [criterion],
      onFail: undefined,
      span,
    });
  }
  return { edges, gates };
}

/** Criteria by the ids that they state themselves, the others counted. */
function numbered(criteria: readonly Criterion[]): readonly Criterion[] {
  const stated = criteria.map(({ text }) => /^\(?([A-Z]{1,6}-\d[\w-]{0,20})\)?\s*[:—–-]\s*(\S.*)$/s.exec(text));
  const taken = new Set(stated.map((match) => match?.[1]));
  let next = 1;
  return criteria.map((one, i) => {
    const match = stated[i] ?? null;
    if (match !== null) return { ...one, id: match[1] as string, text: match[2] as string };
    while (taken.has(`AC-${next}`)) next++;
    return { ...one, id: `AC-${next++}` };
  });
}

function criteriaOf({ title, criteria }: AcceptanceGroup): readonly Criterion[] {
  return criteria.map(({ text, span }) => ({ id: '', title, text, requirements: [], span }));
}

/** Commands among the testing criteria prove the whole plan. */
function testingCommands(
  outline: Outline,
  section: ImplementationDetail['acceptanceSection'],
): readonly DraftCommand[] {
  const testing = section === undefined ? undefined : sectionNamed(section.children, /^test|^verification|^validation/);
  if (testing === undefined) return [];
  const { commands } = readVerification(outline.source, outline.blocks.slice(testing.from, testing.to));
  return commands.filter(({ run }) => isRunnable(run));
}

function titleWithoutLabel(title: string): string {
  return title.replace(
    /^(?:implementation specification|implementation spec|specification|task breakdown|tasks|plan)\s*[:—–-]\s+/i,
    '',
  );
}
