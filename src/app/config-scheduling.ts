import { z } from 'zod';
import { MOST_OF_A_RESOURCE, RESOURCE_NAME } from '../core/plan/resources.ts';
import type { RunSettings } from '../core/run/settings.ts';
import { seedParallelKeys } from './config-seed.ts';

const count = z.number().int().min(1).max(256);

/** Keys that say what may be done at once; docs/scheduling.md. */
export const schedulingKeys = {
  parallelism: z
    .strictObject({
      max_agents: count.optional(),
      max_verifications: z.number().int().min(1).max(64).optional(),
      lanes: z.record(z.string(), count).optional(),
      families: z.partialRecord(z.enum(['claude', 'codex', 'acp', 'command']), count).optional(),
      barrier: z.enum(['none', 'wave'], 'must be none or wave').optional(),
      ...seedParallelKeys,
    })
    .optional(),
  scopes: z.enum(['exclusive', 'advisory'], 'must be exclusive or advisory').optional(),
  resources: z
    .record(
      z.string().regex(RESOURCE_NAME, 'a resource is named by lower-case letters, digits, "-" and "_"'),
      z.number().int().min(1).max(MOST_OF_A_RESOURCE),
    )
    .optional(),
};

/** Keys about the machine: read anew at each start, and never recorded. */
export const machineKeys = (bytes: z.ZodType<number>) => ({
  machine: z
    .strictObject({
      agents: count.optional(),
      memory: bytes.optional(),
      load: z.number().positive().optional(),
      disk: bytes.optional(),
    })
    .optional(),
});

const schema = z.object(schedulingKeys);

/** What of it is recorded in a run; a default is left out. */
export function schedulingSettings(
  file: z.infer<typeof schema>,
): Pick<RunSettings, 'parallel_lanes' | 'parallel_families' | 'barrier' | 'scopes' | 'resources'> {
  const { parallelism, scopes, resources } = file;
  return {
    ...(parallelism?.lanes === undefined ? {} : { parallel_lanes: parallelism.lanes }),
    ...(parallelism?.families === undefined
      ? {}
      : { parallel_families: parallelism.families as Record<string, number> }),
    ...(parallelism?.barrier === 'wave' ? { barrier: parallelism.barrier } : {}),
    ...(scopes === 'advisory' ? { scopes } : {}),
    ...(resources === undefined ? {} : { resources }),
  };
}
