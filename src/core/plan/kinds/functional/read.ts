import type { Finding } from '../../../base/finding.ts';
import { MAX_CONTEXT } from '../../context.ts';
import { type Draft, finding } from '../../draft.ts';
import type { Outline } from '../../markdown/outline.ts';
import type { Section } from '../../markdown/sections.ts';
import type { Criterion, Requirement } from '../../model.ts';
import { newDraft, type Reading } from '../../read.ts';
import { titleOf } from '../task.ts';
import { readCriteria } from './criteria.ts';
import { readHeader } from './header.ts';
import { parentId, References, STREAM_IDS } from './ids.ts';
import type { FunctionalDetail, FunctionalPart, Reference } from './model.ts';
import { bulletsIn, placeSections, rowsIn } from './parts.ts';
import { readAssumptions, readQuestions } from './open-points.ts';
import {
  readApi,
  readConcerns,
  readContract,
  readIntegrations,
  readNotes,
  readQualities,
  readRules,
  readScenarios,
  readSchema,
} from './registers.ts';
import { readRequirements } from './requirements.ts';
import { readStreams } from './streams.ts';
import { gatesOf, MAX_QUOTED, ruleEdges, streamUnits } from './units.ts';

/** Reads a document as a plan of kind `functional`: every work stream one task, its requirements and criteria its brief. */
export function readFunctionalPlan(reading: Reading): Draft<'functional'> {
  const { outline } = reading;
  const references = new References();
  const detail = readDetail(reading, references);
  const remarks: Finding[] = [];
  const { units, quoted } = streamUnits(outline, detail);
  if (quoted > MAX_QUOTED) remarks.push(tooMuch(outline, detail));
  undefinedReferences(outline, detail, remarks);
  return newDraft(
    'functional',
    reading,
    {
      units,
      order: 'none',
      ids: STREAM_IDS,
      edges: ruleEdges(detail, units),
      gates: gatesOf(outline, detail, references),
      requirements: requirementsOf(outline, detail),
      criteria: criteriaOf(outline, detail),
      title: titleOfPlan(outline, detail),
      context: contextOfPlan(outline, detail, remarks),
      verify: [],
      boxes: [],
      remarks,
    },
    detail,
  );
}

function readDetail({ outline, sections }: Reading, references: References): FunctionalDetail {
  const { placed, parts } = placeSections(sections);
  const part = (name: FunctionalPart): Section | undefined => parts.get(name);
  const requirements = readRequirements(outline, placed, references);
  const qualities = readQualities(outline, part('quality'));
  const schema = readSchema(outline, part('schema'));
  const outOfScope = part('out-of-scope');
  return {
    header: readHeader(outline),
    parts,
    requirements,
    qualities,
    rules: readRules(outline, part('rules')),
    integrations: readIntegrations(outline, part('integration')),
    criteria: readCriteria(outline, placed, references),
    scenarios: readScenarios(outline, part('scenarios')),
    streams: readStreams(outline, placed, references, { requirements, qualities }),
    concerns: readConcerns(outline, part('security')),
    environment: rowsIn(outline, part('environment')),
    schema: schema.changes,
    deployOrder: schema.order,
    outOfScope: outOfScope === undefined ? [] : bulletsIn(outline, outOfScope),
    questions: readQuestions(outline, part('questions'), references),
    assumptions: readAssumptions(outline, part('assumptions'), references),
    notes: readNotes(outline, part('notes')),
    ...readApi(outline, part('api')),
    seVerification: readContract(outline, part('se-verification'), references),
    testMandate: readContract(outline, part('test-mandate'), references),
    reviewContract: readContract(outline, part('review-contract'), references),
  };
}

function titleOfPlan(outline: Outline, { header }: FunctionalDetail): string {
  const title = titleOf(outline);
  // The usual title says only what kind of document this is; the feature has a name of its own.
  const bare = /^(?:functional |implementation )?plan$/i.test(title);
  return bare || title === '' ? (header.feature?.text ?? '') : title;
}

/** What every stream has to know: the overview, the interfaces, and the rules and limits that hold for all of it. */
const SHARED: readonly FunctionalPart[] = [
  'api',
  'rules',
  'integration',
  'quality',
  'security',
  'out-of-scope',
  'notes',
];

