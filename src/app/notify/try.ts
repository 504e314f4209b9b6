import { err, ok, type Result } from '../../core/base/result.ts';
import type { Message } from '../../core/views/notice.ts';
import { formatStamp } from '../../core/base/time.ts';
import { EXIT, type AppRefusal } from '../api.ts';
import { loadConfig } from '../config.ts';
import type { Context } from '../context.ts';
import { locate } from '../locate.ts';
import { channelsOf } from './channels.ts';

/** What became of a message for trying on each channel that is configured. */
export interface NotifyTest {
  readonly channels: readonly { readonly channel: string; readonly delivered: boolean; readonly why?: string }[];
}

/** Sends one message through every channel that is configured, and says what became of it. */
export async function tryNotify(context: Context): Promise<Result<NotifyTest, AppRefusal>> {
  const located = await locate(context);
  if (!located.ok) return located;
  const { root } = located.value;
  const config = await loadConfig(context, root);
  if (!config.ok) return config;
  const channels = channelsOf(context, config.value.notify, root);
  if (channels.length === 0)
    return err({
      message: 'no way to notify anybody is configured',
      hint: 'in ~/.masterplan.yaml: notify: {desktop: true}, or command, or webhook; docs/configuration.md says how',
      exit: EXIT.usage,
    });
  const text = 'This is how masterplan tells you that a run waits for you.';
  const message: Message = {
    schema: 1,
    run: 'none',
    slug: 'none',
    title: 'A message for trying',
    summary: 'masterplan: a message for trying',
    text,
    notices: [{ kind: 'waits', text, type: 'masterplan status', since: formatStamp(context.io.clock.now()) }],
  };
  const tried = channels.map(async (channel) => {
    const why = await channel.send(message, true);
    return { channel: channel.name, delivered: why === undefined, ...(why === undefined ? {} : { why }) };
  });
  return ok({ channels: await Promise.all(tried) });
}
