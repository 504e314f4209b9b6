import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Driver, type Move, STILL } from '../../../src/core/agents/driver.ts';
import type { AgentEvent, Outcome } from '../../../src/core/agents/event.ts';
import { readLine, textOf } from '../../../src/core/agents/json.ts';
import type { Order } from '../../../src/core/agents/order.ts';
import { keep, type KeptOutcome } from '../../../src/engine/agents/keeper.ts';
import { LINE_LIMIT } from '../../../src/io/conversation.ts';
import type { Files } from '../../../src/io/files.ts';
import { nodeClock } from '../../../src/io/node/clock.ts';
import { converse } from '../../../src/io/node/converse.ts';
import { nodeFiles } from '../../../src/io/node/files.ts';
import { GOOD_DIGEST } from '../../agents/model/deliver.ts';
import { until } from '../../io/until.ts';

/* The keeper with a driver and programs made for it: what programs do that no real one does when it is wanted. */

let dir: string;
beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'masterplan-keeper-')));
  mkdirSync(join(dir, 'answers'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
});

/**
 * A driver of programs that print events as they are, and are told `do …`, `say …`, `interrupt` and `answer …`. How it ends when nobody
 * said so is its `died` with the code.
 */
class Plain implements Driver {
  readonly family = 'claude';
  readonly argv: [string, ...string[]];
  readonly endsOnEof: boolean;
  /** Length of the longest line that came. */
  longest = 0;
  readonly lines: string[] = [];

  constructor(argv: [string, ...string[]], endsOnEof = true) {
    this.argv = argv;
    this.endsOnEof = endsOnEof;
  }
  launch() {
    return { argv: this.argv, env: {} };
  }
  begin(): Move {
    return { send: ['do it'], events: [] };
  }
  line(text: string): Move {
    this.longest = Math.max(this.longest, text.length);
    if (text.length < 1000) this.lines.push(text);
    const fields = readLine(text);
    if (fields === undefined) return { send: [], events: [{ type: 'notice', message: text.slice(0, 100) }] };
    return textOf(fields['type']) === undefined ? STILL : { send: [], events: [fields as unknown as AgentEvent] };
  }
  answer(id: string, answer: string, reason: string): Move {
    return { send: [`answer ${id} ${answer} ${reason}`.trimEnd()], events: [] };
  }
  say(text: string): Move {
    return { send: [`say ${text.replaceAll('\n', ' ')}`], events: [] };
  }
  interrupt(): Move {
    return { send: ['interrupt'], events: [] };
  }
  exited(code: number | null, signal: string | null, stderr: string): Outcome {
    return { how: 'failed', failure: 'died', message: `${code} ${signal} ${stderr.trim()}`, said: '', denied: 0 };
  }
}

/** What every program begins with: `out` prints an event, `end` the end of a turn; `heard` is called with each line. */
const PRELUDE = `
const fs = require('node:fs');
const out = (event) => fs.writeSync(1, JSON.stringify(event) + '\\n');
const end = (said, more) => out({ type: 'turn_ended', outcome: { how: 'completed', message: '', said, denied: 0, ...more } });
const note = (text) => fs.appendFileSync('noted', text + '\\n');
let heard = () => {};
let closed = () => process.exit(0);
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => heard(line)).on('close', () => closed());
const hours = () => setInterval(() => {}, 1e6);
out({ type: 'started', session: 's', model: 'm', program: '1' });
`;

const DIGEST = JSON.stringify(GOOD_DIGEST);

interface Options {
  readonly order?: Partial<Order>;
  readonly files?: Partial<Files>;
  readonly endsOnEof?: false;
  readonly stopped?: AbortSignal;
  /** Arguments instead of a script. */
  readonly argv?: [string, ...string[]];
}

interface Kept {
  readonly code: number;
  readonly outcome: KeptOutcome;
  readonly events: readonly AgentEvent[];
  readonly transcript: string;
  readonly driver: Plain;
  /** Milliseconds. */
  readonly took: number;
}

