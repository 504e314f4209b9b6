import { oneLine } from '../../../core/base/text.ts';
import type { Converted } from '../../../core/formats/convert.ts';
import { counted } from '../../words.ts';
import type { Paint } from '../paint.ts';

/** More than anybody reads at once; `--json` has them all. */
const SHOWN = 40;

/** What a conversion changed and could not carry. */
export function renderLosses(path: string, { ids, losses }: Converted, paint: Paint): string[] {
  const out: string[] = [];
  const renamed = Object.entries(ids);
  if (renamed.length > 0) {
    const some = renamed.slice(0, 8).map(([from, to]) => `${from} is ${to}`);
    out.push(`${some.join(', ')}${renamed.length > some.length ? ', …' : ''}`);
  }
  for (const { unit, message, line } of losses.slice(0, SHOWN)) {
    out.push(
      `${paint.strong(`${oneLine(path)}:${line}:`)} ${unit === undefined ? '' : `${unit} `}${oneLine(message, 400)}`,
    );
  }
  if (losses.length > SHOWN) out.push(`… and ${losses.length - SHOWN} more: --json has them all`);
  out.push(
    losses.length === 0
      ? 'everything was carried'
      : `${counted(losses.length, 'thing')} could not be carried unchanged`,
  );
  return out;
}
