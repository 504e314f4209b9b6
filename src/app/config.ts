import { z } from 'zod';
import { nearest } from '../core/base/nearest.ts';
import { plainModel } from '../core/agents/prices.ts';
import { err, ok, type Result } from '../core/base/result.ts';
import type { LintOptions } from '../core/plan/lint.ts';
import { CIRCUIT_AFTER } from '../core/run/circuit.ts';
import type { AgentSettings, RunSettings } from '../core/run/settings.ts';
import type { MachineLimits } from '../engine/machine/room.ts';
import { agentSchema, limit, price, withKind } from './config-agents.ts';
import { containmentForAllSchema, containmentOf, containmentOfRoles } from './config-containment.ts';
import { environmentSchema, environmentValues, type EnvironmentFile } from './config-environment.ts';
import { FINISH_CHOICES, SNAPSHOTS } from '../core/run/settings.ts';
import type { Context } from './context.ts';
import type { AppRefusal } from './api.ts';
import { didYouMean, ruleCalled, settingSchema } from './lint-rules.ts';
import { machineKeys, schedulingKeys, schedulingSettings } from './config-scheduling.ts';
import { innermost, issueWords } from './config-words.ts';
import {
  CONFIG_FILE,
  type ConfigFlag,
  fileLayer,
  flagLayer,
  meansSomethingEmpty,
  normalise,
  faultAt,
  strangersIn,
  variableLayer,
  withoutKeys,
} from './config-layers.ts';
import { autonomyKeys, policySettings } from './config-autonomy.ts';
import { presetsFor } from './config-presets.ts';
import { reviewOf, reviewSchema } from './config-review.ts';
import { landingOf, landingSchema } from './config-landing.ts';
import { finishingOf, finishKeys, narrativeOf } from './config-finish.ts';
import { learnedKeys, learnedOf } from './config-learned.ts';
import { checkRunsPath } from './locate.ts';
import { rolesOf, rolesSchema, routingOf, routingSchema } from './config-roles.ts';
import { inheritTimeouts, seedKeys } from './config-seed.ts';
import { type ConfigMap, keyText, mapNode, mergeTrees, nodeAt, originAt, treeOf, valueOf } from './config-tree.ts';
import { bytesText, command, durationText, environment, namesOf, valuesOf } from './config-values.ts';
import { telemetryOf, telemetrySchema, type TelemetrySettings } from './telemetry/settings.ts';
import { witnessSchema, witnessSettings } from './witness-config.ts';
import { notifyOf, notifySchema, quietHours, type NotifySettings } from './notify/settings.ts';

/** The configuration file. A key of its own file is one line here; each has a line in `config-keys.ts`, too. */
export const schema = z.strictObject({
  ...seedKeys,
  runs_path: z.string().refine(checkRunsPath, 'must be a relative path inside the repository').optional(),
  agents: z
    .record(
      z.string().regex(/^[a-z0-9][a-z0-9_-]{0,31}$/, 'an agent is named by lower-case letters, digits, "-" and "_"'),
      agentSchema,
    )
    .optional(),
  prices: z.record(z.string().min(1), price).optional(),
  budget: z.strictObject({ attempt: limit, task: limit, run: limit }).optional(),
  unavailable_policy: z.enum(['degrade-loudly', 'block']).optional(),
  containment: containmentForAllSchema,
  limits: z
    .strictObject({
      failover: z.array(z.string()).optional(),
      quiet_hours: quietHours.optional(),
      resume_unattended: z.boolean().optional(),
    })
    .optional(),
  roles: rolesSchema,
  codex: routingSchema,
  review: reviewSchema(durationText),
  ...autonomyKeys(durationText),
  ...schedulingKeys,
  ...machineKeys(bytesText),
  circuit: z
    .union([z.literal('off'), z.literal(false), z.strictObject({ after: z.number().int().min(2).max(20) })])
    .optional(),
  attempts: z.number().int().min(1).max(20).optional(),
  verify: z
    .strictObject({
      timeout: durationText.optional(),
      commands: z.array(z.string().min(1)).optional(),
      env: environment.optional(),
      flaky: z.enum(['retry', 'quarantine', 'fail'], 'must be retry, quarantine or fail').optional(),
    })
    .optional(),
  witness: witnessSchema,
  environment: environmentSchema(durationText, bytesText).optional(),
  landing: landingSchema,
  telemetry: telemetrySchema,
  finish: z.enum(['ask', ...FINISH_CHOICES]).optional(),
  ...finishKeys,
  ...learnedKeys,
  subplans: z.enum(['ask', 'if-clean', 'always']).optional(),
  snapshots: z
    .strictObject({
      interval: durationText.optional(),
      max_file: bytesText.optional(),
      exclude: z.array(z.string().min(1)).optional(),
      keep: durationText.optional(),
    })
    .optional(),
  notify: notifySchema(durationText, command),
  lint: z
    .strictObject({
      rules: z
        .record(z.string(), settingSchema)
        .superRefine((rules, context) => {
          for (const name of Object.keys(rules)) {
            const rule = ruleCalled(name);
            if (!rule.ok) context.addIssue({ code: 'custom', path: [name], message: rule.error });
          }
        })
        .optional(),
      paths: z.array(z.string().min(1)).optional(),
      exclude: z.array(z.string().min(1)).optional(),
    })
    .optional(),
});
type File = z.infer<typeof schema>;

