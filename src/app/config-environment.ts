import { z } from 'zod';
import { portsIn } from '../core/environment/lease.ts';
import { keysOf } from '../core/environment/packages.ts';
import { SETUP_READERS } from '../core/environment/foreign.ts';
import type { EnvironmentSettings, SetupCommand } from '../core/environment/settings.ts';
import { ENVIRONMENT, fileValues } from '../engine/environment/site.ts';

const OWN = '.masterplan.yaml';
/** Milliseconds for one command of a set-up, where nothing is said. */
const TIMEOUT = 600_000;

const lines = z.preprocess(
  (value) => (typeof value === 'string' ? [value] : value),
  z.array(z.string().refine((text) => text.trim() !== '', 'is empty')),
);
const portName = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'a port is named by lower-case letters, digits and "-"');
const variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'not a name of an environment variable');
const values = z.record(variable, z.union([z.string(), z.number().transform(String), z.boolean().transform(String)]));
const filePath = z
  .string()
  .refine(
    (path) =>
      path !== '' &&
      !/^[/~-]|\\|[\u0000-\u001f]/.test(path) &&
      path.split('/').every((step) => step !== '' && step !== '.' && step !== '..' && !/^\.git$/i.test(step)),
    'must be a plain path inside the worktree',
  );
const pattern = z.string().regex(/^[^\n\r\0]+$/, 'must be one line');
const TOOLS = SETUP_READERS.map(({ tool }) => tool);

/** The section `environment`; `duration` is how the configuration writes durations. */
export function environmentSchema(duration: z.ZodType<number, number | string>, bytes: z.ZodType<number>) {
  return z
    .strictObject({
      setup: lines.optional(),
      teardown: lines.optional(),
      timeout: duration.optional(),
      ports: z
        .union([
          z.array(portName).transform((names) => Object.fromEntries(names.map((name) => [name, 1]))),
          z.record(portName, z.number().int().min(1).max(100)),
        ])
        .optional(),
      env: values.optional(),
      files: z
        .record(
          filePath,
          z.preprocess(
            (value) => (typeof value === 'string' ? { from: value } : (value ?? {})),
            z.strictObject({ from: filePath.optional(), set: values.optional() }),
          ),
        )
        .optional(),
      copy: z.array(pattern).optional(),
      share: z
        .union([
          z.array(filePath).transform((paths) => paths.map((path) => ({ path, when: keysOf(path) }))),
          z
            .record(filePath, z.array(filePath))
            .transform((all) => Object.entries(all).map(([path, when]) => ({ path, when }))),
        ])
        .optional(),
      artefacts: z.array(pattern).optional(),
      limits: z
        .strictObject({
          worktree: bytes.optional(),
          run: bytes.optional(),
          processes: z.number().int().positive().optional(),
        })
        .optional(),
      include: z.boolean().optional(),
      checkouts: z.boolean().optional(),
      from: z
        .preprocess(
          (value) => (typeof value === 'string' ? [value] : value),
          z.array(z.enum(['all', ...TOOLS], `must be all, or some of ${TOOLS.join(', ')}`)),
        )
        .optional(),
    })
    .superRefine((section, context) => {
      const leased = new Set([...Object.keys(section.ports ?? {}), 'conductor']);
      const texts: [string[], string][] = [
        ...Object.entries(section.env ?? {}).map(([name, text]): [string[], string] => [['env', name], text]),
        ...Object.entries(section.files ?? {}).flatMap(([file, { set }]) =>
          Object.entries(set ?? {}).map(([name, text]): [string[], string] => [['files', file, 'set', name], text]),
        ),
      ];
      for (const [path, text] of texts) {
        const port = portsIn(text).find((one) => !leased.has(one));
        if (port !== undefined)
          context.addIssue({ code: 'custom', path, message: `{port:${port}} is not among environment.ports` });
      }
    });
}

export type EnvironmentFile = z.infer<ReturnType<typeof environmentSchema>>;

/** What the section says by itself; set-up files in the repository are looked for when a run is created. */
export function environmentOfFile(file: EnvironmentFile): EnvironmentSettings {
  const own = (all: readonly string[] | undefined): SetupCommand[] =>
    (all ?? []).map((command) => ({ command, from: OWN }));
  return {
    setup: own(file.setup),
    teardown: own(file.teardown),
    timeout: file.timeout ?? TIMEOUT,
    ports: file.ports ?? {},
    env: Object.keys(file.env ?? {}).sort(),
    files: Object.entries(file.files ?? {}).map(([path, { from, set }]) => ({
      path,
      ...(from === undefined ? {} : { from }),
      names: Object.keys(set ?? {}).sort(),
    })),
    copy: file.copy ?? [],
    ...(file.share === undefined ? {} : { share: file.share }),
    ...(file.artefacts === undefined ? {} : { artefacts: file.artefacts }),
    ...limitsOf(file.limits),
    checkouts: file.checkouts ?? true,
    tools: [],
  };
}

function limitsOf(limits: EnvironmentFile['limits']): Pick<EnvironmentSettings, 'limits'> {
  if (limits === undefined) return {};
  const { worktree, run, processes } = limits;
  return {
    limits: {
      ...(worktree === undefined ? {} : { worktree }),
      ...(run === undefined ? {} : { run }),
      ...(processes === undefined ? {} : { processes }),
    },
  };
}

/** Values that are never recorded, under the keys by which a run looks for them. */
export function environmentValues(file: EnvironmentFile | undefined): Record<string, Record<string, string>> {
  if (file === undefined) return {};
  return {
    [ENVIRONMENT]: file.env ?? {},
    ...Object.fromEntries(Object.entries(file.files ?? {}).map(([path, { set }]) => [fileValues(path), set ?? {}])),
  };
}
