import type { FailureClass } from './failure.ts';

/*
 * What failures are called in prose. Programs that have no field for the class of a failure still say it in words, and a few of
 * these words are the same for all of them. Only used where no field says more.
 */
const WORDS: readonly (readonly [FailureClass, RegExp])[] = [
  [
    'billing',
    /\bcredit balance\b|\binsufficient[_ ]quota\b|\bcurrent quota\b|\bquota exceeded\b|\bpayment required\b|\bbilling\b/i,
  ],
  [
    'usage-limit',
    /\b(?:hit|reached|exceeded) your (?:[\w-]{1,30} ){0,4}(?:limits?|quota)\b|\busage limits?\b|\bout of (?:extra )?usage\b|\blimit reached\b/i,
  ],
  [
    'overflow',
    /\bprompt is too long\b|\bcontext (?:window|length|limit)\b|\bcontext_length_exceeded\b|\btoo many tokens\b|\bran out of room\b/i,
  ],
  [
    'authentication',
    /\bnot logged in\b|\b(?:please|run) \/?login\b|\binvalid (?:x-)?api[- ]key\b|\bauthentication\b|\bunauthori[sz]ed\b/i,
  ],
  ['forbidden', /\bforbidden\b|\bpermission[_ ]error\b|\bdoes not have access\b/i],
  ['rate-limit', /\brate[- _]?limit|\btoo many requests\b|\bretry limit\b/i],
  ['overloaded', /\boverloaded\b|\bhigh demand\b|\bcapacity\b/i],
  [
    'connection',
    /\bECONN(?:REFUSED|RESET|ABORTED)\b|\bENOTFOUND\b|\bETIMEDOUT\b|\bsocket\b|\bstream disconnected\b|\bconnection (?:refused|reset|failed|error|closed)\b|\bnetwork\b|\bfetch failed\b/i,
  ],
  ['refusal', /\brefus(?:ed|al)\b/i],
  ['server', /\binternal (?:server )?error\b|\bserver error\b|\bservice unavailable\b|\bbad gateway\b/i],
];

/** The class that these words speak of; `undefined`: none that we know. */
export function failureInWords(text: string): FailureClass | undefined {
  const said = text.slice(0, 4000);
  return WORDS.find(([, words]) => words.test(said))?.[0];
}

/** The class that an HTTP status of a model server speaks of, with the words that came with it. */
export function failureOfStatus(status: number, text: string): FailureClass | undefined {
  const words = failureInWords(text);
  switch (status) {
    case 401:
      return 'authentication';
    case 402:
      return 'billing';
    case 403:
      return 'forbidden';
    case 413:
      return 'overflow';
    case 429:
      return words === 'usage-limit' || words === 'billing' ? words : 'rate-limit';
    case 503:
    case 529:
      return 'overloaded';
    default:
  }
  if (status === 400) return words === 'overflow' || words === 'billing' || words === 'usage-limit' ? words : undefined;
  return status >= 500 && status < 600 ? 'server' : undefined;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAY = 86_400_000;

/**
 * When a limit ends, where a sentence says so: `…|1795190400`, `resets at 2026-11-20T18:00:00Z`, `on 2026-12-01 at 00:00 UTC`, `try
 * again in 2 hours 5 minutes`, `try again at 8:12 PM`, `resets 6pm`, `Nov 24th, 2026 9:05 AM`. Times of day are the next such time,
 * days without a year the next such day; `offset` is minutes that local time is ahead of UTC. Milliseconds since 1970; `undefined`: it
 * does not say.
 */
export function resetTime(text: string, now: number, offset = 0): number | undefined {
  const said = text.slice(0, 2000);
  const stamp = /\|\s?(\d{10})(\d{3})?\b/.exec(said);
  if (stamp !== null) return Number(stamp[1]) * 1000 + Number(stamp[2] ?? 0);
  const iso = /\b\d{4}-\d\d-\d\d(?:T|,? (?:at )?)\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)? ?(?:Z|UTC|[+-]\d\d:?\d\d)/.exec(
    said,
  );
  if (iso !== null) {
    const at = Date.parse(iso[0].replace(/,? (?:at )?(?=\d)/, 'T').replace(/ ?UTC/, 'Z'));
    if (Number.isFinite(at)) return at;
  }
  const within =
    /\bin ((?:(?:about )?\d{1,4} ?(?:d(?:ays?)?|h(?:ours?|rs?)?|m(?:in(?:ute)?s?)?|s(?:ec(?:ond)?s?)?)\b(?:,? (?:and )?)?){1,4})/i.exec(
      said,
    );
  if (within !== null) {
    let ms = 0;
    for (const [, n, unit] of (within[1] as string).matchAll(/(\d{1,4}) ?([dhms])/gi)) {
      ms +=
        Number(n) *
        { d: DAY, h: 3_600_000, m: 60_000, s: 1000 }[(unit as string).toLowerCase() as 'd' | 'h' | 'm' | 's'];
    }
    return now + ms;
  }
  const clock = /\b(\d{1,2})(?::(\d\d))? ?([ap])\.?m\b/i.exec(said);
  if (clock === null || !/\b(?:again|resets?|until|after)\b/i.test(said)) return undefined;
  const [hours, minutes] = [Number(clock[1]), Number(clock[2] ?? 0)];
  if (hours > 12 || minutes > 59) return undefined;
  const hour = (hours % 12) + (clock[3]?.toLowerCase() === 'p' ? 12 : 0);
  const ofDay = (hour * 60 + minutes) * 60_000;
  const shift = offset * 60_000;
  const day =
    /\b(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.? (\d{1,2})(?:st|nd|rd|th)?\b(?:,? (\d{4})\b)?/i.exec(
      said,
    );
  if (day !== null) {
    const month = MONTHS.indexOf((day[1] as string).slice(0, 3).toLowerCase());
    const inYear = (year: number): number => Date.UTC(year, month, Number(day[2])) + ofDay - shift;
    if (day[3] !== undefined) return inYear(Number(day[3]));
    const year = new Date(now + shift).getUTCFullYear();
    // At the end of December, January is to come. What is only just over is not meant for next year.
    return inYear(year) < now - 30 * DAY ? inYear(year + 1) : inYear(year);
  }
  const midnight = Math.floor((now + shift) / DAY) * DAY - shift;
  const today = midnight + ofDay;
  return today > now ? today : today + DAY;
}
