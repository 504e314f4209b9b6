import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { nearest } from '../core/base/nearest.ts';
import { KNOWN_AGENTS } from '../core/agents/known.ts';
import { plainModel } from '../core/agents/prices.ts';
import { err, ok, type Result } from '../core/base/result.ts';
import type { LintOptions } from '../core/plan/lint.ts';
import { CIRCUIT_AFTER } from '../core/run/circuit.ts';
import type { AgentSettings, RunSettings } from '../core/run/settings.ts';
import type { MachineLimits } from '../engine/machine/room.ts';
import { environmentSchema, environmentValues, type EnvironmentFile } from './config-environment.ts';
import { FINISH_CHOICES, SNAPSHOTS } from '../core/run/settings.ts';
import type { Context } from './context.ts';
import { EXIT, type AppRefusal } from './api.ts';
import { didYouMean, ruleCalled, settingSchema } from './lint-rules.ts';
import { machineKeys, schedulingKeys, schedulingSettings } from './config-scheduling.ts';
import { containmentForAllSchema, containmentOf, containmentOfRoles, containmentSchema } from './config-containment.ts';
import { issueWords } from './config-words.ts';
import { reviewOf, reviewSchema } from './config-review.ts';
import { landingOf, landingSchema } from './config-landing.ts';
import { finishingOf, finishKeys } from './config-finish.ts';
import { checkRunsPath } from './locate.ts';
import { rolesOf, rolesSchema, routingOf, routingSchema } from './config-roles.ts';
import { witnessSchema, witnessSettings } from './witness-config.ts';
import { notifyOf, notifySchema, quietHours, type NotifySettings } from './notify/settings.ts';

const durationText = z
  .union([z.number().nonnegative(), z.string().regex(/^\d+(\.\d+)?\s*(ms|s|m|min|h)?$/)])
  .transform((value) => {
    if (typeof value === 'number') return value * 1000;
    const [, amount, unit] = /^([\d.]+)\s*(\w*)$/.exec(value) ?? [];
    const factor = { ms: 1, '': 1000, s: 1000, m: 60_000, min: 60_000, h: 3_600_000 }[unit ?? ''] ?? 1000;
    return Number(amount) * factor;
  });
const bytesText = z
  .union([z.number().int().nonnegative(), z.string().regex(/^\d+(\.\d+)?\s*(B|kB|MB|GB)?$/)])
  .transform((value) => {
    if (typeof value === 'number') return value;
    const [, amount, unit] = /^([\d.]+)\s*(\w*)$/.exec(value) ?? [];
    const factor = { B: 1, '': 1, kB: 1000, MB: 1_000_000, GB: 1_000_000_000 }[unit ?? ''] ?? 1;
    return Math.round(Number(amount) * factor);
  });
const command = z.array(z.string().min(1)).min(1, 'a command needs a program');
const name = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'not a name of an environment variable');
/** Names to pass on from our environment, or names with values; `null` and `true` pass on as well. */
const environment = z.union([
  z.array(name),
  z.record(name, z.union([z.string(), z.number().transform(String), z.null(), z.literal(true)])),
]);

const anyAgent = {
  containment: containmentSchema,
  env: environment.default([]),
  idle_timeout: durationText.default(600_000),
  timeout: durationText.default(3_600_000),
  max_output: bytesText.default(256 * 1024 * 1024),
  max_concurrent: z.number().int().nonnegative().default(0),
  max_memory: bytesText.optional(),
  model: z.string().min(1).optional(),
  effort: z.string().min(1).optional(),
  vendor: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,31}$/, 'a vendor is named like an agent')
    .optional(),
  lane: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,31}$/, 'a lane is named like an agent')
    .optional(),
};
const price = z.strictObject({
  input: z.number().nonnegative(),
  cached: z.number().nonnegative().optional(),
  cache_write: z.number().nonnegative().optional(),
  output: z.number().nonnegative(),
});
const spokenAgent = {
  ...anyAgent,
  command: command.optional(),
  permission: z.enum(['ask', 'all']).default('ask'),
  patience: durationText.default(600_000),
  resume: z.enum(['never', 'after-limit', 'always'], 'must be never, after-limit or always').default('always'),
  max_turns: z.number().int().positive().optional(),
  max_cost: z.number().positive().optional(),
  price: price.optional(),
};
const limit = z
  .strictObject({
    cost: z.number().positive().optional(),
    tokens: z.number().int().positive().optional(),
    time: durationText.optional(),
  })
  .optional();
const agentSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('command'), command, ...anyAgent }),
  z.strictObject({ kind: z.literal('claude'), ...spokenAgent }),
  z.strictObject({ kind: z.literal('codex'), ...spokenAgent }),
  z.strictObject({ kind: z.literal('acp'), ...spokenAgent, command }),
]);

/** Fills in what the name of an agent and the presence of a command already say. */
function withKind(name: string, value: unknown): unknown {
  if (value === null || (typeof value === 'object' && !Array.isArray(value) && !('kind' in value))) {
    const given = (value ?? {}) as Record<string, unknown>;
    // A command without a kind is a command agent, whatever its name: that is what it always was.
    if ('command' in given) return { kind: 'command', ...given };
    const known = Object.hasOwn(KNOWN_AGENTS, name) ? KNOWN_AGENTS[name] : undefined;
    return known === undefined
      ? { kind: 'command', ...given }
      : { kind: known.kind, command: [...known.command], ...given };
  }
  return value;
}

