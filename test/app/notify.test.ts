import { redactorOf } from '../../src/core/redact/redactor.ts';
import { describe, expect, test } from 'vitest';
import { Notifier } from '../../src/app/notify/notifier.ts';
import { notifyOf, type NotifySettings } from '../../src/app/notify/settings.ts';
import { runPaths } from '../../src/engine/paths.ts';
import type { Clock } from '../../src/io/clock.ts';
import type { Files } from '../../src/io/files.ts';
import { Story, task } from '../core/run/story.ts';
import { desk } from './rig.ts';

/** Time that passes when the test says so. */
class Hand implements Clock {
  at = Date.UTC(2030, 0, 2, 12);
  #waiting: { readonly until: number; readonly go: () => void }[] = [];

  now = (): number => this.at;
  monotonic = (): number => this.at;

  wait(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ until: this.at + ms, go: resolve });
      signal?.addEventListener('abort', () => resolve());
    });
  }

  async pass(ms: number): Promise<void> {
    this.at += ms;
    const due = this.#waiting.filter(({ until }) => until <= this.at);
    this.#waiting = this.#waiting.filter(({ until }) => until > this.at);
    for (const { go } of due) go();
    await settle();
  }
}

/** Lets everything run that waits for nothing outside. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A notifier over a run that is told event by event; what it posts is in `posted`. */
async function notifier(settings: Partial<NotifySettings> = {}) {
  const { context, root } = desk({}, { git: false });
  const clock = new Hand();
  const stored = new Map<string, Uint8Array>();
  const files: Files = {
    ...context.io.files,
    read: async (path) => stored.get(path),
    write: async (path, content) =>
      void stored.set(path, typeof content === 'string' ? new TextEncoder().encode(content) : content),
  };
  const story = new Story([task('T1'), task('T2')]);
  const posted: { readonly summary: string; readonly texts: readonly string[] }[] = [];
  const troubles: string[] = [];
  let answer: { ok: true } | { ok: false; why: string } = { ok: true };
  const http = {
    async post(_: string, json: string) {
      const message = JSON.parse(json) as { summary: string; notices: { text: string }[] };
      posted.push({ summary: message.summary, texts: message.notices.map(({ text }) => text) });
      return answer;
    },
  };
  const open = () =>
    Notifier.open({
      context: { ...context, io: { ...context.io, clock, files }, http },
      settings: { ...notifyOf({ webhook: 'http://127.0.0.1/' }), ...settings },
      paths: runPaths(root, 'docs/masterplan', 'demo'),
      redactor: redactorOf(),
      state: () => story.state,
      trouble: (channel, why) => void troubles.push(`${channel}: ${why}`),
    });
  return { open, clock, story, posted, troubles, refuse: (why: string) => void (answer = { ok: false, why }) };
}

const ask = (gate: string) =>
  ({
    event: 'gate_opened',
    gate,
    question: `${gate}?`,
    options: ['yes', 'no'],
    recommended: 'no',
    detail: [],
  }) as const;
const answered = (gate: string) => ({ event: 'gate_answered', gate, answer: 'yes', by: 'ada', how: 'test' }) as const;

describe('a person who is elsewhere is told', () => {
  test('what stands for a while, together, and once', async () => {
    const { open, clock, story, posted } = await notifier();
    const one = await open();
    story.approved().tell(ask('a'));
    one.look();
    await clock.pass(4000);
    story.tell(ask('b'));
    one.look();
    await clock.pass(6000);
    expect(posted).toEqual([{ summary: 'masterplan: demo waits for you', texts: ['a?'] }]);
    await clock.pass(4000);
    expect(posted).toHaveLength(1);
    await clock.pass(6000);
    expect(posted.slice(1)).toEqual([{ summary: 'masterplan: demo waits for you', texts: ['b?'] }]);
    one.look();
    await clock.pass(60_000);
    await one.close({ silent: false });
    expect(posted).toHaveLength(2);
  });

  test('not what was answered in time; the same question asked again is another', async () => {
    const { open, clock, story, posted } = await notifier();
    const one = await open();
    story.approved().tell(ask('a'));
    one.look();
    await clock.pass(5000);
    story.tell(answered('a'));
    one.look();
    await clock.pass(10_000);
    expect(posted).toEqual([]);
    story.tell(ask('a'));
    one.look();
    await clock.pass(10_000);
    expect(posted).toHaveLength(1);
    await one.close({ silent: false });
  });

  test('at once when nobody carries the run on any more, but not by whoever stopped it', async () => {
    const { open, story, posted } = await notifier();
    story.approved().tell(ask('a'));
    const stopped = await open();
    stopped.look();
    await stopped.close({ silent: true });
    expect(posted).toEqual([]);
    const rests = await open();
    rests.look();
    await rests.close({ silent: false, trouble: 'land: disk full' });
    expect(posted).toEqual([
      { summary: 'masterplan: demo waits for you', texts: ['it cannot go on: land: disk full', 'a?'] },
    ]);
    // Another start knows what this one told.
    const again = await open();
    again.look();
    await again.close({ silent: false });
    expect(posted).toHaveLength(1);
  });

  test('in quiet hours nothing, at their end what still holds', async () => {
    const { open, clock, story, posted } = await notifier({ quiet: { from: 11 * 60, to: 13 * 60 } });
    clock.at = new Date(2030, 0, 2, 12).getTime();
    const one = await open();
    story.approved().tell(ask('a'), ask('b'));
    one.look();
    await clock.pass(1_800_000);
    story.tell(answered('b'));
    one.look();
    expect(posted).toEqual([]);
    await clock.pass(1_800_000);
    expect(posted).toEqual([{ summary: 'masterplan: demo waits for you', texts: ['a?'] }]);
    await one.close({ silent: false });
  });

  test('only of what was asked for; a channel that fails is complained about once and stops nothing', async () => {
    const { open, clock, story, posted, troubles, refuse } = await notifier({ about: ['trouble'] });
    refuse('127.0.0.1 answered 500');
    const one = await open();
    story.approved().tell(ask('a'), { event: 'task_failed', task: 'T1', reason: 'it is hard' });
    one.look();
    for (let i = 0; i < 10; i++) await clock.pass(10_000);
    story.tell({ event: 'task_failed', task: 'T2', reason: 'so is it' });
    await one.close({ silent: false });
    expect(posted.map(({ texts }) => texts.join())).toEqual([
      'T1 failed: it is hard',
      'T1 failed: it is hard',
      'T1 failed: it is hard',
      'T2 failed: so is it',
    ]);
    expect(troubles).toEqual(['webhook: 127.0.0.1 answered 500']);
  });
});
