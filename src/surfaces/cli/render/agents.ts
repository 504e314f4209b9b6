import type { AgentInfo, AgentsReport, RoleInfo } from '../../../app/agents/list.ts';
import type { AgentTest, Step } from '../../../app/agents/try.ts';
import { oneLine } from '../../../core/base/text.ts';
import { duration } from '../../../core/base/time.ts';
import { CAPABILITIES, type Ability } from '../../../core/agents/capabilities.ts';
import { padTo, widest } from '../../width.ts';
import type { Paint } from '../paint.ts';
import { tokenWords } from './report.ts';

/** Configured agents, what they can do, who plays which role, and which others are installed. */
export function renderAgents({ agents, roles }: AgentsReport, paint: Paint): string[] {
  const configured = agents.filter((one) => one.configured);
  const others = agents.filter((one) => !one.configured);
  const out: string[] = [];
  if (configured.length === 0) out.push('No agent is configured.');
  for (const agent of configured) out.push(...agentLines(agent, paint));
  if (agents.length > 0) out.push('', ...abilityTable(agents, paint));
  out.push('', 'Roles');
  for (const role of roles) out.push(...roleLines(role, paint));
  if (others.length > 0) {
    out.push('', 'Installed, but not configured; to use one, write into .masterplan.yaml:');
    for (const agent of others) {
      out.push(...agentLines(agent, paint));
      out.push(`    ${paint.type(oneLine(agent.write ?? ''))}`);
    }
  }
  const one = agents.find((agent) => agent.installed);
  if (one !== undefined)
    out.push(
      '',
      `  ${paint.type(`masterplan agents test ${one.name}`)}  has it do a task of one word; that asks its model`,
    );
  return out;
}

function agentLines(agent: AgentInfo, paint: Paint): string[] {
  const title = agent.title === undefined ? agent.kind : `${agent.title} (${agent.kind})`;
  if (!agent.installed) {
    return [
      `${paint.strong(agent.name)}  ${title}: ${paint.bad('not installed')}`,
      `    there is no program ${oneLine(agent.command[0] ?? '', 200)}${agent.command[0]?.includes('/') === true ? '' : ' on the PATH'}`,
    ];
  }
  const version = agent.version ?? `version unknown (${agent.noVersion ?? 'it does not say'})`;
  const more = [
    ...(agent.model === undefined ? [] : [`model ${agent.model}`]),
    ...(agent.lane === agent.name ? [] : [`lane ${agent.lane}`]),
  ];
  return [
    `${paint.strong(agent.name)}  ${title}: ${paint.good('installed')}, ${oneLine(version)}${more.length === 0 ? '' : `, ${oneLine(more.join(', '))}`}`,
    `    ${oneLine(agent.program ?? '', 200)}`,
    ...containmentLines(agent, paint),
    ...loginLines(agent).map((line) => `    ${oneLine(line, 300)}`),
  ];
}

function containmentLines({ containment }: AgentInfo, paint: Paint): string[] {
  return heldLines(containment, paint);
}

function heldLines(containment: RoleInfo['containment'], paint: Paint): string[] {
  if (containment === undefined) return [];
  if (containment.mode === 'off') return ['    not contained in this role'];
  const { mode, network, by, why } = containment;
  const words = by === undefined ? (mode === 'required' ? 'does not start' : 'not contained') : '';
  if (by === undefined) return [`    ${paint.bad(words)}: ${oneLine(why ?? '', 300)}`];
  return [`    contained by ${oneLine(by, 200)} (${mode})${network === 'none' ? ', without network' : ''}`];
}

function loginLines({ name, configured, title, login }: AgentInfo): string[] {
  const lines: string[] = [];
  if (login.state === 'found') lines.push(`logged in, it seems: ${login.by ?? ''} is there`);
  else if (title !== undefined)
    lines.push(`logged in or not is not known${login.type === undefined ? '' : `; to log in: ${login.type}`}`);
  if (login.unset.length > 0) lines.push(`named in its env, but not set: ${login.unset.join(', ')}`);
  if (configured && login.state === 'unknown' && login.withheld.length > 0)
    lines.push(`set here, but not passed on: agents: {${name}: {env: [${login.withheld.join(', ')}]}}`);
  return lines;
}