const schema = z.strictObject({
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
  finish: z.enum(['ask', ...FINISH_CHOICES]).optional(),
  ...finishKeys,
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
  /** Remarks that refuse nothing. */
  readonly warnings: readonly string[];
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

/**
 * Reads `~/.masterplan.yaml` and `<root>/.masterplan.yaml`, the latter over the former, top-level key by key. A file that
 * is not valid refuses with its place; nothing is started.
 */
export async function loadConfig(context: Context, root: string): Promise<Result<Config, AppRefusal>> {
  const warnings: string[] = [];
  let merged: File = {};
  const directories = [...(context.env['HOME'] === undefined ? [] : [context.env['HOME']]), root];
  const origins: Record<string, string> = {};
  for (const directory of new Set(directories)) {
    const path = `${directory}/.masterplan.yaml`;
    let bytes: Uint8Array | undefined;
    try {
      bytes = await context.io.files.read(path, 1024 * 1024);
    } catch (error) {
      return refuse(path, error instanceof Error ? error.message : String(error));
    }
    if (bytes === undefined) continue;
    const parsed = parseFile(path, new TextDecoder().decode(bytes), warnings);
    if (!parsed.ok) return parsed;
    for (const agent of Object.keys(parsed.value.agents ?? {})) origins[agent] = directory;
    merged = { ...merged, ...parsed.value, agents: { ...merged.agents, ...parsed.value.agents } };
  }
  return ok(resolve(context, merged, origins, warnings));
}

/** The configuration of somebody who names this agent and says nothing else; `undefined`: its name alone does not say enough. */
export function configOfKnown(context: Context, name: string): Config | undefined {
  const parsed = schema.safeParse({ agents: { [name]: withKind(name, null) } });
  return parsed.success ? resolve(context, parsed.data, {}, []) : undefined;
}

function parseFile(path: string, text: string, warnings: string[]): Result<File, AppRefusal> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, maxAliasCount: 100 } as Parameters<
    typeof parseDocument
  >[1]);
  const broken = document.errors[0];
  if (broken !== undefined) {
    const at = lines.linePos(broken.pos[0]);
    return refuse(`${path}:${at.line}:${at.col}`, broken.message);
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 }) ?? {};
  } catch (error) {
    return refuse(path, error instanceof Error ? error.message : String(error));
  }
  const place = (keys: readonly PropertyKey[]): string => {
    for (let depth = keys.length; depth > 0; depth--) {
      const node = document.getIn(keys.slice(0, depth), true) as
        | { range?: [number, number, number] | null }
        | undefined;
      if (node?.range) {
        const at = lines.linePos(node.range[0]);
        return `${path}:${at.line}:${at.col}`;
      }
    }
    return path;
  };
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    for (const key of Object.keys(value)) {
      if (key in schema.shape) continue;
      warnings.push(`${path}: unknown key "${key}"${didYouMean(nearest(key, Object.keys(schema.shape)))}`);
      delete (value as Record<string, unknown>)[key];
    }
  }
  const agents: unknown = (value as Record<string, unknown>)['agents'];
  if (typeof agents === 'object' && agents !== null && !Array.isArray(agents)) {
    const filled = Object.entries(agents).map(([name, one]: [string, unknown]) => [name, withKind(name, one)]);
    value = { ...(value as object), agents: Object.fromEntries(filled) };
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return ok(parsed.data);
  // A misspelt key explains best why another one is missing.
  const issue = parsed.error.issues.find((one) => one.code === 'unrecognized_keys') ?? parsed.error.issues[0];
  const keys = issue?.path ?? [];
  return refuse(place(keys), `${keys.map(String).join('.') || 'the file'}: ${issueWords(schema, value, issue)}`);
}

function resolve(
  context: Context,
  file: File,
  origins: Readonly<Record<string, string>>,
  warnings: readonly string[],
): Config {
  const agents: Record<string, AgentSettings> = {};
  const env: Record<string, Record<string, string>> = {};
  for (const [agent, one] of Object.entries(file.agents ?? {})) {
    const [program, ...rest] = (one.command ?? [one.kind]) as [string, ...string[]];
    // A program beside the configuration is meant when the path is relative; everything else is taken as it is written.
    const resolved = /^\.{1,2}\//.test(program) ? `${origins[agent] ?? ''}/${program.replace(/^\.\//, '')}` : program;
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
  return {
    runsPath: file.runs_path,
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
    env,
    environment: file.environment,
    settings: {
      agents,
      roles: rolesOf(file.roles, names),
      routing: routingOf(file.codex),
      ...containmentOfRoles(file.containment),
      ...(review === undefined ? {} : { review }),
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
      ...schedulingSettings(file),
      subplans: file.subplans ?? 'ask',
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

type Environment = z.infer<typeof environment>;

function namesOf(value: Environment): string[] {
  return (Array.isArray(value) ? [...value] : Object.keys(value)).sort();
}

function valuesOf(context: Context, value: Environment): Record<string, string> {
  const values: Record<string, string> = {};
  const entries: [string, string | true | null][] = Array.isArray(value)
    ? value.map((one) => [one, true])
    : Object.entries(value);
  for (const [key, given] of entries) {
    const text = given === true || given === null ? context.env[key] : given;
    if (text !== undefined) values[key] = text;
  }
  return values;
}

function refuse(place: string, message: string): Result<never, AppRefusal> {
  return err({
    message: `${place}: ${message}`,
    hint: 'correct the file; docs/configuration.md lists the keys',
    exit: EXIT.usage,
  });
}
