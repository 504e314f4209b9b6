import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { validateRuns } from '../../src/app/validate.ts';
import { beginning, writeRun, type Bundle } from './doctor/bundles.ts';
import { desk } from './rig.ts';

/** What is done to a log, by lines from 1 and bytes from 1. */
type Damage =
  | { readonly op: 'append'; readonly text: string }
  | { readonly op: 'replace'; readonly line: number; readonly from: string; readonly to: string }
  /** These lines in this order, then the others. */
  | { readonly op: 'order'; readonly lines: readonly number[] }
  | { readonly op: 'keep'; readonly lines: number }
  | { readonly op: 'insert'; readonly line: number; readonly text: string }
  | { readonly op: 'cut'; readonly line: number; readonly at: number }
  | { readonly op: 'byte'; readonly line: number; readonly at: number; readonly value: number }
  | { readonly op: 'crlf' }
  | { readonly op: 'bom' }
  | { readonly op: 'utf-16' }
  /** Before it is written: from this line on every stamp is so much later. */
  | { readonly op: 'clock'; readonly line: number; readonly ms: number }
  | { readonly op: 'long'; readonly line: number; readonly bytes: number };

interface Case {
  readonly about: string;
  readonly do: Damage;
  readonly expect: {
    readonly severity: 'error' | 'warning';
    readonly line: number | 'after';
    readonly column?: number;
    readonly kind?: string;
    readonly trusted?: number;
    readonly message: string;
  };
}

const FOLDER = join(import.meta.dirname, '../cases/damage');
const CASES = readdirSync(FOLDER).map((name): [string, Case] => [
  name.replace(/\.json$/, ''),
  JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as Case,
]);

function damage({ paths }: Bundle, what: Damage): void {
  const bytes = readFileSync(paths.log);
  const lines = bytes.toString('latin1').split('\n').slice(0, -1);
  const put = (changed: readonly string[]): void =>
    writeFileSync(paths.log, Buffer.from(changed.map((line) => `${line}\n`).join(''), 'latin1'));
  const line = (number: number): string => lines[number - 1] ?? '';
  switch (what.op) {
    case 'append':
      return appendFileSync(paths.log, what.text);
    case 'replace':
      expect(line(what.line)).toContain(what.from);
      return put(lines.with(what.line - 1, line(what.line).replace(what.from, what.to)));
    case 'order': {
      const last = Math.max(...what.lines);
      return put([...what.lines.map(line), ...lines.slice(last)]);
    }
    case 'keep':
      return put(lines.slice(0, what.lines));
    case 'insert':
      return put(lines.toSpliced(what.line - 1, 0, what.text));
    case 'cut':
      return put(lines.with(what.line - 1, line(what.line).slice(0, what.at)));
    case 'byte': {
      const text = line(what.line);
      return put(
        lines.with(what.line - 1, text.slice(0, what.at - 1) + String.fromCharCode(what.value) + text.slice(what.at)),
      );
    }
    case 'crlf':
      return writeFileSync(paths.log, bytes.toString('latin1').replaceAll('\n', '\r\n'), 'latin1');
    case 'bom':
      return writeFileSync(paths.log, Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]));
    case 'utf-16':
      return writeFileSync(
        paths.log,
        Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(bytes.toString(), 'utf16le')]),
      );
    case 'clock':
      return undefined;
    case 'long': {
      const before = lines
        .slice(0, what.line - 1)
        .map((text) => `${text}\n`)
        .join('');
      writeFileSync(
        paths.log,
        Buffer.concat([
          Buffer.from(before, 'latin1'),
          Buffer.alloc(what.bytes, 'x'),
          Buffer.from(`\n${lines.slice(what.line - 1).join('\n')}\n`, 'latin1'),
        ]),
      );
      return undefined;
    }
    default:
      return what satisfies never;
  }
}

describe('every damage is named with its place, and what can still be trusted', () => {
  test.each(CASES)('%s', async (_, { do: what, expect: wanted }) => {
    const at = desk();
    const story = beginning().approved().started('T1').ended('T1', 1, 'failed');
    const clock = what.op === 'clock' ? (seq: number) => (seq >= what.line ? what.ms : 0) : undefined;
    const bundle = await writeRun(at, 'one', story, 3_600_000, clock);
    damage(bundle, what);
    const before = readFileSync(bundle.paths.log);

    const done = await validateRuns(at.context);
    const [run] = done.ok ? done.value.runs : [];
    const [finding] = run?.findings ?? [];
    expect(run?.ok).toBe(wanted.severity === 'warning');
    expect(finding).toMatchObject({
      severity: wanted.severity,
      file: 'docs/masterplan/one/events.jsonl',
      line: wanted.line === 'after' ? story.told.length + 1 : wanted.line,
      ...(wanted.column === undefined ? {} : { column: wanted.column }),
      ...(wanted.kind === undefined ? {} : { kind: wanted.kind }),
    });
    expect(finding?.message).toContain(wanted.message);
    expect(run?.trusted?.events).toBe(wanted.trusted);
    if (wanted.trusted !== undefined)
      expect(finding?.message).toContain(
        wanted.trusted === 0 ? 'no event can be trusted' : `events 1 to ${wanted.trusted} can be trusted`,
      );
    expect(readFileSync(bundle.paths.log).equals(before)).toBe(true);
  });
});

test('a bundle of an older tool is read, not called damaged', async () => {
  const at = desk({
    'docs/masterplan/old/state.yml': 'schema_version: 3\nslug: old\nstatus: archived\n',
    'docs/masterplan/old/events.jsonl': '{"event":"a"}\n',
    'docs/masterplan/worse/state.yml': 'schema_version: 3\nslug: worse\nstatus: archived\n',
    'docs/masterplan/worse/events.jsonl': '{"event":"a"}\n{"event":\n',
    'docs/masterplan/bytes/state.yml': 'schema_version: 3\nslug: bytes\nstatus: archived\n',
  });
  const broken = Buffer.from('{"event":"a"}\n{"event":"b","note":"\xff"}\n', 'latin1');
  writeFileSync(at.path('docs/masterplan/bytes/events.jsonl'), broken);
  const done = await validateRuns(at.context);
  expect(done.ok && done.value.runs).toMatchObject([
    { slug: 'bytes', ok: false, findings: [{ file: 'docs/masterplan/bytes/events.jsonl', line: 2 }] },
    { slug: 'old', ok: true, legacy: '3', events: 1, findings: [] },
    { slug: 'worse', ok: false, findings: [{ file: 'docs/masterplan/worse/events.jsonl', line: 2 }] },
  ]);
});
