import fc from 'fast-check';
import { expect, test } from 'vitest';
import { base64, base64Within } from '../../../src/core/base/base64.ts';

const bytes = fc.uint8Array({ minLength: 0, maxLength: 40 });

test('is what everybody writes, but for the padding', () => {
  fc.assert(
    fc.property(bytes, (one) => {
      expect(base64(one)).toBe(Buffer.from(one).toString('base64').replace(/=+$/, ''));
    }),
  );
});

test('bytes are found in the base64 of whatever holds them', () => {
  const some = fc.uint8Array({ minLength: 6, maxLength: 40 });
  fc.assert(
    fc.property(bytes, some, bytes, (before, one, behind) => {
      const whole = Buffer.concat([before, one, behind]).toString('base64');
      expect(base64Within(one).some((part) => whole.includes(part))).toBe(true);
      // Nothing but what they share with their neighbours is missing.
      for (const part of base64Within(one))
        expect(part.length).toBeGreaterThanOrEqual(Math.floor((one.length * 8) / 6) - 2);
    }),
  );
});
