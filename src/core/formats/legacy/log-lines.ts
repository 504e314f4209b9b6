import { lineDamage } from './damage.ts';
import type { LegacyDispatch, LegacyEvent, LegacyProblem } from './model.ts';

/** A time as legacy files write it (`2026-05-16T16:00:00Z`, without seconds, without a zone, a date alone), or `undefined`. */
export function legacyTime(value: unknown): number | undefined {
  const text = typeof value === 'string' ? value.trim() : '';
  const found = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?\s*(Z|[+-]\d\d:?\d\d)?)?$/.exec(
    text,
  );
  if (found === null) return undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = found;
  const ms = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)$/.exec(zone) ?? [];
  const offset = sign === undefined ? 0 : (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -60_000 : 60_000);
  return ms + Math.floor(Number(`0.${fraction || '0'}`) * 1000) - offset;
}

/** Words that an event of any shape says for people. */
const TEXTS = ['message', 'note', 'summary', 'reason', 'decision', 'choice', 'text'];

/** Events of a log of any age: JSON with `event`, `type` or neither, and lines of prose among them. */
export function legacyEvents(text: string, file: string, problems: LegacyProblem[]): LegacyEvent[] {
  return text.split('\n').flatMap((raw, index): LegacyEvent[] => {
    const written = raw.trim();
    if (written === '') return [];
    const fields = parse(written);
    if (fields === undefined) {
      const message = lineDamage(written);
      if (message !== undefined) problems.push({ file, line: index + 1, message });
      const prose = /^(?:-\s*)?(\d{4}-\d\d-\d\d(?:[T ][\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?)?\s*(.*)$/.exec(written);
      const stamp = prose?.[1] ?? '';
      return [
        { file, line: index + 1, at: legacyTime(stamp), stamp, name: '', text: prose?.[2] ?? written, fields: {} },
      ];
    }
    const name = [fields['event'], fields['type']].find((one) => typeof one === 'string') ?? '';
    const stamp = [fields['ts'], fields['timestamp'], fields['time'], fields['at']].find(
      (one) => typeof one === 'string',
    );
    const said = TEXTS.flatMap((key) => (typeof fields[key] === 'string' ? [fields[key]] : []));
    return [
      {
        file,
        line: index + 1,
        at: legacyTime(stamp),
        stamp: typeof stamp === 'string' ? stamp : '',
        name: typeof name === 'string' ? name : '',
        text: said[0] ?? '',
        fields,
      },
    ];
  });
}

/** Lines of an activity log in Markdown: `- 2026-05-05T21:50 Task 1 complete, commit c113c1a [codex] (…)`. */
export function activityEvents(section: string, file: string, firstLine: number): LegacyEvent[] {
  return section.split(/\r?\n/).flatMap((raw, index): LegacyEvent[] => {
    const found = /^\s*[-*]\s+(\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:?\d\d)?)?)\s+(.*)$/.exec(raw);
    if (found === null) return [];
    const [, stamp = '', text = ''] = found;
    return [{ file, line: firstLine + index, at: legacyTime(stamp), stamp, name: 'legacy_activity', text, fields: {} }];
  });
}

/** Dispatches that a hook noted, each agent once: the last record of it counts. */
export function legacyDispatches(text: string, file: string, problems: LegacyProblem[]): LegacyDispatch[] {
  const last = new Map<string, LegacyDispatch>();
  text.split('\n').forEach((raw, index) => {
    if (raw.trim() === '') return;
    const fields = parse(raw);
    if (fields === undefined) {
      problems.push({ file, line: index + 1, message: 'is no JSON' });
      return;
    }
    if (fields['type'] !== undefined && fields['type'] !== 'subagent_turn') return;
    const words = (key: string): string => (typeof fields[key] === 'string' ? fields[key] : '');
    const count = (key: string): number => (typeof fields[key] === 'number' && fields[key] > 0 ? fields[key] : 0);
    const cached = count('cache_creation_tokens') + count('cache_read_tokens');
    const sum = count('input_tokens') + count('output_tokens') + cached;
    last.set(words('agent_id') || `line ${index + 1}`, {
      at: legacyTime(fields['ts']),
      model: words('model') || 'unknown',
      route: words('routing_class') || 'unknown',
      tokens: count('total_tokens') || sum,
      input: count('input_tokens') + cached,
      output: count('output_tokens'),
      ms: count('duration_ms'),
    });
  });
  return [...last.values()];
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