/** Keeps a conversation with a program that is made of this code. */
async function kept(script: string, options: Options = {}): Promise<Kept> {
  writeFileSync(join(dir, 'program.cjs'), PRELUDE + script);
  const driver = new Plain(options.argv ?? [process.execPath, join(dir, 'program.cjs')], options.endsOnEof ?? true);
  const order: Order = {
    schema: 1,
    family: 'claude',
    command: ['program'],
    worktree: dir,
    prompt: 'Do it.',
    permission: 'ask',
    rules: { writable: [dir], commands: ['npm test'], otherCommands: 'ask', otherPaths: 'deny', network: 'session' },
    patience: 0,
    contract: 'implement.v1',
    digest: join(dir, 'digest.json'),
    inputs: dir,
    ...options.order,
  };
  let transcript = '';
  const print = (text: string): void => {
    if (text.length < 10_000) transcript += text;
  };
  const start = performance.now();
  const env = { PATH: process.env['PATH'] ?? '' };
  const io = { files: { ...nodeFiles, ...options.files }, clock: nodeClock, converse, print };
  const code = await keep(order, driver, env, io, options.stopped ?? new AbortController().signal);
  const took = performance.now() - start;
  const noted = join(dir, 'progress.jsonl');
  return {
    code,
    outcome: JSON.parse(readFileSync(join(dir, 'outcome.json'), 'utf8')) as KeptOutcome,
    events: existsSync(noted)
      ? readFileSync(noted, 'utf8')
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line) as AgentEvent)
      : [],
    transcript,
    driver,
    took,
  };
}

/** What the program noted for us, beside its conversation. */
function noted(): readonly string[] {
  const path = join(dir, 'noted');
  return existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : [];
}