/** Effective configuration: what is recorded in a run, and the values that are never recorded. */
export interface Config {
  readonly runsPath: string | undefined;
  /** Where bundles that are over are archived, relative to the repository; `undefined`: below the runs. */
  readonly archivePath: string | undefined;
  /** What becomes of a legacy bundle once it is imported. */
  readonly cruft: 'ask' | 'leave' | 'archive' | 'delete';
  readonly settings: RunSettings;
  /** Values for agents by name, and for `verify`. */
  readonly env: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** What is said of worktrees; what the repository adds is found out when a run is created. */
  readonly environment: EnvironmentFile | undefined;
  readonly lint: LintConfig;
  /** What runs may use of this machine. */
  readonly machine: MachineLimits;
  /** Whom and how to tell; never recorded in a run. */
  readonly notify: NotifySettings;
  /** Whether `doctor` applies safe fixes without being told to. */
  readonly autofix: boolean;
  /** Whether a run that is over leaves its retro in the bundle. */
  readonly retro: boolean;
  /** Where telemetry goes; `undefined`: nowhere, and a sentence: why nowhere although somebody asked for it. */
  readonly telemetry: TelemetrySettings | string | undefined;
  /** Remarks that refuse nothing. */
  readonly warnings: readonly string[];
  /** Everything that was said, and where; what was not has its default. */
  readonly tree: ConfigMap;
}

/** What `lint` is told by the configuration. Never recorded: it changes what is shown, not what is run. */
export interface LintConfig {
  readonly rules: NonNullable<LintOptions['rules']>;
  /** Files, directories and globs, relative to the repository, that are linted when none are named. */
  readonly paths: readonly string[] | undefined;
  /** Globs, relative to the repository, of documents that are left out unless they are named. */
  readonly exclude: readonly string[];
}

/** Settings where no file says otherwise. */
const DEFAULTS = { parallel: 4, verify_parallel: 2, attempts: 3, losses: 10, verifyTimeout: 600_000 };

/** What loading may be told beside the place. */
export interface LoadOptions {
  /** What flags say, over everything else. */
  readonly flags?: readonly ConfigFlag[];
  /** What the run was started with: it takes the place of files and variables. */
  readonly recorded?: ConfigMap;
}

/**
 * The effective configuration: presets < `~/.masterplan.yaml` < `<root>/.masterplan.yaml` < `MASTERPLAN_*` < flags; maps are joined at
 * every depth. What is not valid refuses with its place; nothing is started.
 */
export async function loadConfig(
  context: Context,
  root: string,
  { flags = [], recorded }: LoadOptions = {},
): Promise<Result<Config, AppRefusal>> {
  const warnings: string[] = [];
  let tree: ConfigMap = mapNode(new Map(), { from: 'default', where: 'defaults' });
  /** Lays one layer over what there is, and looks whether all of it so far is valid; what is missing may still come. */
  const lay = (given: ConfigMap): AppRefusal | undefined => {
    const layer = normalise(schema, given, (warning) => warnings.push(warning));
    const strangers = strangersIn(schema, layer);
    const known = withoutKeys(
      layer,
      strangers.map(({ path }) => path),
    );
    tree = mergeTrees(tree, known, meansSomethingEmpty);
    const faults = faultsIn(tree).filter(({ isMissing }) => !isMissing);
    // What another release wrote into a run's record must not keep it from going on.
    if (recorded !== undefined) warnings.push(...strangers.map(({ place, message }) => `${place}: ${message}`));
    // A misspelt key explains best why another one is missing.
    return refusalOf([...(recorded === undefined ? strangers : []), ...faults]);
  };
  if (recorded === undefined) {
    const directories = [...(context.env['HOME'] === undefined ? [] : [context.env['HOME']]), root];
    for (const directory of new Set(directories)) {
      const layer = await fileLayer(context, `${directory}/${CONFIG_FILE}`);
      if (!layer.ok) return layer;
      const refused = layer.value === undefined ? undefined : lay(layer.value);
      if (refused !== undefined) return err(refused);
    }
    const refused = lay(variableLayer(schema, context.env, tree, warnings));
    if (refused !== undefined) return err(refused);
  } else {
    const refused = lay(recorded);
    if (refused !== undefined) return err(refused);
  }
  const given = flagLayer(schema, flags);
  if (!given.ok) return given;
  const flagged = normalise(schema, given.value, (warning) => warnings.push(warning));
  const strange = refusalOf(strangersIn(schema, flagged));
  if (strange !== undefined) return err(strange);
  tree = withPresets(mergeTrees(tree, flagged, meansSomethingEmpty));
  const parsed = parseTree(tree);
  return parsed.ok ? ok(resolve(context, parsed.value, tree, warnings)) : parsed;
}

