import { commandsIn, commandToRun, readVerification } from './commands.ts';
import type { Compiled } from './compile.ts';
import { type Draft, type DraftGate, isOfKind } from './draft.ts';
import { normaliseScope } from './scope.ts';
import type { ContractRole, PlanTerms, TermCriterion, TermGate, TermRow, TermUnit } from './terms.ts';
import type { FunctionalDetail } from './kinds/functional/model.ts';
import { fieldOf, type MacroDetail } from './kinds/macro/model.ts';
import { standingFreezes } from './kinds/macro/standing-freezes.ts';
import { branchNamed } from './branch-name.ts';

/* What is kept of a plan's terms: a document of any length must not make a log of any length. */
const MOST = 2_000;
const MOST_GATES = 500;
const LONGEST = 600;

/** What a plan asks of a run beyond its tasks; nothing, where it asks for nothing. */
export function termsOf(draft: Draft, compiled: Compiled): { readonly terms?: PlanTerms } {
  const criteria = criteriaOf(draft);
  const rows = isOfKind(draft, 'functional') ? rowsOf(draft) : [];
  const gates = gatesOf(draft, compiled);
  const whole = wholeOf(draft);
  const units = isOfKind(draft, 'macro') ? unitsOf(draft) : [];
  if (criteria.length + rows.length + gates.length + whole.length + units.length === 0) return {};
  return { terms: { criteria, rows, gates, whole, ...(units.length === 0 ? {} : { units }) } };
}

/** Every pull request of a series, with the branch that it is to be on. */
function unitsOf({ detail, units }: Draft & { readonly detail: MacroDetail }): readonly TermUnit[] {
  return units.slice(0, MOST).map(({ id }, at): TermUnit => {
    const pull = detail.pulls[at];
    const branch = branchNamed((pull === undefined ? undefined : fieldOf(pull, 'branch'))?.text ?? '');
    return branch === undefined ? { task: id } : { task: id, branch };
  });
}

function criteriaOf({ units, criteria }: Draft): readonly TermCriterion[] {
  const tasks = new Map<string, string[]>();
  for (const unit of units)
    for (const id of unit.criterionIds ?? []) tasks.set(id, [...(tasks.get(id) ?? []), unit.id]);
  return criteria.slice(0, MOST).map(({ id, title, text }) => ({
    id,
    text: shortened(text === '' ? title : text),
    tasks: tasks.get(id) ?? [],
  }));
}

/** The rows of the three contracts. A row belongs to the streams that carry its requirement, or else its criteria. */
function rowsOf({ detail, units }: Draft & { readonly detail: FunctionalDetail }): readonly TermRow[] {
  const contracts: readonly (readonly [ContractRole, string, FunctionalDetail['seVerification']])[] = [
    ['development', 'D', detail.seVerification],
    ['testing', 'T', detail.testMandate],
    ['review', 'R', detail.reviewContract],
  ];
  const byRequirement = new Map<string, Set<string>>();
  const byCriterion = new Map<string, Set<string>>();
  for (const unit of units) {
    for (const id of unit.requirementIds ?? []) put(byRequirement, id, unit.id);
    for (const id of unit.criterionIds ?? []) put(byCriterion, id, unit.id);
  }
  return contracts
    .flatMap(([role, letter, contract]) =>
      (contract?.rows ?? []).map(({ requirements, criteria, text }, at): TermRow => {
        const carriers = requirements.flatMap(({ id }) => [
          ...(byRequirement.get(id) ?? byRequirement.get(whole(id)) ?? []),
        ]);
        const others = criteria.flatMap(({ id }) => [...(byCriterion.get(id) ?? [])]);
        const tasks = new Set(carriers.length > 0 ? carriers : others);
        return {
          id: `${letter}${at + 1}`,
          role,
          requirements: requirements.map(({ id }) => id),
          criteria: criteria.map(({ id }) => id),
          text: shortened(text),
          tasks: units.map(({ id }) => id).filter((id) => tasks.has(id)),
        };
      }),
    )
    .slice(0, MOST);
}

/** The requirement that a part of one belongs to: `FR-3a` is a part of `FR-3`. */
function whole(id: string): string {
  return id.replace(/(?<=\d)[a-z]$/i, '');
}

function put(map: Map<string, Set<string>>, key: string, value: string): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, new Set([value]));
  else known.add(value);
}

function gatesOf(draft: Draft, { gates }: Compiled): readonly TermGate[] {
  const macro = isOfKind(draft, 'macro') ? draft.detail : undefined;
  const asked = [
    ...(isOfKind(draft, 'functional') ? openPointsOf(draft) : []),
    ...(isOfKind(draft, 'macro') ? entryGatesOf(draft, gates) : []),
  ];
  const stated = gates.map((gate, at): TermGate => {
    const written = draft.gates[at];
    return {
      ...gate,
      title: shortened(gate.title),
      criteria: gate.criteria.map(shortened),
      commands: written === undefined || gate.kind === 'freeze' ? [] : commandsOf(draft, written),
      ...(isOfKind(draft, 'functional') ? askedBy(gate.id) : {}),
      ...(gate.kind === 'freeze' && macro !== undefined ? frozenBy(gate, macro, sourceAt(draft, written?.span)) : {}),
    };
  });
  return [
    ...stated,
    ...asked.filter(({ id }) => !gates.some((gate) => gate.id === id)),
    ...standingFreezes(draft, stated),
  ].slice(0, MOST_GATES);
}

