import { splitShell } from '../../shell.ts';
import type { Portable, PortableUnit } from '../../portable.ts';
import { outlineOf } from '../../markdown/outline.ts';
import { plainText } from '../../markdown/inline.ts';
import { sectionsOf } from '../../markdown/sections.ts';
import { Source } from '../../markdown/source.ts';
import { codeSpan, inertLine, inertMarkdown, oneLine, opensUnit } from '../task-inert.ts';
import { taskIdsOf } from '../task-render.ts';
import { clausesOfText } from './contracts.ts';
import { ANY_ID, contractId } from './ids.ts';
import { head, layOut } from './layout.ts';
import { readMicroPlan } from './read.ts';
import { leadOf } from './render-context.ts';
import { isLint } from './step-kinds.ts';
import { isTestPath } from './task-files.ts';

/** A contract to be written. */
interface Written {
  readonly id: string;
  readonly title: string;
  readonly given: string | undefined;
  readonly when: string | undefined;
  readonly outcome: string;
  readonly mechanism: string | undefined;
}

/**
 * Writes a plan as a micro plan in its full form: units are tasks, criteria are contracts, and what no other kind knows is
 * a placeholder. Reads back with the same ids, needs, scopes, verify commands and criteria, whatever the texts hold.
 */
export function renderMicro(plan: Portable): string {
  const ids = taskIdsOf(plan);
  const names = new Map<string, string>();
  plan.units.forEach((unit, i) => {
    if (!names.has(unit.id)) names.set(unit.id, ids[i] as string);
  });
  const { contracts, cited } = contractsOf(plan);
  const chain = plan.units.every(({ needs }, i) => needs.join() === (i === 0 ? '' : (plan.units[i - 1]?.id ?? '')));
  const tasks = plan.units.map((unit, i) => {
    const needs = chain ? undefined : unit.needs.map((need) => `Task ${nameOf(names.get(need) ?? need)}`);
    return task(unit, ids[i] as string, cited[i] as readonly string[], needs);
  });
  const lead = leadOf(plan.context);
  const requirements = plan.requirements.map(({ id, title, text }) => {
    const more = oneLine(text);
    return `- **${inertLine(id)}** ${inertLine(title)}${more === '' || more === oneLine(title) ? '' : ` — ${inertLine(more)}`}`;
  });
  const summary = [...(lead.parts.summary ?? []), ...(requirements.length > 0 ? [requirements.join('\n')] : [])];
  const rows = contracts.map(({ id }) => {
    const at = cited.findIndex((own) => own.includes(id));
    return `| ${id} | ${at < 0 ? '[task]' : `Task ${nameOf(ids[at] as string)}`} | [type of test] | [name of the test] |`;
  });
  const body = layOut({
    ...lead.parts,
    ...(summary.length > 0 ? { summary } : {}),
    contracts: contracts.length > 0 ? contracts.map(contract) : ['[contracts, each with GIVEN, WHEN and THEN]'],
    ...(tasks.length > 0 ? { tasks } : {}),
    ...(rows.length > 0
      ? { tests: [['| Contract | Task | Test Type | Test Name |', '|---|---|---|---|', ...rows].join('\n')] }
      : {}),
  });
  const title = inertLine(plan.title);
  const shown = oneLine(plan.title) === '' ? '' : opensUnit(title) ? `Plan: ${title}` : title;
  const proof = plan.verify.length > 0 ? ['## Verification', ...plan.verify.map(command)] : [];
  return `${[...head(shown, []), ...lead.header, ...body, ...proof].join('\n\n')}\n`;
}