/** The configuration of somebody who names this agent and says nothing else; `undefined`: its name alone does not say enough. */
export function configOfKnown(context: Context, name: string): Config | undefined {
  const tree = treeOf({ agents: { [name]: null } }, { from: 'default', where: 'defaults' }) as ConfigMap;
  const parsed = parseTree(tree);
  return parsed.ok ? resolve(context, parsed.value, tree, []) : undefined;
}

/** What presets and older keys say of things that nothing else is said of. */
function withPresets(tree: ConfigMap): ConfigMap {
  return inheritTimeouts(mergeTrees(presetsFor(tree), tree, meansSomethingEmpty));
}

function parseTree(tree: ConfigMap): Result<File, AppRefusal> {
  const parsed = schema.safeParse(plain(tree));
  if (parsed.success) return ok(parsed.data);
  return err(refusalOf(faultsIn(tree)) ?? faultAt('the configuration', 'is not valid'));
}

/** One mistake, and where; whether it is only that something is missing that a later layer may say. */
interface ConfigFault {
  readonly place: string;
  readonly message: string;
  readonly isMissing?: boolean;
}

/** What is wrong with a tree. */
function faultsIn(tree: ConfigMap): readonly ConfigFault[] {
  const value = plain(tree);
  const parsed = schema.safeParse(value);
  if (parsed.success) return [];
  return parsed.error.issues.map((outer) => {
    const issue = innermost(outer);
    const { path } = issue;
    const first = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
    const origin = originAt(tree, first === undefined ? path : [...path, first]);
    const isKey = first !== undefined || issue.code === 'invalid_key';
    return {
      place: (isKey ? origin.key : undefined) ?? origin.where,
      message: `${keyText(path) || 'the file'}: ${issueWords(schema, value, issue)}`,
      isMissing: issue.code === 'invalid_type' && nodeAt(tree, path) === undefined,
    };
  });
}

/** Mistakes that one refusal names. */
const MOST_FAULTS = 10;

/** What is to be told of mistakes, each on a line of its own; `undefined`: there are none. */
function refusalOf(faults: readonly ConfigFault[]): AppRefusal | undefined {
  // What an older key is read as is wrong in the same place.
  const [first, ...others] = faults.filter(({ place }, at) => faults.findIndex((one) => one.place === place) === at);
  if (first === undefined) return undefined;
  const refusal = faultAt(first.place, first.message);
  const more = others.slice(0, MOST_FAULTS - 1).map(({ place, message }) => `${place}: ${message}`);
  const left = others.length - more.length;
  const rest = left === 0 ? [] : [`and ${left} more`];
  return { ...refusal, message: [refusal.message, ...more, ...rest].join('\n') };
}

/** The plain value of a tree, with what the names of agents say filled in. */
function plain(tree: ConfigMap): Record<string, unknown> {
  const value = valueOf(tree) as Record<string, unknown>;
  const { agents } = value;
  if (typeof agents !== 'object' || agents === null || Array.isArray(agents)) return value;
  const filled = Object.entries(agents).map(([name, one]: [string, unknown]) => [name, withKind(name, one)]);
  return { ...value, agents: Object.fromEntries(filled) };
}

