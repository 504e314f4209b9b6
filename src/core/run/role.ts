/** What an agent can be asked to be, in the order of a plan's life. */
export const ROLES = [
  'discovery',
  'spec',
  'plan',
  'implement',
  'small_edit',
  'review',
  'architecture',
  'judge',
  'retro',
] as const;

export type Role = (typeof ROLES)[number];

/** Who plays a role: the name of an agent, or more of it. */
export interface RoleSetting {
  /** Name of the agent; without it the one in the role `implement`. */
  readonly agent?: string | undefined;
  /** Name of the model; `own`: the program's own choice. */
  readonly model?: string | undefined;
  readonly effort?: string | undefined;
}

/** Who plays which role. Logs of 0.2 and before have `implement` alone, as a name. */
export type RoleTable = { readonly [R in Role]?: string | RoleSetting | undefined } & {
  readonly implement: string | RoleSetting;
};