/** Validations that the entry of a pull request asks for itself; one that only points at a risk is that of the risk. */
function entryGatesOf(draft: Draft & { readonly detail: MacroDetail }, gates: Compiled['gates']): readonly TermGate[] {
  return draft.units.flatMap(({ id }, at): TermGate[] => {
    const pull = draft.detail.pulls[at];
    const field = pull === undefined ? undefined : fieldOf(pull, 'gate');
    const text = shortened(field?.text ?? '');
    if (field === undefined || text === '' || /^\W*(?:none|no\b|n\/?a|nothing|tbd)|^\W*$/i.test(text)) return [];
    const known = gates.some(({ kind, before }) => kind === 'validation' && before.includes(id));
    if (known && /\brisks?\b|\bR-?\d|\bsee\b|\babove\b/i.test(text)) return [];
    const span = draft.outline.source.span(field.start, field.end);
    return [
      {
        id: `V-${id}`,
        kind: 'validation',
        title: text,
        after: [],
        before: [id],
        criteria: [],
        onFail: undefined,
        commands: commandsOf(draft, { span }),
      },
    ];
  });
}

function askedBy(id: string): Pick<TermGate, 'asks'> {
  return id.startsWith('A-') ? { asks: 'assumption' } : id.startsWith('Q-') ? { asks: 'question' } : {};
}

/** Assumptions and questions that name nothing by id concern everything: nobody knows what rests on them. */
function openPointsOf({ detail, units }: Draft & { readonly detail: FunctionalDetail }): readonly TermGate[] {
  const before = units.map(({ id }) => id);
  const open = <T extends { readonly resolved: boolean; readonly names: readonly unknown[] }>(one: T): boolean =>
    !one.resolved && one.names.length === 0;
  return [
    ...detail.assumptions.filter(open).map(({ id, text, impact }): TermGate => ({
      id,
      kind: 'approval',
      title: shortened(text),
      after: [],
      before,
      criteria: [shortened(text)],
      onFail: impact === '' ? undefined : shortened(impact),
      asks: 'assumption',
      commands: [],
    })),
    ...detail.questions.flatMap((one): TermGate[] =>
      open(one)
        ? [
            {
              id: one.id,
              kind: 'approval',
              title: shortened(one.text),
              after: [],
              before,
              criteria: [],
              onFail: undefined,
              asks: 'question',
              commands: [],
            },
          ]
        : [],
    ),
  ];
}

/** The commands that the text of a stop names: of a row, each cell is read for itself. */
function commandsOf({ outline: { source } }: Draft, { span }: Pick<DraftGate, 'span'>): readonly string[] {
  const text = source.shadow.slice(span.start, Math.min(span.end, span.start + 8_000));
  const found: string[] = [];
  let at = span.start;
  // A bar inside of backticks belongs to the command.
  for (const cell of text.split(/(?<!\\)\|(?=(?:[^`]*`[^`]*`)*[^`]*$)/)) {
    // What is to come out of it is a sentence of its own: `**Success:** …`.
    for (const part of cell.split(/(?=\*\*)|(?<=[.:;])\s+/)) {
      const words = part.replace(/^\*\*:?\s*/, '');
      for (const one of commandsIn(source, words, at)) found.push(commandToRun(one).replaceAll('\\|', '|'));
    }
    at += cell.length + 1;
  }
  return [...new Set(found)];
}

/** What a freeze holds: files that the document names for it, and what is declared in the signatures that it shows. */
function frozenBy(
  { title, after }: Pick<TermGate, 'title' | 'after'>,
  detail: MacroDetail,
  source: string,
): Pick<TermGate, 'frozen'> {
  const freeze = detail.freezes.find(({ name }) => name === title);
  const text = `${title} ${freeze?.text ?? ''} ${source}`;
  const mentioned = (name: string): boolean => new RegExp(`(?<![\\w.])${name}(?!\\w)`).test(text);
  const signatures = detail.frozen.filter(
    ({ by, names }) => (by !== undefined && after.includes(by)) || names.some(mentioned),
  );
  const written = [
    ...signatures.flatMap(({ path }) => path ?? []),
    ...[
      ...text.matchAll(/(?:^|[\s`(|])((?:[\w.@-]+\/)+[\w.@-]*\.?[\w-]*|[\w@-]+\.[A-Za-z]\w{0,9})(?=[\s`),;:|]|$)/g),
    ].map((match) => match[1] as string),
  ];
  const paths = written.flatMap((path) => {
    const normal = normaliseScope(path);
    return normal.ok ? [normal.value] : [];
  });
  const named = [...text.matchAll(/`([A-Za-z_]\w{1,80})(?:\(\))?`/g)].map((match) => match[1] as string);
  const names = [...new Set([...signatures.flatMap((one) => one.names), ...named])];
  return paths.length + names.length === 0 ? {} : { frozen: { paths: [...new Set(paths)], names } };
}

/** The sentences of the global verification that are no commands. */
function wholeOf(draft: Draft): readonly string[] {
  const gate = draft.gates.find(({ kind, before }) => kind === 'verify' && before.length === 0);
  if (gate !== undefined) return gate.criteria.slice(0, MOST).map(shortened);
  if (draft.boxes.length === 0) return [];
  const { source, blocks } = draft.outline;
  const from = Math.min(...draft.boxes.map(({ mark }) => mark.start));
  const to = Math.max(...draft.boxes.map(({ mark }) => mark.end));
  const lists = blocks.filter(({ kind, start, end }) => kind === 'list' && start < to && end > from);
  return readVerification(source, lists).criteria.slice(0, MOST).map(shortened);
}

function shortened(text: string): string {
  const flat = text.replace(/\s+/g, ' ').trim();
  return flat.length <= LONGEST ? flat : `${flat.slice(0, LONGEST - 1)}…`;
}

/** What stands at a place of the document, as it is written. */
function sourceAt({ outline: { source } }: Draft, span: DraftGate['span'] | undefined): string {
  return span === undefined ? '' : source.shadow.slice(span.start, Math.min(span.end, span.start + 8_000));
}