function resolve(context: Context, file: File, tree: ConfigMap, warnings: readonly string[]): Config {
  const agents: Record<string, AgentSettings> = {};
  const env: Record<string, Record<string, string>> = {};
  for (const [agent, one] of Object.entries(file.agents ?? {})) {
    const [program, ...rest] = (one.command ?? [one.kind]) as [string, ...string[]];
    // A program beside the configuration is meant when the path is relative, and there is no shell that knows `~/`; everything else is taken as it
    // is written.
    const resolved = /^\.{1,2}\//.test(program)
      ? `${originAt(tree, ['agents', agent, 'command']).directory ?? context.cwd}/${program.replace(/^\.\//, '')}`
      : program.startsWith('~/') && context.env['HOME'] !== undefined
        ? `${context.env['HOME']}${program.slice(1)}`
        : program;
    env[agent] = valuesOf(context, one.env);
    const common = {
      command: [resolved, ...rest] as const,
      env: namesOf(one.env),
      idle_timeout: one.idle_timeout,
      timeout: one.timeout,
      max_output: one.max_output,
      max_concurrent: one.max_concurrent,
      ...(one.lane === undefined ? {} : { lane: one.lane }),
      ...(one.max_memory === undefined ? {} : { max_memory: one.max_memory }),
      ...(one.model === undefined ? {} : { model: one.model }),
      ...(one.effort === undefined ? {} : { effort: one.effort }),
      ...(one.vendor === undefined ? {} : { vendor: one.vendor }),
      ...containmentOf(file.containment, one.containment),
    };
    agents[agent] =
      one.kind === 'command'
        ? { kind: one.kind, ...common }
        : {
            kind: one.kind,
            ...common,
            permission: one.permission,
            patience: one.patience,
            resume: one.resume,
            ...(one.max_turns === undefined ? {} : { max_turns: one.max_turns }),
            ...(one.price === undefined ? {} : { price: one.price }),
            ...(one.max_cost === undefined ? {} : { max_cost: one.max_cost }),
          };
  }
  const verifyEnv = file.verify?.env ?? [];
  env['verify'] = valuesOf(context, verifyEnv);
  Object.assign(env, environmentValues(file.environment));
  const names = Object.keys(agents);
  const review = reviewOf(file.review);
  const strangers = (file.limits?.failover ?? []).filter((agent) => !Object.hasOwn(agents, agent));
  const failover = strangers.map(
    (agent) => `limits.failover names "${agent}", which is not configured${didYouMean(nearest(agent, names))}`,
  );
  const roles = rolesOf(file.roles, names);
  const routing = routingOf(file.codex);
  return {
    runsPath: file.runs_path,
    archivePath: file.archive_path,
    cruft: file.cruft_policy ?? 'leave',
    telemetry: telemetryOf(file.telemetry, context.env),
    autofix: file.doctor_autofix ?? false,
    retro: file.completion?.auto_retro ?? true,
    machine: machineLimits(file.machine),
    notify: notifyOf(file.notify),
    lint: {
      rules: Object.fromEntries(
        Object.entries(file.lint?.rules ?? {}).flatMap(([name, setting]) => {
          const rule = ruleCalled(name);
          return rule.ok ? [[rule.value.id, setting]] : [];
        }),
      ),
      paths: file.lint?.paths,
      exclude: file.lint?.exclude ?? [],
    },
    warnings: [...warnings, ...failover],
    tree,
    env,
    environment: file.environment,
    settings: {
      agents,
      roles,
      routing,
      ...containmentOfRoles(file.containment),
      parallel: file.parallelism?.max_agents ?? DEFAULTS.parallel,
      verify_parallel: file.parallelism?.max_verifications ?? DEFAULTS.verify_parallel,
      ...(file.circuit === 'off' || file.circuit === false
        ? {}
        : { circuit: { after: file.circuit?.after ?? CIRCUIT_AFTER } }),
      attempts: file.attempts ?? DEFAULTS.attempts,
      losses: DEFAULTS.losses,
      verify: {
        timeout: file.verify?.timeout ?? DEFAULTS.verifyTimeout,
        commands: file.verify?.commands ?? [],
        env: namesOf(verifyEnv),
        ...(file.verify?.flaky === undefined ? {} : { flaky: file.verify.flaky }),
      },
      witness: witnessSettings(file.witness),
      ...landingOf(file.landing, file.parallelism?.max_verifications),
      finish: file.finish ?? 'ask',
      ...finishingOf(file),
      ...narrativeOf(file, { agents, roles, routing }),
      ...learnedOf(file),
      ...schedulingSettings(file),
      ...policySettings(file, review),
      snapshots: {
        interval: file.snapshots?.interval ?? SNAPSHOTS.interval,
        max_file: file.snapshots?.max_file ?? SNAPSHOTS.max_file,
        exclude: file.snapshots?.exclude ?? SNAPSHOTS.exclude,
        keep: file.snapshots?.keep ?? SNAPSHOTS.keep,
      },
      ...(file.budget === undefined ? {} : { budget: file.budget }),
      ...(file.prices === undefined
        ? {}
        : { prices: Object.fromEntries(Object.entries(file.prices).map(([model, one]) => [plainModel(model), one])) }),
      ...(file.limits?.failover === undefined ? {} : { failover: file.limits.failover }),
      ...(file.limits?.quiet_hours === undefined ? {} : { quiet_hours: file.limits.quiet_hours }),
      ...(file.limits?.resume_unattended === undefined ? {} : { resume_unattended: file.limits.resume_unattended }),
      ...(file.unavailable_policy === undefined ? {} : { unavailable_policy: file.unavailable_policy }),
    },
  };
}

function machineLimits(given: File['machine'] = {}): MachineLimits {
  const { agents, memory, load, disk } = given;
  return {
    ...(agents === undefined ? {} : { agents }),
    ...(memory === undefined ? {} : { memory }),
    ...(load === undefined ? {} : { load }),
    ...(disk === undefined ? {} : { disk }),
  };
}
