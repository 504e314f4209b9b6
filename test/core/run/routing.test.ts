import { describe, expect, test } from 'vitest';
import { effortFor } from '../../../src/core/agents/effort.ts';
import { hostsIn, suppressedBy } from '../../../src/core/agents/host.ts';
import { vendorOf, vendorOfModel } from '../../../src/core/agents/vendor.ts';
import type { PlanTask } from '../../../src/core/plan/model.ts';
import { parsePlan } from '../../../src/core/plan/parse.ts';
import { routeOf } from '../../../src/core/plan/route.ts';
import { decide } from '../../../src/core/run/decide.ts';
import { assignmentFor } from '../../../src/core/run/lanes.ts';
import { seatOf } from '../../../src/core/run/seats.ts';
import { meantFor } from '../../../src/core/run/routing.ts';
import type { AgentSettings, RunSettings } from '../../../src/core/run/settings.ts';
import { spokenFor } from '../../../src/engine/agents/voice.ts';
import { SETTINGS, Story, task } from './story.ts';

const spoken = (kind: 'claude' | 'codex' | 'acp', fields: Partial<AgentSettings> = {}): AgentSettings =>
  ({
    kind,
    command: [kind],
    env: [],
    idle_timeout: 0,
    timeout: 0,
    max_output: 0,
    max_concurrent: 0,
    permission: 'ask',
    patience: 0,
    ...fields,
  }) as AgentSettings;
const settings = (fields: Partial<RunSettings> = {}): RunSettings => ({
  ...SETTINGS,
  agents: { claude: spoken('claude'), codex: spoken('codex'), gemini: spoken('acp', { command: ['gemini', '--acp'] }) },
  roles: { implement: 'claude' },
  routing: { small_edits: 'auto', max_files: 3 },
  ...fields,
});
const small = (fields: Partial<PlanTask> = {}): PlanTask => task('T1', { scope: ['src/a.ts'], ...fields });
const meant = (fields: Partial<PlanTask>, over: Partial<RunSettings> = {}) => meantFor(settings(over), small(fields));

