/**
 * Milliseconds since 1970 of a UTC stamp `YYYY-MM-DDTHH:MM:SS.mmmZ`, or `NaN` when the text is none. Computed here
 * because the core has no clock, and because a million of them are read at every start.
 */
export function parseStamp(stamp: string): number {
  if (stamp.length !== 24 || stamp.charCodeAt(23) !== 90) return Number.NaN;
  const year = digits(stamp, 0, 4);
  const month = digits(stamp, 5, 7);
  const day = digits(stamp, 8, 10);
  // Days since 1970 by counting March as the first month, so that the leap day is the last of its year.
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  const days = era * 146097 + dayOfEra - 719468;
  const seconds = digits(stamp, 11, 13) * 3600 + digits(stamp, 14, 16) * 60 + digits(stamp, 17, 19);
  return (days * 86400 + seconds) * 1000 + digits(stamp, 20, 23);
}

function digits(text: string, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

/** A duration for people: `850 ms`, `12 s`, `4 min 10 s`, `2 h 05 min`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${String(seconds % 60).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** The UTC stamp `YYYY-MM-DDTHH:MM:SS.mmmZ` of milliseconds since 1970; the inverse of {@link parseStamp}. */
export function formatStamp(ms: number): string {
  const whole = Math.floor(ms);
  const days = Math.floor(whole / 86400000);
  const rest = whole - days * 86400000;
  const z = days + 719468;
  const era = Math.floor(z / 146097);
  const dayOfEra = z - era * 146097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1;
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const two = (value: number): string => String(value).padStart(2, '0');
  const seconds = Math.floor(rest / 1000);
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}T${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}.${String(rest % 1000).padStart(3, '0')}Z`;
}