/** The contracts of a plan, and by unit the ids of those that it fulfils: sentences of units become contracts of their own. */
function contractsOf(plan: Portable): {
  readonly contracts: readonly Written[];
  readonly cited: readonly (readonly string[])[];
} {
  const contracts: Written[] = [];
  const names = new Map<string, string>();
  const taken = new Set<string>();
  const isId = new RegExp(`^${ANY_ID}$`);
  for (const { id } of plan.criteria) if (isId.test(id) && contractId(id) === id) taken.add(id);
  let next = 1;
  const fresh = (): string => {
    while (taken.has(`BC-${next}`)) next++;
    taken.add(`BC-${next}`);
    return `BC-${next}`;
  };
  for (const { id, title, text } of plan.criteria) {
    if (names.has(id)) continue;
    const name = isId.test(id) && contractId(id) === id ? id : fresh();
    names.set(id, name);
    const { given, when, then, mechanism } = clausesOfText(text);
    contracts.push({ id: name, title, given, when, outcome: then ?? (plainText(text) || title), mechanism });
  }
  const thens = new Map(contracts.map(({ id, outcome }) => [id, oneLine(outcome)]));
  const sentences = new Map<string, string>();
  const cited = plan.units.map((unit) => {
    const own = unit.criterionIds.flatMap((id) => names.get(id) ?? []);
    const said = new Set(own.map((id) => thens.get(id)));
    for (const sentence of unit.criteria) {
      const then = oneLine(sentence);
      if (then === '' || said.has(then)) continue;
      let id = sentences.get(then);
      if (id === undefined) {
        id = fresh();
        sentences.set(then, id);
        contracts.push({
          id,
          title: then.slice(0, 80),
          given: undefined,
          when: undefined,
          outcome: then,
          mechanism: undefined,
        });
      }
      own.push(id);
    }
    return [...new Set(own)];
  });
  return { contracts, cited };
}

function contract({ id, title, given, when, outcome, mechanism }: Written): string {
  const lines = [
    `${id}: ${inertLine(title) || '[name]'}\n`,
    `- GIVEN ${given === undefined || given === '' ? '[the state before]' : inertLine(given)}`,
    `- WHEN ${when === undefined || when === '' ? '[what happens]' : inertLine(when)}`,
    `- THEN ${outcome === '' ? '[what can be observed afterwards]' : inertLine(outcome)}`,
  ];
  if (mechanism !== undefined && mechanism !== '') lines.push(`- MECHANISM ${inertLine(mechanism)}`);
  return lines.join('\n');
}

function nameOf(id: string): string {
  return /^T(?=\d)/.test(id) ? id.slice(1) : id;
}

/** One task: the first way of writing it that reads back as meant. */
function task(
  unit: PortableUnit,
  id: string,
  contracts: readonly string[],
  needs: readonly string[] | undefined,
): string {
  const title = oneLine(unit.title).slice(0, 1000);
  const lines = [`#### ${unit.done ? '[x] ' : ''}Task ${nameOf(id)}: ${inertLine(title)}`];
  if (contracts.length > 0) lines.push(`**Contracts Implemented:** ${contracts.join(', ')}`);
  if (unit.scope.length > 0) lines.push(`**Files:**\n\n${unit.scope.map(file).join('\n')}`);
  if (unit.agent !== undefined && /^[A-Za-z0-9](?:[\w.-]{0,62}\w)?$/.test(unit.agent))
    lines.push(`**Agent:** ${unit.agent}`);
  if (unit.estimate !== undefined && unit.estimate >= 0.5) lines.push(`**Estimate:** ${Math.round(unit.estimate)} min`);
  if (needs !== undefined) lines.push(`**Depends on:** ${needs.length === 0 ? 'none' : needs.join(', ')}`);
  const body = unit.body.trim();
  const tame = inertMarkdown(unit.body, 4);
  const quoted = body
    .replace(/\r\n?/g, '\n')
    .replace(/\0/g, '\uFFFD')
    .split('\n')
    .map((line) => `> ${line}`.trimEnd())
    .join('\n');
  const ways = [
    ...(/\bstep\b|\*\*(?:test|impl|verify|lint)/i.test(body) ? [[...lines, tame]] : []),
    [...lines, ...steps(unit, contracts, tame)],
    [...lines, ...steps(unit, contracts, quoted)],
  ].map((blocks) => blocks.filter((block) => block !== '').join('\n\n'));
  return ways.find((text) => readsAs(text, unit, id, contracts)) ?? (ways.at(-1) as string);
}