describe('who gets a task', () => {
  test('whoever the plan asks for, before rules and roles', () => {
    expect(meant({ agent: 'gemini' })).toMatchObject({ agent: 'gemini', role: 'implement', source: 'annotation' });
    expect(meant({ route: { role: 'architecture' } })).toMatchObject({
      agent: 'claude',
      role: 'architecture',
      model: 'opus',
      source: 'annotation',
      reason: 'the plan asks for the role architecture',
    });
    expect(meant({ agent: 'claude', route: { model: 'claude-opus-5-5', effort: 'high' } })).toMatchObject({
      agent: 'claude',
      model: 'claude-opus-5-5',
      effort: 'high',
    });
    // Nobody has that name: the plan was written for other agents.
    expect(meant({ agent: 'amp', scope: [] })).toMatchObject({ agent: 'claude', source: 'role' });
  });

  test('small edits go to Codex by themselves, and say why', () => {
    expect(meant({})).toMatchObject({
      agent: 'codex',
      role: 'small_edit',
      source: 'eligibility',
      reason: 'a small edit: one file, and a command verifies it',
    });
  });

  test.each([
    [{ scope: ['a', 'b', 'c', 'd'] }, 'no small edit: it changes 4 paths, more than 3'],
    [{ scope: ['src/'] }, 'no small edit: it may change all of src/'],
    [{ scope: ['src/*.ts'] }, 'no small edit: it may change all of src/*.ts'],
    [{ scope: [] }, 'no small edit: it does not say which files it changes'],
    [{ verify: [] }, 'no small edit: no command verifies it'],
    [{ nonCommitting: true }, 'no small edit: it changes no file'],
    [{ route: { codex: false } }, 'no small edit: it says Codex: no'],
    [{ route: { complexity: 'high' } }, 'no small edit: its complexity is high'],
    [{ route: { unfit: 'decide' } }, 'no small edit: its text says "decide"'],
  ] satisfies (readonly [Partial<PlanTask>, string])[])('but not %j', (fields, reason) => {
    expect(meant(fields)).toMatchObject({ agent: 'claude', role: 'implement', source: 'role', reason });
  });

  test('the rules can be switched off, or left to the plan', () => {
    const routing = (small_edits: 'manual' | 'off') => ({ routing: { small_edits, max_files: 3 } });
    expect(meant({}, routing('manual'))).toMatchObject({ agent: 'claude' });
    expect(meant({ route: { codex: true } }, routing('manual'))).toMatchObject({ agent: 'codex', role: 'small_edit' });
    expect(meant({ route: { codex: true } }, routing('off'))).toMatchObject({ agent: 'claude' });
    // Runs of releases without rules go on without them.
    const { routing: _, ...old } = settings();
    expect(meantFor(old, small())).toMatchObject({ agent: 'claude', reason: 'role implement' });
    expect(meantFor(old, small()).model).toBeUndefined();
  });

  test('briefs go to the role that plans', () => {
    const roles = { implement: 'claude', plan: { agent: 'gemini', model: 'pro', effort: 'low' } };
    expect(meant({ planFirst: 'task' }, { roles })).toMatchObject({
      agent: 'gemini',
      role: 'plan',
      model: 'pro',
      effort: 'low',
    });
  });

  test('models: the plan, the role, the agent, the usual one of its program; own: none', () => {
    const model = (
      agent: Partial<AgentSettings>,
      implement: RunSettings['roles']['implement'],
      route?: PlanTask['route'],
    ) =>
      meantFor(
        settings({ agents: { claude: spoken('claude', agent) }, roles: { implement } }),
        small(route === undefined ? {} : { route }),
      ).model;
    expect(model({}, 'claude')).toBe('sonnet');
    expect(model({ model: 'mine' }, 'claude')).toBe('mine');
    expect(model({ model: 'mine' }, { agent: 'claude', model: 'role' })).toBe('role');
    expect(model({ model: 'mine' }, { agent: 'claude', model: 'role' }, { model: 'plan' })).toBe('plan');
    expect(model({ model: 'own' }, 'claude')).toBeUndefined();
  });

  test('whoever takes over gets no model of another vendor, and the reason grows', () => {
    const over = settings({ failover: ['codex'], roles: { implement: { agent: 'claude', model: 'opus' } } });
    const story = new Story([task('T1')], over).approved();
    story.tell({
      event: 'lane_parked',
      lane: 'claude',
      failure: 'usage-limit',
      until: null,
      known: 'reported',
      message: '',
    });
    const assignment = assignmentFor(story.state, task('T1'));
    expect(assignment).toMatchObject({ agent: 'codex', source: 'failover' });
    expect(assignment?.model).toBeUndefined();
    expect(assignment?.reason).toMatch(/no small edit.*; claude: the usage limit/);
    expect(decide(story.state)).toContainEqual(expect.objectContaining({ type: 'work', agent: 'codex', assignment }));
  });

  test('reviews go to another vendor when nobody is named', () => {
    expect(seatOf(settings(), 'review')).toEqual({ agent: 'codex', named: false });
    expect(seatOf(settings({ roles: { implement: 'codex' } }), 'review')).toMatchObject({ agent: 'claude' });
    expect(seatOf(settings({ agents: { claude: spoken('claude') } }), 'review').agent).toBe('claude');
  });
});