function abilityTable(agents: readonly AgentInfo[], paint: Paint): string[] {
  const names = widest(['Can do', ...agents.map(({ name }) => name)], 32);
  const head = CAPABILITIES.map((one) => padTo(one, 11))
    .join('  ')
    .trimEnd();
  const rows = agents.map(({ name, abilities }) => {
    const cells = CAPABILITIES.map((one) => shade(abilities[one], paint)(padTo(abilities[one].can, 11)));
    return `${padTo(name, names)}  ${cells.join('  ').trimEnd()}`;
  });
  const notes = agents.flatMap(({ name, abilities }) => {
    const partly = CAPABILITIES.filter((one) => abilities[one].can === 'partly');
    return partly.map((one) => paint.faint(`  ${name}, ${one}: ${abilities[one].how}`));
  });
  return [paint.faint(`${padTo('Can do', names)}  ${head}`), ...rows, ...notes];
}

function shade({ can }: Ability, paint: Paint): (text: string) => string {
  return can === 'yes' ? paint.good : can === 'no' ? paint.faint : paint.warn;
}

function roleLines({ role, agents, model, effort, why, otherwise, ok, containment }: RoleInfo, paint: Paint): string[] {
  const told = [...(model === undefined ? [] : [model]), ...(effort === undefined ? [] : [`effort ${effort}`])];
  const names = agents.length === 0 ? 'nobody' : agents.join(', ');
  const who = agents.length === 0 || told.length === 0 ? names : `${names} (${oneLine(told.join(', '), 100)})`;
  return [
    `  ${padTo(role, 12)}  ${(ok ? paint.strong : paint.bad)(who)}: ${oneLine(why, 400)}`,
    ...heldLines(containment, paint).map((line) => `  ${padTo('', 12)}${line.slice(2)}`),
    ...(otherwise === '' ? [] : [`  ${padTo('', 12)}  ${paint.faint(oneLine(otherwise, 400))}`]),
  ];
}

/** One step of a test, as it happens. */
export function renderStep({ step, ok, what }: Step, paint: Paint): string[] {
  const mark = ok ? paint.good('ok') : paint.bad('no');
  return [`${mark}  ${padTo(step, 9)}  ${what}`.trimEnd()];
}

/** What became of a test: what it took, or why it failed and what to do. */
export function renderTested(test: AgentTest, paint: Paint): string[] {
  const { usage } = test;
  const cost = usage?.cost === undefined ? [] : [`$${usage.cost.toFixed(4)}`];
  const told = usage === undefined ? [] : [...tokenWords(usage), ...cost];
  const out = [
    `    ${padTo('usage', 9)}  ${told.length === 0 ? 'not told' : told.join(', ')}`,
    `    ${padTo('time', 9)}  ${duration(test.durationMs)}`,
  ];
  for (const asked of test.asked) out.push(`    ${padTo('asked', 9)}  ${asked}; nobody was there to allow it`);
  if (test.kept !== undefined) {
    out.push(
      `    ${padTo('kept', 9)}  ${test.kept}`,
      `    ${padTo('', 9)}  ${test.kept}/.masterplan/runs/ready/transcripts`,
    );
  }
  out.push('');
  if (test.failure === undefined) out.push(`${paint.good(`${test.agent} works`)}`);
  else {
    const { class: failure, message, hint } = test.failure;
    out.push(
      `${paint.bad(`${test.agent} does not work`)}: ${oneLine(message, 600)}${failure === null ? '' : paint.faint(` (${failure})`)}`,
      `  ${paint.type(oneLine(hint, 400))}`,
    );
  }
  return out;
}