function digest(): unknown {
  const path = join(dir, 'digest.json');
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

/** A signal that comes when the program has noted something. */
function stopWhen(text: string): AbortSignal {
  const controller = new AbortController();
  void until(text, () => noted().includes(text)).then(() => controller.abort());
  return controller.signal;
}

describe('the digest', () => {
  test('is taken from what the agent said, and nothing is asked again', async () => {
    const { code, outcome, transcript } = await kept(`heard = () => end(${JSON.stringify(`Done.\n${DIGEST}`)});`);
    expect([code, outcome.how, outcome.exit_code]).toEqual([0, 'completed', 0]);
    expect(outcome).toMatchObject({ schema: 1, family: 'claude', session: 's', model: 'm', program: '1' });
    expect(digest()).toEqual(GOOD_DIGEST);
    expect(transcript).not.toContain('> say');
  });

  test('that the agent wrote itself is left as it is', async () => {
    const written = `${DIGEST}\n\n`;
    await kept(
      `heard = () => { fs.writeFileSync('digest.json', ${JSON.stringify(written)}); end('{"contract_id":"other"}'); };`,
    );
    expect(readFileSync(join(dir, 'digest.json'), 'utf8')).toBe(written);
  });

  test('is repaired once', async () => {
    const { outcome, transcript, events } = await kept(
      `heard = (line) => end(line.startsWith('say') ? ${JSON.stringify(DIGEST)} : 'I am done.');`,
    );
    expect(outcome.how).toBe('completed');
    expect(digest()).toEqual(GOOD_DIGEST);
    expect(transcript).toMatch(/> say Your digest cannot be taken: - no digest was given .*implement\.v1/);
    expect(events.filter(({ type }) => type === 'notice')).toHaveLength(1);
  });

  test('is repaired only once, whatever comes', async () => {
    const bad = JSON.stringify({ ...GOOD_DIGEST, status: 'perhaps' });
    const { code, outcome, transcript, events } = await kept(`heard = () => end(${JSON.stringify(bad)});`);
    expect([code, outcome.how]).toEqual([0, 'completed']);
    expect(transcript.match(/^> say/gm)).toHaveLength(1);
    expect(events.filter(({ type }) => type === 'turn_ended')).toHaveLength(2);
    // For whoever looks for the reason.
    expect(digest()).toMatchObject({ status: 'perhaps' });
  });

  test('a note is told once between two turns; what follows cannot undo the work', async () => {
    mkdirSync(join(dir, 'notes'));
    writeFileSync(join(dir, 'notes/T2-abc'), 'T2 works on a.ts, too.');
    const good = JSON.stringify(DIGEST);
    const { code, outcome, transcript } = await kept(`heard = () => end(${good});`);
    expect([code, outcome.how, outcome.told]).toEqual([0, 'completed', ['T2-abc']]);
    expect(transcript.match(/^> say .*/gm)).toEqual(['> say T2 works on a.ts, too.']);
    const failing = await kept(
      `heard = (line) => line.startsWith('say') ? end('', { how: 'failed', failure: 'overflow' }) : end(${good});`,
    );
    expect([failing.code, failing.outcome.how]).toEqual([0, 'completed']);
    expect(digest()).toEqual(GOOD_DIGEST);
    const gone = await kept(`heard = (line) => line.startsWith('say') ? process.exit(1) : end(${good});`);
    expect([gone.code, gone.outcome.how]).toEqual([0, 'completed']);
  });

  test('of a turn is what it ended with first: nobody asked for what comes after that', async () => {
    const { code, outcome } = await kept(
      `heard = () => { end(${JSON.stringify(DIGEST)}); end('', { how: 'failed', failure: 'refusal' }); };`,
    );
    expect([code, outcome.how]).toEqual([0, 'completed']);
    expect(digest()).toEqual(GOOD_DIGEST);
  });

  test('of a turn that failed is not asked for', async () => {
    const { code, outcome, transcript } = await kept(`heard = () => end('', { how: 'failed', failure: 'overflow' });`);
    expect([code, outcome.how, outcome.failure]).toEqual([1, 'failed', 'overflow']);
    expect(transcript).not.toContain('> say');
  });

  test('of a program that ends right after its turn counts all the same', async () => {
    const { code, outcome } = await kept(`heard = () => { end(${JSON.stringify(DIGEST)}); process.exit(0); };`);
    expect([code, outcome.how]).toEqual([0, 'completed']);
    expect(digest()).toEqual(GOOD_DIGEST);
  });

  test('that cannot be written is asked for again, and the outcome is told', async () => {
    const write: Files['write'] = (path, content, how) =>
      path.endsWith('digest.json')
        ? Promise.reject(new Error('the disk is full'))
        : nodeFiles.write(path, content, how);
    const { outcome, transcript } = await kept(`heard = () => end(${JSON.stringify(DIGEST)});`, { files: { write } });
    expect(outcome.how).toBe('completed');
    expect(transcript).toContain('- the disk is full');
  });

  test('that is too large for the outcome is left out of it', async () => {
    const { outcome } = await kept(`heard = () => end('', { structured: { text: 'x'.repeat(300000) } });`);
    expect(outcome.structured).toBeUndefined();
    expect((await kept(`heard = () => end('', { structured: { text: 'x' } });`)).outcome.structured).toEqual({
      text: 'x',
    });
  });
});

describe('a program that ends', () => {
  test.each([
    ['by itself', `heard = () => { console.error('a reason'); process.exit(3); };`, '3 null a reason'],
    ['without having read anything', `process.exit(0);`, '0 null '],
    ['by a signal', `heard = () => process.kill(process.pid, 'SIGKILL');`, 'null SIGKILL '],
    [
      'while it repairs its digest',
      `heard = (line) => line.startsWith('say') ? process.exit(4) : end('Nothing.');`,
      '4 null ',
    ],
  ])('%s', async (_, script, message) => {
    const { code, outcome, took } = await kept(script);
    expect(code).toBe(1);
    expect(outcome).toMatchObject({ how: 'failed', failure: 'died', message });
    expect(took).toBeLessThan(5000);
  });

  test('before it could be started', async () => {
    const { outcome } = await kept('', { argv: ['/nowhere/program'] });
    expect(outcome).toMatchObject({ how: 'failed', failure: 'misconfigured', exit_code: null });
    expect(outcome.message).toContain('/nowhere/program');
  });

  test('while somebody it started holds its streams open', async () => {
    const { outcome, took } = await kept(
      `heard = () => { const child = require('node:child_process').spawn('sleep', ['29741'], { stdio: 'inherit', detached: true });
       note(String(child.pid)); end(${JSON.stringify(DIGEST)}); };`,
    );
    process.kill(Number(noted()[0]), 'SIGKILL');
    expect(outcome.how).toBe('completed');
    expect(took).toBeLessThan(5000);
  });

  test('only when it is told to, after its last turn', async () => {
    const { outcome } = await kept(
      `closed = () => {}; hours(); process.on('SIGTERM', () => { note('SIGTERM'); process.exit(0); });
       heard = () => end(${JSON.stringify(DIGEST)});`,
      { endsOnEof: false },
    );
    expect([outcome.how, outcome.exit_code, noted()]).toEqual(['completed', 0, ['SIGTERM']]);
  });

  test('never, after its last turn: it is killed, and its turn counts', async () => {
    const { code, outcome, took } = await kept(
      `closed = () => note('closed'); hours(); process.on('SIGTERM', () => note('SIGTERM'));
       heard = () => end(${JSON.stringify(DIGEST)});`,
    );
    expect([code, outcome.how, outcome.exit_code]).toEqual([0, 'completed', null]);
    expect(noted()).toEqual(['closed', 'SIGTERM']);
    expect(took).toBeLessThan(8000);
  });
});

describe('a stop', () => {
  test('while a turn runs: it is interrupted, tells what it did, and ends by itself', async () => {
    const { code, outcome, took } = await kept(
      `heard = (line) => line === 'interrupt' ? end('so far', { how: 'cancelled', message: 'it was interrupted' }) : note('works');`,
      { stopped: stopWhen('works') },
    );
    expect([code, outcome.how, outcome.said, outcome.exit_code]).toEqual([1, 'cancelled', 'so far', 0]);
    expect(took).toBeLessThan(2000);
  });

  test('is no failure, whatever the program says', async () => {
    const { outcome } = await kept(
      `heard = (line) => line === 'interrupt' ? end('', { how: 'failed', failure: 'usage-limit', message: 'odd' }) : note('works');`,
      { stopped: stopWhen('works') },
    );
    expect(outcome).toMatchObject({ how: 'cancelled', message: 'odd' });
    expect(outcome.failure).toBeUndefined();
  });

  test('when the work was done in the same moment is none', async () => {
    const { code, outcome } = await kept(
      `heard = (line) => line === 'interrupt' ? end(${JSON.stringify(DIGEST)}) : note('works');`,
      { stopped: stopWhen('works') },
    );
    expect([code, outcome.how]).toEqual([0, 'completed']);
    expect(digest()).toEqual(GOOD_DIGEST);
  });

  test('before anything has begun', async () => {
    const { outcome, took } = await kept(`heard = (line) => line === 'interrupt' && process.exit(0);`, {
      stopped: AbortSignal.abort(),
    });
    expect(outcome.how).toBe('cancelled');
    expect(took).toBeLessThan(2000);
  });

  test.each([
    ['SIGINT', ['SIGINT'], 2000],
    ['SIGTERM', ['SIGINT', 'SIGTERM'], 3200],
    ['SIGKILL', ['SIGINT', 'SIGTERM'], 4000],
  ])('of one that hears nothing before %s', async (last, heard, least) => {
    const { outcome, took } = await kept(
      `closed = () => {}; hours();
       for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => { note(name); if (name === '${last}') process.exit(7); });
       heard = () => note('works');`,
      { stopped: stopWhen('works') },
    );
    expect(outcome).toMatchObject({ how: 'cancelled', exit_code: last === 'SIGKILL' ? null : 7 });
    expect(outcome.failure).toBeUndefined();
    expect(noted().filter((one) => one !== 'works')).toEqual(heard);
    expect(took).toBeGreaterThan(least);
    // Masterplan waits for five seconds, and a little of it is for the keeper to write down how it went.
    expect(took).toBeLessThan(least + 2500);
  });
});

describe('questions', () => {
  const ask = (id: string, fields: object = {}): string =>
    `out({ type: 'permission_asked', ask: ${JSON.stringify({ id, kind: 'command', tool: 'Bash', paths: [], what: id, command: 'rm x', ...fields })} });`;
  /** Asks, and ends with what was answered. */
  const asking = (question: string): string =>
    `heard = (line) => { if (line === 'do it') { ${question} note('asked'); } else if (line.startsWith('answer')) { note(line); end(${JSON.stringify(DIGEST)}); } };`;
  const answers = (): string | undefined => noted().find((line) => line.startsWith('answer'));

  test.each([
    ['a declared command', { command: 'npm  test' }, 'answer q allow'],
    [
      'a path that is not ours',
      { kind: 'write', paths: ['/etc/x'] },
      'answer q deny The policy of this run forbids it.',
    ],
    ['the network', { kind: 'network' }, 'answer q session'],
  ])('are answered by the rules: %s', async (_, fields, answer) => {
    const { events } = await kept(asking(ask('q', fields)));
    expect(answers()).toBe(answer);
    expect(events.filter(({ type }) => type === 'permission_settled')).toMatchObject([{ by: 'rules' }]);
    expect(events.map(({ type }) => type)).not.toContain('permission_asked');
  });

  test.each(['allow', 'session', 'deny'])('are answered by a person: %s', async (word) => {
    void until('the question', () => noted().includes('asked')).then(() => {
      writeFileSync(join(dir, 'answers', 'q_2f1'), 'perhaps');
      setTimeout(() => writeFileSync(join(dir, 'answers', 'q_2f1'), `${word}\n`), 400);
    });
    const { events } = await kept(asking(ask('q/1')));
    expect(answers()).toBe(`answer q/1 ${word}${word === 'deny' ? ' A person denied it.' : ''}`);
    expect(events.filter(({ type }) => type.startsWith('permission'))).toMatchObject([
      { type: 'permission_asked' },
      { type: 'permission_settled', by: 'person', answer: word },
    ]);
  });

  test('are denied when nobody answers in time', async () => {
    const { events, took } = await kept(asking(ask('q')), { order: { patience: 300 } });
    expect(answers()).toMatch(/^answer q deny Nobody answered in time\./);
    expect(events).toContainEqual(expect.objectContaining({ type: 'permission_settled', by: 'time', answer: 'deny' }));
    expect(took).toBeGreaterThan(300);
  });

  test('that are open when the program ends are nobody’s', async () => {
    const { outcome, events, took } = await kept(`heard = () => { ${ask('q')} process.exit(5); };`);
    expect(outcome).toMatchObject({ failure: 'died', exit_code: 5 });
    expect(events.map(({ type }) => type)).toEqual(['started', 'permission_asked']);
    expect(took).toBeLessThan(3000);
  });

  test('that are open when it is stopped do not hold it up', async () => {
    const { outcome, events, took } = await kept(
      `heard = (line) => line === 'interrupt' ? end('', { how: 'cancelled' }) : (() => { ${ask('q')} note('asked'); })();`,
      { stopped: stopWhen('asked') },
    );
    expect(outcome.how).toBe('cancelled');
    expect(events.map(({ type }) => type)).not.toContain('permission_settled');
    expect(took).toBeLessThan(2000);
  });
});

describe('what it writes', () => {
  test('progress in batches, whole and in order at the end', async () => {
    let appends = 0;
    const openAppend: Files['openAppend'] = async (path) => {
      const file = await nodeFiles.openAppend(path);
      return {
        get size() {
          return file.size;
        },
        append: (content) => {
          appends++;
          return file.append(content);
        },
        truncate: (size) => file.truncate(size),
        close: () => file.close(),
      };
    };
    const script = `heard = () => { for (let i = 0; i < 20000; i++) out({ type: 'text', text: String(i) }); end(${JSON.stringify(DIGEST)}); };`;
    const { events } = await kept(script, { files: { openAppend } });
    const texts = events.flatMap((event) => (event.type === 'text' ? [Number(event.text)] : []));
    expect(texts).toEqual(Array.from({ length: 20_000 }, (_, i) => i));
    expect(events.at(-1)?.type).toBe('turn_ended');
    expect(appends).toBeLessThan(200);
  });

  test('the outcome, once and last', async () => {
    const written: string[] = [];
    const write: Files['write'] = (path, content, how) => {
      written.push(path.slice(dir.length + 1));
      return nodeFiles.write(path, content, how);
    };
    await kept(`heard = () => { end('first'); end(${JSON.stringify(DIGEST)}); };`, { files: { write } });
    expect(written.filter((path) => path === 'outcome.json')).toHaveLength(1);
    expect(written.at(-1)).toBe('outcome.json');
  });

  test('nothing but the outcome where progress cannot be written', async () => {
    const openAppend: Files['openAppend'] = () => Promise.reject(new Error('the disk is full'));
    const script = `heard = () => { for (let i = 0; i < 1000; i++) out({ type: 'text', text: 'x' }); end(${JSON.stringify(DIGEST)}); };`;
    const { outcome, transcript } = await kept(script, { files: { openAppend } });
    expect(outcome.how).toBe('completed');
    expect(transcript.match(/progress cannot be written: the disk is full/g)).toHaveLength(1);
  });
});

describe('what it hears', () => {
  test('output that is no UTF-8, and errors that are none', async () => {
    const { outcome, driver, transcript } = await kept(
      `heard = () => { fs.writeSync(1, Buffer.from([0x61, 0xff, 0xfe, 0x0a, 0xc3])); fs.writeSync(2, Buffer.from([0xff, 0x0a]));
       setTimeout(() => { fs.writeSync(1, Buffer.from([0xa4, 0x0d, 0x0a, 0x00, 0x0a, 0x0a])); end(${JSON.stringify(DIGEST)}); }, 50); };`,
    );
    expect(outcome.how).toBe('completed');
    expect(driver.lines.slice(1, 5)).toEqual(['a\uFFFD\uFFFD', 'ä', '\u0000', '']);
    expect(transcript).toContain('\uFFFD\n');
  });

  test('a line of 20 MB arrives cut, and the next one whole', async () => {
    const { outcome, driver } = await kept(
      `heard = () => { const mb = Buffer.alloc(1 << 20, 'x'); let left = 20;
       const last = JSON.stringify({ type: 'turn_ended', outcome: { how: 'completed', message: '', said: ${JSON.stringify(DIGEST)}, denied: 0 } });
       const more = () => left-- > 0 ? process.stdout.write(mb, more) : process.stdout.write('\\n' + last + '\\n'); more(); };`,
    );
    expect(outcome.how).toBe('completed');
    expect(driver.longest).toBe(LINE_LIMIT);
  });

  test('a last line without an end', async () => {
    const { outcome } = await kept(
      `heard = () => { fs.writeSync(1, JSON.stringify({ type: 'turn_ended', outcome: { how: 'completed', message: '', said: 'cut', denied: 0 } })); process.exit(0); };`,
    );
    expect(outcome).toMatchObject({ how: 'completed', said: 'cut' });
  });
});