function contextOfPlan(outline: Outline, { parts }: FunctionalDetail, remarks: Finding[]): string {
  const { source, frontMatter, headings } = outline;
  const overview = parts.get('overview');
  const shared = SHARED.flatMap((name) => parts.get(name) ?? []).sort((a, b) => a.heading.start - b.heading.start);
  const title = headings[0]?.level === 1 ? headings[0] : undefined;
  const lead = { start: title?.end ?? frontMatter.end, end: overview?.end ?? leadEnd(outline, title?.index ?? -1) };
  const stretches = [lead, ...shared.map(({ heading, end }) => ({ start: heading.start, end }))].filter(
    ({ end }, i) => i === 0 || end > lead.end,
  );
  const pieces: string[] = [];
  let left = MAX_CONTEXT;
  for (const { start, end } of stretches) {
    let text = trimmed(source.text.slice(start, Math.max(start, end)));
    if (text === '') continue;
    if (text.length > left) {
      const at = source.span(start, source.lineEnd(start));
      const message = `The sections that every brief quotes are longer than ${MAX_CONTEXT} characters altogether; what follows is left out.`;
      remarks.push(
        finding(
          'GEN-020',
          'warning',
          at,
          message,
          'Move details into the requirements that need them, or into a file.',
        ),
      );
      text = text.slice(0, Math.max(0, text.lastIndexOf('\n', left)));
      if (text !== '') pieces.push(text);
      break;
    }
    left -= text.length + 2;
    pieces.push(text);
  }
  return pieces.join('\n\n');
}

function leadEnd({ headings, source, logs }: Outline, title: number): number {
  return headings[title + 1]?.start ?? logs[0]?.start ?? source.text.length;
}

/** Without the blank lines and rules (`---`) around it. */
function trimmed(text: string): string {
  return text
    .replace(/^\uFEFF/, '')
    .replace(/^(?:[ \t]*(?:---+[ \t]*)?\r?\n)+/, '')
    .trimEnd()
    .replace(/(?:\r?\n[ \t]{0,3}-{3,})$/, '')
    .trimEnd();
}

function requirementsOf({ source }: Outline, detail: FunctionalDetail): readonly Requirement[] {
  return [
    ...detail.requirements.map(({ id, title, head }) => ({ id, title, span: source.span(head.start, head.end) })),
    ...detail.qualities.flatMap(({ id, title, start, end }) =>
      id === undefined ? [] : [{ id, title: title.text, span: source.span(start, end) }],
    ),
    ...detail.rules.map(({ id, text, start, end }) => ({ id, title: text, span: source.span(start, end) })),
  ];
}

function criteriaOf({ source }: Outline, { criteria }: FunctionalDetail): readonly Criterion[] {
  return criteria.map(({ id, title, sentence, requirements, head }) => ({
    id,
    title,
    text: sentence,
    requirements: [...new Set(requirements.map((one) => one.id))],
    span: source.span(head.start, head.end),
  }));
}

function tooMuch({ source }: Outline, { streams }: FunctionalDetail): Finding {
  const head = streams[0]?.head ?? { start: 0, end: 0 };
  const message = `The streams cite so much that their briefs would hold more than ${MAX_QUOTED} characters altogether.`;
  return finding(
    'GEN-019',
    'error',
    source.span(head.start, head.end),
    message,
    'Cite in each stream only what it carries out.',
  );
}

/** GEN-004 for what streams and contracts name and nothing defines. Criteria that name an unknown requirement: FP-07. */
function undefinedReferences({ source }: Outline, detail: FunctionalDetail, remarks: Finding[]): void {
  const known = new Set(
    [...detail.requirements, ...detail.rules, ...detail.criteria, ...detail.streams].map(({ id }) => id),
  );
  const numbered = detail.qualities.some(({ id }) => id !== undefined);
  for (const { id } of detail.qualities) if (id !== undefined) known.add(id);
  const missing = (names: readonly Reference[], who: string, hint: string, nothing?: 'warning'): void => {
    const places = new Map<string, Reference[]>();
    for (const one of names) {
      // Without ids in the table, nothing could define NFR-1: FP-16 says so.
      if (known.has(one.id) || known.has(parentId(one.id)) || (one.id.startsWith('NFR-') && !numbered)) continue;
      const key = `${one.start}`;
      const list = places.get(key);
      if (list === undefined) places.set(key, [one]);
      else list.push(one);
    }
    for (const list of places.values()) {
      const [first] = list as [Reference];
      const ids = [...new Set(list.map(({ id }) => id))];
      const shown = ids.slice(0, 6).join(', ') + (ids.length > 6 ? `, and ${ids.length - 6} more` : '');
      const message = `${who} names ${shown}, which this plan does not define.`;
      remarks.push(finding('GEN-004', nothing ?? 'error', source.span(first.start, first.end), message, hint));
    }
  };
  for (const { id, requirements, parallel } of detail.streams) {
    missing(requirements, id, 'Define it as `### FR-n: Name` under Functional Requirements, or correct the id.');
    missing(parallel, `"Parallel With" of ${id}`, 'Name streams of this plan, or `—`.', 'warning');
  }
  for (const contract of [detail.seVerification, detail.testMandate, detail.reviewContract]) {
    if (contract === undefined) continue;
    const who = `A row of "${contract.section.title}"`;
    for (const { requirements, criteria } of contract.rows) {
      missing([...requirements, ...criteria], who, 'Define it, correct the id, or remove the row.');
    }
  }
}
