import { formatStamp } from '../core/base/time.ts';
import { checkLine } from '../core/run/codec.ts';
import { diagnose, LONGEST_LINE, type Diagnosis } from '../engine/log/damage.ts';
import type { LogDamage } from '../engine/log/log.ts';
import type { RunPaths } from '../engine/paths.ts';
import type { Io } from '../io/io.ts';
import type { ValidateReport } from './api.ts';

type Run = ValidateReport['runs'][number];

/** Bytes behind the last whole line that are looked at: enough to tell what happened. */
const LOOK = 8 * 1024 * 1024;
const NEWLINE = 10;

/** Names a damage with its place, and what of the log can still be trusted. */
export async function damageFinding(
  io: Io,
  paths: RunPaths,
  damage: LogDamage,
): Promise<{ readonly finding: Run['findings'][number]; readonly trusted: Run['trusted'] }> {
  const file = damage.file.slice(paths.root.length + 1);
  const { trusted } = damage;
  const of = { severity: 'error' as const, file, line: damage.line };
  const back = `put the file back as it was (git log -- ${file}, or a backup); masterplan does not write to a damaged log`;
  if (trusted === undefined) return { finding: { ...of, message: damage.problem, hint: back }, trusted: undefined };
  const until = trusted.seq === 0 ? null : formatStamp(trusted.at);
  const proven =
    trusted.seq === 0 ? 'no event can be trusted' : `events 1 to ${trusted.seq} can be trusted (until ${until ?? ''})`;
  const { line, diagnosis } = await lookBehind(io, paths.log, trusted);
  // Lines that are whole and still cannot follow, or lines that others say were there: the bytes tell nothing more.
  const words = diagnosis === undefined ? proven : `${proven}; ${behind(diagnosis)}`;
  return {
    finding: {
      ...of,
      line: diagnosis === undefined ? damage.line : line,
      ...(diagnosis?.column === undefined ? {} : { column: diagnosis.column }),
      ...(diagnosis === undefined ? {} : { kind: diagnosis.kind }),
      message: `${diagnosis?.problem ?? damage.problem}; ${words}`,
      hint: diagnosis === undefined ? back : (mended(diagnosis.kind, file) ?? back),
    },
    trusted: { events: trusted.seq, until },
  };
}

/** What was converted as a whole can be converted back: the checksums prove that every byte is what it was. */
function mended(kind: Diagnosis['kind'], file: string): string | undefined {
  const way = {
    'line-ends': `sed -i 's/\\r$//' '${file}'; and for git to leave it alone:  echo '*.jsonl -text' >> .gitattributes`,
    'byte-order-mark': `sed -i '1s/^\\xEF\\xBB\\xBF//' '${file}'`,
    'utf-16': `iconv -f UTF-16 -t UTF-8 '${file}' > mended.jsonl && mv mended.jsonl '${file}'`,
  }[kind as string];
  return way === undefined
    ? undefined
    : `convert it back, or take it from git or a backup:  ${way}  Then: masterplan validate`;
}

function behind({ readable, lines }: Diagnosis): string {
  const which = lines === 1 ? 'the line' : `the ${lines} lines`;
  if (readable === 0) return `${which} from here on ${lines === 1 ? 'reads' : 'read'} as no event`;
  return `of ${which} from here on ${readable} still ${readable === 1 ? 'reads as an event' : 'read as events'}, and nothing proves them`;
}

/** The first line behind `from` whose checksum is wrong, and what is the matter with it; no diagnosis: all are right. */
async function lookBehind(
  io: Io,
  path: string,
  from: { readonly seq: number; readonly size: number; readonly sum: number },
): Promise<{ readonly line: number; readonly diagnosis: Diagnosis | undefined }> {
  const bytes = (await io.files.readRange(path, from.size, LOOK)) ?? new Uint8Array(0);
  let { seq, sum } = from;
  let start = 0;
  for (;;) {
    const end = bytes.indexOf(NEWLINE, start);
    const next = end < 0 ? undefined : checkLine(bytes, start, end, sum);
    if (next === undefined) break;
    seq++;
    sum = next;
    start = end + 1;
  }
  const rest = bytes.subarray(start);
  if (rest.length === 0) return { line: seq + 1, diagnosis: undefined };
  if (rest.indexOf(NEWLINE) < 0 && checkLine(rest, 0, rest.length, sum) !== undefined) {
    const problem = 'the line is whole, but the line end behind it is missing';
    return { line: seq + 1, diagnosis: { kind: 'cut-line', column: rest.length + 1, problem, readable: 1, lines: 1 } };
  }
  if (bytes.length === LOOK && rest.indexOf(NEWLINE) < 0)
    return { line: seq + 1, diagnosis: await longLine(io, path, from.size + start) };
  return { line: seq + 1, diagnosis: diagnose(rest, seq) };
}

/** How long a line is that is longer than what was looked at. */
async function longLine(io: Io, path: string, start: number): Promise<Diagnosis> {
  let length = 0;
  for (;;) {
    const bytes = await io.files.readRange(path, start + length, LOOK);
    const end = bytes?.indexOf(NEWLINE) ?? -1;
    length += end >= 0 ? end : (bytes?.length ?? 0);
    if (bytes === undefined || bytes.length < LOOK || end >= 0) break;
  }
  const much = length > LONGEST_LINE ? ': it is no event of ours' : '';
  return { kind: 'long-line', problem: `the line has ${length} bytes${much}`, readable: 0, lines: 1 };
}
