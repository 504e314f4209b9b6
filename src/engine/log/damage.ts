/** Kinds of damage, as they are told apart by what stands behind the last line that is whole. */
export type DamageKind =
  | 'edited'
  | 'cut-line'
  | 'no-utf8'
  | 'foreign-line'
  | 'repeated'
  | 'swapped'
  | 'missing'
  | 'out-of-order'
  | 'merge-marks'
  | 'long-line'
  | 'line-ends'
  | 'byte-order-mark'
  | 'utf-16'
  | 'torn';

/** What is wrong at the first line that is not whole, and what stands behind it. */
export interface Diagnosis {
  readonly kind: DamageKind;
  /** Column of the first byte that is wrong, from 1, where that can be told. */
  readonly column?: number;
  /** One sentence. */
  readonly problem: string;
  /** Lines from the damage on that still read as events: nothing proves them. */
  readonly readable: number;
  /** All lines from the damage on. */
  readonly lines: number;
}

/** Bytes of one line of ours at most: the plan of ten thousand tasks takes three million. */
export const LONGEST_LINE = 64 * 1024 * 1024;

const decoder = new TextDecoder('utf-8', { fatal: false });
const NEWLINE = 10;

interface Line {
  readonly bytes: Uint8Array;
  readonly text: string;
  /** Its sequence number, if it reads as an event. */
  readonly seq: number | undefined;
}

/**
 * Names the damage. `rest` are the bytes behind the last whole line, or as many as are to be looked at; `lastSeq` its event.
 */
export function diagnose(rest: Uint8Array, lastSeq: number): Diagnosis {
  const lines = linesOf(rest);
  const [first, second] = lines;
  const seqs = lines.map(({ seq }) => seq);
  const readable = seqs.filter((seq) => seq !== undefined).length;
  const of = (kind: DamageKind, problem: string, column?: number): Diagnosis => ({
    kind,
    problem,
    readable,
    lines: lines.length,
    ...(column === undefined ? {} : { column }),
  });
  if (first === undefined) return of('torn', 'nothing stands behind it');
  const whole = lines.filter(({ text }) => text.endsWith('}')).length;
  if (/^(?:<<<<<<<|=======|>>>>>>>)/.test(first.text))
    return of('merge-marks', 'git left the marks of a merge conflict here', 1);
  if (first.text.endsWith('}\r'))
    return of('line-ends', 'lines end with CR LF: git or an editor converted them', first.bytes.length);
  const [a, b, c] = first.bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf)
    return of('byte-order-mark', 'a byte order mark stands before the line: an editor put it there', 1);
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff))
    return of('utf-16', 'the file was written as UTF-16: an editor or a shell converted it', 1);
  const bad = badUtf8(first.bytes);
  if (bad !== undefined) return of('no-utf8', `byte ${bad} of the line is not UTF-8`, bad);
  if (first.seq === undefined) {
    if (whole === 0 || (lines.length === 1 && rest.at(-1) !== NEWLINE))
      return of('torn', 'the beginning of an append that was never acknowledged');
    if (first.text.startsWith('{"seq":'))
      return of('cut-line', `the line is cut off after ${first.bytes.length} bytes`, first.bytes.length);
    return of('foreign-line', 'a line that masterplan did not write stands here', 1);
  }
  const next = lastSeq + 1;
  if (first.seq <= lastSeq) return of('repeated', `the line repeats event ${first.seq}`);
  if (first.seq === next) return of('edited', 'the line does not match its checksum: something in it was changed');
  if (second?.seq === next && first.seq === next + 1)
    return of('swapped', `events ${next} and ${first.seq} stand in each other's place`);
  if (seqs.includes(next)) return of('out-of-order', `event ${first.seq} stands here; event ${next} comes later`);
  return of(
    'missing',
    first.seq === next + 1 ? `event ${next} is missing` : `events ${next} to ${first.seq - 1} are missing`,
  );
}

function linesOf(rest: Uint8Array): Line[] {
  const lines: Line[] = [];
  for (let start = 0; start < rest.length;) {
    const end = rest.indexOf(NEWLINE, start);
    const bytes = rest.subarray(start, end < 0 ? rest.length : end);
    // Of a line that long nobody wants to read more than its beginning.
    const text = decoder.decode(bytes.length > LONGEST_LINE ? bytes.subarray(0, 1000) : bytes);
    lines.push({ bytes, text, seq: seqOf(text) });
    start = end < 0 ? rest.length : end + 1;
  }
  return lines;
}

function seqOf(text: string): number | undefined {
  if (!text.startsWith('{"seq":') || !text.endsWith('"}')) return undefined;
  try {
    const { seq } = JSON.parse(text) as { seq?: unknown };
    return typeof seq === 'number' ? seq : undefined;
  } catch {
    return undefined;
  }
}

/** Place of the first byte that no UTF-8 text could hold, from 1. */
function badUtf8(bytes: Uint8Array): number | undefined {
  // What is cut in the middle of a character is not what is looked for: such a beginning may still become text.
  const fits = (length: number): boolean => {
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length), { stream: true });
      return true;
    } catch {
      return false;
    }
  };
  if (fits(bytes.length)) return undefined;
  let [good, bad] = [0, bytes.length];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (fits(middle)) good = middle;
    else bad = middle;
  }
  return bad;
}
