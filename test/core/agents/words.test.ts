import { describe, expect, test } from 'vitest';
import type { FailureClass } from '../../../src/core/agents/failure.ts';
import { resetTime } from '../../../src/core/agents/reset-time.ts';
import { failureInWords, failureOfStatus } from '../../../src/core/agents/words.ts';

describe('failures in prose', () => {
  test.each<[string, FailureClass | undefined]>([
    ['Credit balance is too low', 'billing'],
    ['You exceeded your current quota, please check your plan and billing details.', 'billing'],
    ['Insufficient_quota', 'billing'],
    ["You've hit your session limit · resets 6pm (Europe/Berlin)", 'usage-limit'],
    ["You've reached your 5-hour limit.", 'usage-limit'],
    ['You have reached your specified API usage limits.', 'usage-limit'],
    ["You're out of usage credits", 'usage-limit'],
    ['Your org is out of usage · add funds to continue', 'usage-limit'],
    ['Claude AI usage limit reached|1795190400', 'usage-limit'],
    ['prompt is too long: 201234 tokens > 200000 maximum', 'overflow'],
    ["Codex ran out of room in the model's context window", 'overflow'],
    ['Invalid API key · Fix external API key', 'authentication'],
    ['Not logged in · Please run /login', 'authentication'],
    ['403 Forbidden', 'forbidden'],
    ['exceeded retry limit, last status: 429 Too Many Requests', 'rate-limit'],
    ['Repeated 529 Overloaded errors', 'overloaded'],
    ['We are currently experiencing high demand', 'overloaded'],
    ['connect ECONNREFUSED 127.0.0.1:9', 'connection'],
    ['stream disconnected before completion', 'connection'],
    ['The model made a refusal', 'refusal'],
    ['500 Internal server error', 'server'],
    ['Something went wrong', undefined],
    ['You have exhausted your capacity on this model. Your quota will reset after 18h4m29s.', 'usage-limit'],
    [
      'You exceeded your current quota, please check your plan and billing details. Please retry in 35.1s.',
      'usage-limit',
    ],
    ['Your organization has reached its monthly usage limit', 'usage-limit'],
    ['Daily limit reached', 'usage-limit'],
    ['Your organization has reached its monthly spend limit', 'billing'],
    ['Your workspace is out of credits.', 'billing'],
    ['', undefined],
  ])('%s', (words, failure) => {
    expect(failureInWords(words)).toBe(failure);
  });

  test('only its beginning is read, and quickly', () => {
    expect(failureInWords(`${'x'.repeat(5000)} usage limit`)).toBeUndefined();
    const start = performance.now();
    for (const piece of [
      'hit your ',
      'a-b ',
      'exceeded your a a ',
      'in 5 m ',
      'in about an h, ',
      'Nov 1 ',
      '1 of ',
      '12:3 ',
    ]) {
      failureInWords(piece.repeat(100_000));
      resetTime(`resets 5pm ${piece.repeat(100_000)}`, 0);
    }
    expect(performance.now() - start).toBeLessThan(1000);
  });
});

test.each<[number, string, FailureClass | undefined]>([
  [400, 'prompt is too long', 'overflow'],
  [400, 'Your credit balance is too low', 'billing'],
  [400, 'You have reached your specified API usage limits.', 'usage-limit'],
  [400, 'messages: field required', undefined],
  [401, 'invalid key', 'authentication'],
  [402, '', 'billing'],
  [403, 'authentication', 'forbidden'],
  [404, 'not found', undefined],
  [413, '', 'overflow'],
  [429, 'slow down', 'rate-limit'],
  [429, 'the usage limit of this account is reached', 'usage-limit'],
  [429, 'insufficient_quota', 'billing'],
  [429, 'overloaded', 'rate-limit'],
  [500, '', 'server'],
  [502, 'rate limit', 'server'],
  [503, '', 'overloaded'],
  [529, '', 'overloaded'],
  [599, '', 'server'],
  [600, '', undefined],
  [200, 'usage limit', undefined],
])('status %i with "%s" is %s', (status, text, failure) => {
  expect(failureOfStatus(status, text)).toBe(failure);
});

