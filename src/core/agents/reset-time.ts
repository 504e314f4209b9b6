/*
 * When a limit ends, read out of sentences for people. Fields win where a program has them; many have only words, each its own.
 */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const UNITS = { s: SECOND, m: MINUTE, h: HOUR, d: DAY, w: 7 * DAY } as const;

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
/** Minutes that zones are ahead of UTC whose short names mean one thing only. */
const ZONES: Readonly<Record<string, number>> = {
  utc: 0,
  gmt: 0,
  pst: -480,
  pdt: -420,
  mst: -420,
  mdt: -360,
  cdt: -300,
  est: -300,
  edt: -240,
  cet: 60,
  cest: 120,
  jst: 540,
};

const MONTH =
  '(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\\.?';
const DAY_AFTER_MONTH = new RegExp(`\\b${MONTH} (\\d{1,2})(?:st|nd|rd|th)?\\b(?!:)(?:,? (\\d{4})\\b)?`, 'i');
const DAY_BEFORE_MONTH = new RegExp(
  `\\b(\\d{1,2})(?:st|nd|rd|th|\\.)? (?:of )?${MONTH}(?![a-z])(?:,? (\\d{4})\\b)?`,
  'i',
);
const AMOUNT = String.raw`(?:\d{1,4}(?:\.\d{1,9})?|an?(?= )) ?(?:w(?:eeks?|ks?)?|d(?:ays?)?|h(?:ours?|rs?)?|m(?:in(?:ute)?s?)?|s(?:ec(?:ond)?s?)?)(?![a-z])\.?`;
const SPAN = new RegExp(
  String.raw`\b(?:in|wait(?: for)?|(?:resets?|again|retry|try|available|back)(?: only)? (?:after|within)|retry[- ]after:?) ((?:(?:about |another )?${AMOUNT},? ?(?:and )?){1,5})`,
  'i',
);
/** Without one of these a time of day is of something else. */
const COMES_BACK = /\b(?:again|resets?|until|after|renews?|refresh(?:es)?|available|back)\b/i;

/**
 * When a limit ends, where a sentence says so: `…|1795190400`, `resets at 2026-11-20T18:00:00Z`, `on 2026-12-01 at 00:00 UTC`, `try
 * again in 2 hours 5 minutes`, `reset after 18h4m29s`, `Retry-After: 30`, `try again at 8:12 PM`, `resets 18:30`, `resets tomorrow at
 * 6am`, `resets Monday 9am`, `Nov 24th, 2026 9:05 AM`. Times of day are the next such time, days without a year the next such day, days
 * without a time their beginning; `offset` is minutes that local time is ahead of UTC, where the sentence names no zone.
 * Milliseconds since 1970; `undefined`: it does not say.
 */
export function resetTime(text: string, now: number, offset = 0): number | undefined {
  const said = text.slice(0, 2000);
  return stampIn(said) ?? dateIn(said, offset) ?? spanIn(said, now) ?? clockIn(said, now, offset);
}

