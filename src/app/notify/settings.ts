import { z } from 'zod';
import { parseQuietHours, type QuietHours } from '../../core/base/quiet-hours.ts';
import { NOTICE_KINDS, type NoticeKind } from '../../core/views/notice.ts';

/** Whom and how to tell. Belongs to the person at this machine, so it is never recorded in a run. */
export interface NotifySettings {
  readonly about: readonly NoticeKind[];
  /** Milliseconds that something has to stand before it is told: who answers at once needs no message. */
  readonly after: number;
  /** The desktop's own notifications. */
  readonly desktop: boolean;
  /** The bell of the terminal that the run is shown in. */
  readonly bell: boolean;
  /** A program that gets the message as JSON on its standard input. */
  readonly command: readonly [string, ...string[]] | undefined;
  /** An address that gets it by POST, or `$NAME`: the environment variable that holds the address. */
  readonly webhook: string | undefined;
  readonly quiet: QuietHours | undefined;
}

const AFTER = 10_000;

/** `22:00-07:00`, by the clock of the machine. */
export const quietHours = z.string().transform((text, context): QuietHours => {
  const parsed = parseQuietHours(text);
  if (parsed.ok) return parsed.value;
  context.addIssue({ code: 'custom', message: parsed.error });
  return z.NEVER;
});

/** The keys of `notify`, with the readers of durations and commands that all keys share. */
export function notifySchema<Duration extends z.ZodType<number>, Command extends z.ZodType<string[]>>(
  duration: Duration,
  command: Command,
) {
  return z
    .strictObject({
      about: z.array(z.enum(NOTICE_KINDS, `must be of ${NOTICE_KINDS.join(', ')}`)).optional(),
      after: duration.optional(),
      desktop: z.boolean().optional(),
      bell: z.boolean().optional(),
      command: command.optional(),
      webhook: z
        .string()
        .regex(
          /^(?:https?:\/\/\S+|\$\{?[A-Za-z_][A-Za-z0-9_]*\}?)$/,
          'must be an address, or $NAME of an environment variable that holds one',
        )
        .optional(),
      quiet_hours: quietHours.optional(),
    })
    .optional();
}

/** What holds where the file says nothing: no channel, so nothing is told. */
export function notifyOf(file: z.infer<ReturnType<typeof notifySchema>>): NotifySettings {
  const [program, ...rest] = file?.command ?? [];
  return {
    about: file?.about ?? NOTICE_KINDS,
    after: file?.after ?? AFTER,
    desktop: file?.desktop ?? false,
    bell: file?.bell ?? false,
    command: program === undefined ? undefined : [program, ...rest],
    webhook: file?.webhook,
    quiet: file?.quiet_hours,
  };
}