describe('when a limit ends', () => {
  const noon = Date.UTC(2026, 10, 20, 12);
  const at = (text: string, now = noon, offset = 0): string | undefined => {
    const time = resetTime(text, now, offset);
    return time === undefined ? undefined : new Date(time).toISOString();
  };

  test.each<[string, string | undefined]>([
    ['usage limit reached|1795190400', '2026-11-20T16:00:00.000Z'],
    ['usage limit reached|1795190400123', '2026-11-20T16:00:00.123Z'],
    ['resets at 2026-11-20T18:00:00Z', '2026-11-20T18:00:00.000Z'],
    ['resets at 2026-11-20T18:00:00+02:00', '2026-11-20T16:00:00.000Z'],
    ['You will regain access on 2026-12-01 at 00:00 UTC.', '2026-12-01T00:00:00.000Z'],
    ['resets 2026-99-99T99:99Z', undefined],
    ['try again in 2 hours 5 minutes', '2026-11-20T14:05:00.000Z'],
    ['try again in 1 day, 2 hours and 3 minutes', '2026-11-21T14:03:00.000Z'],
    ['try again in 20s', '2026-11-20T12:00:20.000Z'],
    ['try again in about 3h', '2026-11-20T15:00:00.000Z'],
    ['try again in 2 months', undefined],
    ['try again at 8:12 PM', '2026-11-20T20:12:00.000Z'],
    ['resets 6pm', '2026-11-20T18:00:00.000Z'],
    ['resets 6 a.m.', '2026-11-21T06:00:00.000Z'],
    ['resets 12am', '2026-11-21T00:00:00.000Z'],
    ['resets 12pm', '2026-11-21T12:00:00.000Z'],
    ['resets 12:30pm', '2026-11-20T12:30:00.000Z'],
    ['resets 13pm', undefined],
    ['resets 6:75pm', undefined],
    ['It was 6pm when it broke', undefined],
    ['try again at Nov 24th, 2026 9:05 AM', '2026-11-24T09:05:00.000Z'],
    ['Claude 5 limit · resets Nov 24, 9am', '2026-11-24T09:00:00.000Z'],
    ['resets November 24 at 9am', '2026-11-24T09:00:00.000Z'],
    ['Maybe 3 tries are left, resets 9pm', '2026-11-20T21:00:00.000Z'],
    ['try again later', undefined],
    ['Your quota will reset after 18h4m29s.', '2026-11-21T06:04:29.000Z'],
    ['Please retry in 35.123s.', '2026-11-20T12:00:35.123Z'],
    ['try again in 1h30m', '2026-11-20T13:30:00.000Z'],
    ['try again in an hour', '2026-11-20T13:00:00.000Z'],
    ['resets in 1 week', '2026-11-27T12:00:00.000Z'],
    ['Please wait 5 minutes', '2026-11-20T12:05:00.000Z'],
    ['Retry-After: 3600', '2026-11-20T13:00:00.000Z'],
    ['{"retry_after": 90}', '2026-11-20T12:01:30.000Z'],
    ['{"resets_at":1795190400}', '2026-11-20T16:00:00.000Z'],
    ['resets at 1795190400', '2026-11-20T16:00:00.000Z'],
    ['5-hour limit reached ∙ resets 18:30', '2026-11-20T18:30:00.000Z'],
    ['try again at 06:05', '2026-11-21T06:05:00.000Z'],
    ['resets 18:30 CET', '2026-11-20T17:30:00.000Z'],
    ['resets at 3pm UTC+2', '2026-11-20T13:00:00.000Z'],
    ['resets tomorrow at 6pm', '2026-11-21T18:00:00.000Z'],
    ['resets tomorrow', '2026-11-21T00:00:00.000Z'],
    ['resets Monday at 9am', '2026-11-23T09:00:00.000Z'],
    ['available again on Friday 9:00', '2026-11-27T09:00:00.000Z'],
    ['resets on Dec 1', '2026-12-01T00:00:00.000Z'],
    ['resets 24 November 9am', '2026-11-24T09:00:00.000Z'],
    ['available again on 2026-11-24', '2026-11-24T00:00:00.000Z'],
    ['try again 2026-11-20 18:00', '2026-11-20T18:00:00.000Z'],
    ['resets at midnight', '2026-11-21T00:00:00.000Z'],
    ['model gpt-5-2026-11-20 is not there', undefined],
    ['failed after 3 attempts', undefined],
    ['try again after adding credit', undefined],
    ['HTTP 429, retry-after: soon', undefined],
  ])('%s', (text, expected) => {
    expect(at(text)).toBe(expected);
  });

  test('a day without a year is the next such day', () => {
    expect(at('resets Jan 2, 9am', Date.UTC(2026, 11, 30))).toBe('2027-01-02T09:00:00.000Z');
    // It is over, and was so a moment ago.
    expect(at('resets Nov 20, 11am')).toBe('2026-11-20T11:00:00.000Z');
    // It is the new year there already.
    expect(at('resets Jan 1, 9am', Date.UTC(2026, 11, 31, 20), 600)).toBe('2026-12-31T23:00:00.000Z');
  });

  test.each([
    [0, '2026-11-20T18:00:00.000Z'],
    [60, '2026-11-20T17:00:00.000Z'],
    [330, '2026-11-20T12:30:00.000Z'],
    [390, '2026-11-21T11:30:00.000Z'],
    [-300, '2026-11-20T23:00:00.000Z'],
    [-720, '2026-11-21T06:00:00.000Z'],
    [840, '2026-11-21T04:00:00.000Z'],
  ])('a time of day %i minutes ahead of UTC', (offset, expected) => {
    expect(at('resets 6pm', noon, offset)).toBe(expected);
  });

  test('is always to come where only a time of day is told', () => {
    for (let offset = -720; offset <= 840; offset += 30) {
      for (let hour = 0; hour < 24; hour++) {
        const text = `resets ${((hour + 11) % 12) + 1}${hour < 12 ? 'am' : 'pm'}`;
        const time = resetTime(text, noon, offset) ?? 0;
        expect(time).toBeGreaterThan(noon);
        expect(time - noon).toBeLessThanOrEqual(86_400_000);
        expect(new Date(time + offset * 60_000).getUTCHours()).toBe(hour);
      }
    }
  });
});
