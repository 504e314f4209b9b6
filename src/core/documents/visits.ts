/** What one conversation with an agent was told about plans: when it first and last began in this repository. */
export interface Visit {
  /** The name that the agent's program gives the conversation. */
  readonly name: string;
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** By the path of the plan. */
  readonly plans: Readonly<Record<string, { readonly firstSeen: string; readonly lastSeen: string }>>;
}

/** What a hook is told on its standard input. Nothing is required of it. */
export interface HookInput {
  readonly name: string | undefined;
  readonly cwd: string | undefined;
}

/** Reads the JSON that a hook is given; anything else counts as nothing. */
export function readHookInput(text: string): HookInput {
  const fields = objectIn(text);
  const name = fields?.['session_id'];
  const cwd = fields?.['cwd'];
  return {
    name: typeof name === 'string' && name !== '' ? name.slice(0, 200) : undefined,
    cwd: typeof cwd === 'string' && cwd.startsWith('/') && !cwd.includes('\0') ? cwd : undefined,
  };
}

/** Reads the file of a visit; `undefined` for anything else. */
export function readVisit(text: string): Visit | undefined {
  const fields = objectIn(text);
  if (fields?.['schema'] !== 1) return undefined;
  const { session, first_seen: first, last_seen: last, plans } = fields;
  if (typeof session !== 'string' || typeof first !== 'string' || typeof last !== 'string') return undefined;
  const seen: Record<string, { firstSeen: string; lastSeen: string }> = {};
  for (const [path, times] of Object.entries(typeof plans === 'object' && plans !== null ? plans : {})) {
    const { first_seen: from, last_seen: to } = (times ?? {}) as Readonly<Record<string, unknown>>;
    if (typeof from === 'string' && typeof to === 'string') seen[path] = { firstSeen: from, lastSeen: to };
  }
  return { name: session, firstSeen: first, lastSeen: last, plans: seen };
}

/** The text of a visit's file. */
export function visitText(visit: Visit): string {
  const plans = Object.entries(visit.plans).map(
    ([path, { firstSeen, lastSeen }]) => [path, { first_seen: firstSeen, last_seen: lastSeen }] as const,
  );
  const fields = {
    schema: 1,
    session: visit.name,
    first_seen: visit.firstSeen,
    last_seen: visit.lastSeen,
    plans: Object.fromEntries(plans),
  };
  return `${JSON.stringify(fields, null, 2)}\n`;
}

/** A visit that was seen again, with the plans that are pending now. */
export function seenAgain(before: Visit | undefined, name: string, at: string, paths: readonly string[]): Visit {
  const plans = { ...before?.plans };
  for (const path of paths) plans[path] = { firstSeen: plans[path]?.firstSeen ?? at, lastSeen: at };
  return { name, firstSeen: before?.firstSeen ?? at, lastSeen: at, plans };
}

function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}