function stampIn(said: string): number | undefined {
  const stamp = /(?:\||\bresets?(?:[_ -]?at)?["']?[:=]? ?)\s?(\d{10})(\d{3})?\b/i.exec(said);
  return stamp === null ? undefined : Number(stamp[1]) * SECOND + Number(stamp[2] ?? 0);
}

/** A date as computers write it; without a zone it is local. */
function dateIn(said: string, offset: number): number | undefined {
  const found =
    /\b(\d{4}-\d\d-\d\d)(?:(?:T|,? (?:at )?)(\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?) ?(Z\b|UTC\b|GMT\b|[+-]\d\d:?\d\d\b)?)?/.exec(
      said,
    );
  if (found === null) return undefined;
  const [, day, time, zone] = found;
  if (time === undefined && !COMES_BACK.test(said)) return undefined;
  const at = Date.parse(`${day}T${time ?? '00:00'}${zone === undefined || /^[A-Z]/.test(zone) ? 'Z' : zone}`);
  if (!Number.isFinite(at)) return undefined;
  return zone === undefined ? at - offset * MINUTE : at;
}

function spanIn(said: string, now: number): number | undefined {
  const within = SPAN.exec(said);
  if (within !== null) {
    let ms = 0;
    for (const [, n, unit] of (within[1] as string).matchAll(/(\d{1,4}(?:\.\d{1,9})?|\ban?(?= )) ?([wdhms])/gi)) {
      const many = /^a/i.test(n as string) ? 1 : Number(n);
      ms += many * UNITS[(unit as string).toLowerCase() as keyof typeof UNITS];
    }
    return now + Math.ceil(ms);
  }
  // The header has seconds and no unit.
  const header = /\bretry[-_ ]after["']?[:=]? ?["']?(\d{1,7})\b(?! ?[a-z:-])/i.exec(said);
  return header === null ? undefined : now + Number(header[1]) * SECOND;
}

/** A time of day, of the day that is named or of the next one that has it. */
function clockIn(said: string, now: number, local: number): number | undefined {
  if (!COMES_BACK.test(said)) return undefined;
  const clock = timeOfDay(said);
  if (clock === 'none') return undefined;
  const shift = (zoneIn(said) ?? local) * MINUTE;
  const today = Math.floor((now + shift) / DAY) * DAY;
  const ofDay = clock ?? 0;
  const day = dayIn(said);
  if (day !== undefined) {
    const inYear = (year: number): number => Date.UTC(year, day.month, day.day) + ofDay - shift;
    if (day.year !== undefined) return inYear(day.year);
    const year = new Date(now + shift).getUTCFullYear();
    // At the end of December, January is to come. What is only just over is not meant for next year.
    return inYear(year) < now - 30 * DAY ? inYear(year + 1) : inYear(year);
  }
  if (/\btomorrow\b/i.test(said)) return today + DAY + ofDay - shift;
  const weekday =
    /\b(?:on |until |next |resets? )(sun|mon|tue|wed|thu|fri|sat)(?:s?day|nesday|rsday|urday|sday)?\b/i.exec(said)?.[1];
  if (weekday !== undefined) {
    const ahead = (WEEKDAYS.indexOf(weekday.toLowerCase()) - new Date(today).getUTCDay() + 7) % 7;
    const at = today + ahead * DAY + ofDay - shift;
    return at > now ? at : at + 7 * DAY;
  }
  if (clock === undefined) return undefined;
  const at = today + ofDay - shift;
  return at > now ? at : at + DAY;
}

/** Milliseconds since midnight; `undefined`: the words name none, `none`: they name one that no clock has. */
function timeOfDay(said: string): number | undefined | 'none' {
  const twelve = /\b(\d{1,2})(?::(\d\d))? ?([ap])\.?m\b/i.exec(said);
  if (twelve !== null) {
    const [hours, minutes] = [Number(twelve[1]), Number(twelve[2] ?? 0)];
    if (hours > 12 || minutes > 59) return 'none';
    return ((hours % 12) + (twelve[3]?.toLowerCase() === 'p' ? 12 : 0)) * HOUR + minutes * MINUTE;
  }
  const whole = /(?<![\d:.-])([01]?\d|2[0-3]):([0-5]\d)(?::[0-5]\d)?(?![\d:])/.exec(said);
  if (whole !== null) return Number(whole[1]) * HOUR + Number(whole[2]) * MINUTE;
  if (/\bat midnight\b/i.test(said)) return 0;
  return /\bat noon\b/i.test(said) ? 12 * HOUR : undefined;
}

function zoneIn(said: string): number | undefined {
  const found = /\b(UTC|GMT|PST|PDT|MST|MDT|CDT|EST|EDT|CET|CEST|JST)(?: ?([+-])(\d{1,2})(?::?(\d\d))?)?\b/.exec(said);
  if (found === null) return undefined;
  const ahead = Number(found[3] ?? 0) * 60 + Number(found[4] ?? 0);
  return (ZONES[(found[1] as string).toLowerCase()] ?? 0) + (found[2] === '-' ? -ahead : ahead);
}

interface NamedDay {
  readonly day: number;
  readonly month: number;
  readonly year: number | undefined;
}

function dayIn(said: string): NamedDay | undefined {
  const after = DAY_AFTER_MONTH.exec(said);
  const before = after === null ? DAY_BEFORE_MONTH.exec(said) : null;
  const [month, day, year] = after === null ? [before?.[2], before?.[1], before?.[3]] : [after[1], after[2], after[3]];
  if (month === undefined) return undefined;
  const number = MONTHS.indexOf(month.slice(0, 3).toLowerCase());
  if (Number(day) < 1 || Number(day) > 31) return undefined;
  return { day: Number(day), month: number, year: year === undefined ? undefined : Number(year) };
}