describe('what a task says about who should do it', () => {
  test('is read wherever it stands in its text', () => {
    const text =
      '**Model:** `gpt-5.5-codex`\n- **Role:** small-edit\n**Effort:** high\n**Complexity**: low\n**Codex:** no';
    expect(routeOf(text)).toEqual({
      model: 'gpt-5.5-codex',
      role: 'small_edit',
      effort: 'high',
      complexity: 'low',
      codex: false,
    });
    expect(routeOf('Decide between A and B.')).toEqual({ unfit: 'decide' });
    expect(routeOf('Rotate the OAuth secrets.')).toEqual({ unfit: 'oauth' });
    expect(routeOf('**Effort:** 2h\nplain')).toBeUndefined();
  });

  test('a plan of tasks carries it, and an effort is no estimate', () => {
    const text = (id: number, more: string) =>
      `## Task ${id}: Do ${id}\n\n**Files:** \`${id}.ts\`\n**Verify:** \`true\`\n${more}\n`;
    const parsed = parsePlan(`# P\n\n${text(1, '**Model:** opus\n**Effort:** high\n')}${text(2, '')}`, {
      fileName: 'p.md',
    });
    if (!parsed.ok) throw new Error('no plan');
    const plan = parsed.value;
    expect(plan.units.map((one) => one.task.route)).toEqual([{ model: 'opus', effort: 'high' }, undefined]);
    expect(plan.findings.filter(({ rule }) => rule === 'TK-06')).toEqual([]);
  });
});

test('vendors are known by program, by model, or by configuration', () => {
  expect(vendorOf('x', spoken('claude'))).toBe('anthropic');
  expect(
    vendorOf('x', spoken('acp', { command: ['npx', 'opencode.js'] as never, model: 'anthropic/claude-opus-5' })),
  ).toBe('anthropic');
  expect(vendorOf('x', spoken('acp', { command: ['opencode', 'acp'] }))).toBe('opencode');
  expect(vendorOf('mine', { kind: 'command', command: ['./work.sh'] })).toBe('mine');
  expect(vendorOf('mine', { kind: 'acp', command: ['npx', '@zed-industries/codex-acp'] })).toBe('openai');
  expect(vendorOf('mine', { kind: 'command', command: ['./work.sh'], vendor: 'openai' })).toBe('openai');
  expect(['gpt-5.5', 'o3-mini', 'gemini-3', 'foo'].map(vendorOfModel)).toEqual([
    'openai',
    'openai',
    'google',
    undefined,
  ]);
});

test('an agent is not started inside of itself, and only the name of a variable is looked at', () => {
  const hosts = hostsIn({ CODEX_THREAD_ID: 'secret', CODEX_SANDBOX: '1', PATH: '/bin' });
  expect(hosts).toHaveLength(1);
  expect(suppressedBy(hosts, spoken('codex'))).toMatch(/started inside Codex \(CODEX_THREAD_ID is set\)/);
  expect(suppressedBy(hosts, spoken('codex'))).not.toMatch(/secret/);
  expect(suppressedBy(hosts, { kind: 'command', command: ['/opt/codex', 'exec'] })).toBeDefined();
  expect(suppressedBy(hosts, { kind: 'command', command: ['sh', '-c', 'codex exec -'] })).toBeDefined();
  expect(suppressedBy(hosts, { kind: 'acp', command: ['npx', '@zed-industries/codex-acp'] })).toBeDefined();
  expect(suppressedBy(hosts, spoken('claude'))).toBeUndefined();
  expect(suppressedBy(hostsIn({ CLAUDECODE: '1' }), spoken('claude'))).toMatch(/Claude Code/);
  expect(hostsIn({ CLAUDECODE: '' })).toEqual([]);
});

test('effort is said in the words of each program', () => {
  expect(effortFor('claude', 'minimal')).toBe('low');
  expect(effortFor('codex', 'max')).toBe('xhigh');
  expect(effortFor('codex', 'High')).toBe('high');
  expect(effortFor('acp', 'max')).toBe('max');
  expect(effortFor('claude', 'ultra')).toBe('ultra');
});

test('command agents are told by placeholders; what is not known leaves no option behind', () => {
  const command = ['run', '--model', '{model}', '--think={effort}', 'go'] as const;
  expect(spokenFor([...command], { model: 'm1', effort: 'low' })).toEqual([
    'run',
    '--model',
    'm1',
    '--think=low',
    'go',
  ]);
  expect(spokenFor([...command], {})).toEqual(['run', 'go']);
});