function file(path: string): string {
  const shown = codeSpan(/^[[{]/.test(path) ? `./${path}` : path);
  return isTestPath(path) && !path.endsWith('/') ? `- Test: ${shown}` : `- ${shown}`;
}

function steps(unit: PortableUnit, contracts: readonly string[], body: string): readonly string[] {
  // Linters have a step of their own as long as that leaves the commands in order.
  const split = unit.verify.findIndex((run) => isLint(run));
  const at = split >= 0 && unit.verify.slice(split).every((run) => isLint(run)) ? split : unit.verify.length;
  const tests = unit.verify.slice(0, at);
  const lints = unit.verify.slice(at);
  const suffix = contracts.length === 0 || contracts.length > 5 ? '' : ` (${contracts.join(', ')})`;
  return [
    '**Step 1: Write the failing test**',
    '[the complete test, as code]',
    '**Step 2: Run the test and see it fail**',
    'Run: `[command of the test]`\nExpected: FAIL',
    '**Step 3: Implement it**',
    body === '' ? '[the complete change, as code]' : body,
    '**Step 4: Run the tests and see them pass**',
    ...(tests.length === 0 ? ['Run: `[command of the test]`\nExpected: PASS'] : tests.map((run) => runs(run, 'PASS'))),
    '**Step 5: Run the linter**',
    ...(lints.length === 0
      ? ['Run: `[command of the linter]`\nExpected: no findings']
      : lints.map((run) => runs(run, 'no findings'))),
    '**Step 6: Commit**',
    `\`\`\`bash\ngit commit -m "[type(scope): summary]${suffix}"\n\`\`\``,
  ];
}

function runs(run: string, expected: string): string {
  const inline = run.trim() !== '' && !/[\n`]/.test(run) && run.trim() === run && /\s/.test(run);
  return inline ? `Run: \`${run}\`\nExpected: ${expected}` : `Run:\n\n${fence(run)}\n\nExpected: ${expected}`;
}

/** A bullet or fence of the plan's own verification. */
function command(run: string): string {
  return /[\n`]/.test(run) || run.trim() !== run || !/\s/.test(run) ? fence(run) : `- [ ] \`${run}\``;
}

function fence(run: string): string {
  const text = run.replace(/\r\n?/g, '\n').replace(/\0/g, '').trim();
  // `set -e` in front is what reading such a block adds; quoted for `sh`, any text is one command.
  const bare = text.replace(/^set -e\n/, '');
  const whole = `sh -c '${text.replaceAll("'", "'\\''")}'`;
  const reads = (one: string, as: string): boolean => splitShell(one, 'sh').join('\0') === as;
  const code = [text, bare].find((one) => reads(one, text)) ?? (reads(text, `set -e\n${text}`) ? text : whole);
  let marks = '```';
  while (code.includes(marks)) marks += '`';
  return `${marks}sh\n${code}\n${marks}`;
}

function readsAs(text: string, unit: PortableUnit, id: string, contracts: readonly string[]): boolean {
  const stubs = contracts.map((one) => `${one}: x\n- GIVEN x\n- WHEN x\n- THEN x`).join('\n\n');
  const outline = outlineOf(
    new Source(
      `# x\n\n### B) Behavioral Contracts\n\n${stubs}\n\n### G) Task Breakdown\n\n${text}\n\n### H) Test Strategy\n\nx\n`,
    ),
  );
  const draft = readMicroPlan({ outline, sections: sectionsOf(outline) });
  const [read, ...more] = draft.units;
  if (read === undefined || more.length > 0 || read.id !== id || draft.verify.length > 0) return false;
  const same = (a: readonly string[], b: readonly string[]): boolean =>
    a.length === b.length && a.every((one, i) => one === b[i]);
  return (
    same(
      read.verify.map(({ run }) => bareRun(run)),
      unit.verify.map(bareRun),
    ) &&
    same([...new Set(read.paths.map((path) => path.text.replace(/^\.\/(?=[[{])/, '')))], [...new Set(unit.scope)]) &&
    same(read.criterionIds ?? [], contracts)
  );
}

/** Reading a fence adds `set -e` in front where a command goes over several lines. */
function bareRun(run: string): string {
  return run.replace(/^set -e\n/, '');
}
