import type { Usage } from '../event.ts';
import { type Fields, fieldsOf, numberOf } from '../json.ts';
import type { Order } from '../order.ts';
import { addUsage, atLeast, usageSince } from '../usage.ts';

/** Messages whose pieces may still come; older ones are only a sum. */
const MOST_OPEN = 64;

/**
 * What an attempt has used. Messages tell their tokens in as they come and how many they have out only roughly; a result tells those of
 * its own turn without subagents (`usage`), and those of the whole session with all earlier processes that had part in it
 * (`modelUsage`, `total_cost_usd`).
 */
export class ClaudeUsage {
  readonly #order: Order;
  readonly #open = new Map<string, Usage>();
  /** Of all messages since the last result that are not open any more. */
  #closed: Usage = {};
  /** What the results themselves tell of their turns. */
  #turns: Usage = {};
  /** Up to the last result. */
  #settled: Usage = {};
  #told: Usage = {};
  #calls = 0;

  constructor(order: Order) {
    this.#order = order;
  }

  /** Takes what a piece of a message tells; whether it is the first piece. */
  message(id: string, fields: Fields): boolean {
    const known = this.#open.get(id);
    if (known === undefined) {
      this.#calls++;
      const oldest = this.#open.entries().next();
      if (this.#open.size >= MOST_OPEN && oldest.done !== true) {
        this.#closed = addUsage(this.#closed, oldest.value[1]);
        this.#open.delete(oldest.value[0]);
      }
    }
    this.#open.set(id, atLeast(known ?? {}, tokensIn(fields)));
    return known === undefined;
  }

  /** Takes what the result of a turn tells. */
  result(fields: Fields): void {
    const { session, before } = this.#order;
    this.#turns = addUsage(this.#turns, tokensIn(fieldsOf(fields['usage'])));
    const turns = addUsage(this.#settled, tokensIn(fieldsOf(fields['usage'])));
    const whole = wholeOf(fields);
    let told: Usage;
    if (session === undefined) told = { ...(whole.input === undefined ? turns : whole), ...costIn(whole) };
    // Without what the session had before, only the turns themselves are surely ours.
    else told = before === undefined ? turns : atLeast(turns, sinceThen(whole, before, this.#turns));
    this.#settled = atLeast(this.#counted(), told);
    this.#open.clear();
    this.#closed = {};
  }

  /** Of this attempt so far; never less than it was. */
  get total(): Usage {
    this.#told = atLeast(this.#told, this.#counted());
    return this.#calls === 0 ? this.#told : { ...this.#told, turns: this.#calls };
  }

  #counted(): Usage {
    let sum = addUsage(this.#settled, this.#closed);
    for (const one of this.#open.values()) sum = addUsage(sum, one);
    return sum;
  }
}

/**
 * What came since `before`. Nothing is said of it where the session does not count on from there: of a process that was killed, the
 * program itself knows nothing any more.
 */
function sinceThen(whole: Usage, before: Usage, turns: Usage): Usage {
  const counted = (['input', 'cached', 'output'] as const).every(
    (field) => before[field] === undefined || (whole[field] ?? 0) >= before[field] + (turns[field] ?? 0),
  );
  if (!counted) return {};
  const since = usageSince(whole, before);
  const known = (['input', 'cached', 'cacheWrite', 'output', 'cost'] as const).filter(
    (field) => before[field] !== undefined && (whole[field] ?? -1) >= before[field] && since[field] !== undefined,
  );
  return Object.fromEntries(known.map((field) => [field, since[field]]));
}

function wholeOf(fields: Fields): Usage {
  let sum: Usage = {};
  for (const model of Object.values(fieldsOf(fields['modelUsage'])).slice(0, 100).map(fieldsOf)) {
    sum = addUsage(sum, {
      ...count('input', model['inputTokens']),
      ...count('cached', model['cacheReadInputTokens']),
      ...count('cacheWrite', model['cacheCreationInputTokens']),
      ...count('output', model['outputTokens']),
    });
  }
  return { ...sum, ...count('cost', fields['total_cost_usd']) };
}

function costIn({ cost }: Usage): Usage {
  return cost === undefined ? {} : { cost };
}

function tokensIn(usage: Fields): Usage {
  return {
    ...count('input', usage['input_tokens']),
    ...count('cached', usage['cache_read_input_tokens']),
    ...count('cacheWrite', usage['cache_creation_input_tokens']),
    ...count('output', usage['output_tokens']),
  };
}

function count(field: keyof Usage, value: unknown): Usage {
  const number = numberOf(value);
  return number === undefined || number < 0 ? {} : { [field]: number };
}
