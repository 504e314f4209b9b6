import { z } from 'zod';
import { type ContainmentPolicy, isPlain, type RoleContainment } from '../core/agents/containment.ts';
import type { Role } from '../core/run/role.ts';
import type { RunSettings } from '../core/run/settings.ts';
import { forEachRole } from './config-roles.ts';

/** `~/…` is taken as it is written: it is the home of the agent. */
const writablePath = z
  .string()
  .transform((path) => path.replace(/\/$/, ''))
  .refine(
    (path) => isPlain(path.startsWith('~/') ? path.slice(1) : path),
    'must be a plain path that is absolute or begins with ~/',
  );

const keys = {
  mode: z.enum(['off', 'on', 'required'], 'must be off, on or required').optional(),
  network: z.enum(['host', 'none'], 'must be host or none').optional(),
  writable: z.array(writablePath).optional(),
};

/** A word alone is the mode; `true` and `false` are written for the two words, too. */
const worded = <T extends z.ZodType>(schema: T): z.ZodOptional<z.ZodPreprocess<T>> =>
  z
    .preprocess(
      (value) =>
        typeof value === 'boolean'
          ? { mode: value ? 'on' : 'off' }
          : typeof value === 'string'
            ? { mode: value }
            : value,
      schema,
    )
    .optional();

/** `containment` of one agent, or of one role. */
export const containmentSchema = worded(z.strictObject(keys));

/** `containment` of all agents, with what single roles have instead. */
export const containmentForAllSchema = worded(
  z.strictObject({
    ...keys,
    roles: z.strictObject(forEachRole(containmentSchema)).optional(),
  }),
);

type Own = z.infer<typeof containmentSchema>;
type ForAll = z.infer<typeof containmentForAllSchema>;

/** The container of one agent: its own keys over those for all; its paths are added to those for all. */
export function containmentOf(all: ForAll, own: Own): { readonly containment?: ContainmentPolicy } {
  // Keys without a mode are keys for a container; roles alone are none for all.
  const { roles, ...rest } = all ?? {};
  const forAll = all !== undefined && (roles === undefined || Object.keys(rest).length > 0);
  const mode = own?.mode ?? all?.mode ?? (own === undefined && !forAll ? 'off' : 'on');
  if (mode === 'off') return {};
  return {
    containment: {
      mode,
      network: own?.network ?? all?.network ?? 'host',
      writable: [...new Set([...(all?.writable ?? []), ...(own?.writable ?? [])])],
    },
  };
}

/** What single roles have over what their agents say. */
export function containmentOfRoles(all: ForAll): Pick<RunSettings, 'containment_roles'> {
  const given = Object.entries(all?.roles ?? {}).filter(([, one]) => one !== undefined);
  if (given.length === 0) return {};
  const roles: Partial<Record<Role, RoleContainment>> = {};
  for (const [name, one] of given) {
    const { mode, network, writable } = one ?? {};
    roles[name as Role] = {
      ...(mode === undefined ? {} : { mode }),
      ...(network === undefined ? {} : { network }),
      ...(writable === undefined ? {} : { writable }),
    };
  }
  return { containment_roles: roles };
}
