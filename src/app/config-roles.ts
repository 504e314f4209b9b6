import { z } from 'zod';
import { type Role, ROLES, type RoleSetting, type RoleTable } from '../core/run/role.ts';
import { SMALL_EDIT_FILES } from '../core/run/routing.ts';
import type { RunSettings } from '../core/run/settings.ts';
import { seedCodexKeys } from './config-seed.ts';

const role = z
  .union([
    z.string().min(1),
    z.strictObject({
      agent: z.string().min(1).optional(),
      model: z.string().min(1).optional(),
      effort: z.string().min(1).optional(),
    }),
  ])
  .optional();

/** A mapping with a key for every role, each of which may hold the same. */
export const forEachRole = <T>(one: T) =>
  ({
    discovery: one,
    spec: one,
    plan: one,
    implement: one,
    small_edit: one,
    review: one,
    architecture: one,
    judge: one,
    retro: one,
  }) satisfies Record<Role, T>;

/** `roles`: each the name of an agent, or `{agent, model, effort}`. */
export const rolesSchema = z.strictObject(forEachRole(role)).optional();

/** `codex`: which tasks go to the role `small_edit`, by the names that these keys always had. */
export const routingSchema = z
  .strictObject({
    // `off` and `on` are booleans to writers of YAML 1.1.
    routing: z
      .preprocess(
        (value) => (value === false ? 'off' : value === true || value === 'on' ? 'auto' : value),
        z.enum(['auto', 'manual', 'off'], 'must be auto, manual or off'),
      )
      .optional(),
    max_files_for_auto: z.number().int().min(1).max(100).optional(),
    ...seedCodexKeys,
  })
  .optional();

/** Who plays which role; a single agent plays `implement` without being named. */
export function rolesOf(file: z.infer<typeof rolesSchema>, names: readonly string[]): RoleTable {
  const only = names.length === 1 ? (names[0] as string) : '';
  const { implement, ...others } = file ?? {};
  const main: string | RoleSetting =
    typeof implement === 'object' ? { ...implement, agent: implement.agent ?? only } : (implement ?? only);
  return { ...others, implement: main };
}

/** Which tasks go to the role `small_edit`. */
export function routingOf(file: z.infer<typeof routingSchema>): NonNullable<RunSettings['routing']> {
  return { small_edits: file?.routing ?? 'auto', max_files: file?.max_files_for_auto ?? SMALL_EDIT_FILES };
}

/** Roles whose agent is not configured, with the name that they ask for; `implement` aside. */
export function vacantRoles({
  roles,
  agents,
}: RunSettings): readonly { readonly role: Role; readonly agent: string }[] {
  return ROLES.flatMap((one) => {
    const given = roles[one];
    const agent = typeof given === 'string' ? given : given?.agent;
    if (one === 'implement' || agent === undefined || agent === '' || Object.hasOwn(agents, agent)) return [];
    return [{ role: one, agent }];
  });
}
