import type { FailureClass } from './failure.ts';
import { resetTime } from './reset-time.ts';

/*
 * What failures are called in prose. Programs that have no field for the class of a failure still say it in words, and a few of
 * these words are the same for all of them. Only used where no field says more.
 */
const WORDS: readonly (readonly [FailureClass, RegExp])[] = [
  [
    'billing',
    /\bcredit balance\b|\binsufficient[_ ]quota\b|\bcurrent quota\b|\bquota exceeded\b|\bpayment required\b|\bbilling\b|\bspend(?:ing)? (?:limit|cap)s?\b|\b(?:out of|no more|insufficient) credits?\b/i,
  ],
  [
    'usage-limit',
    /\b(?:hit|reached|exceeded|exhausted) (?:your|its|their) (?:[\w-]{1,30} ){0,4}(?:limits?|quota|capacity)\b|\b(?:daily|weekly|monthly|session) (?:quota|limit)\b|\bquota will reset\b|\busage limits?\b|\bout of (?:extra )?usage\b|\blimit reached\b/i,
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
  const found = WORDS.find(([, words]) => words.test(said))?.[0];
  // A quota of which it is said when it is there again comes back by waiting.
  return found === 'billing' && /\bquota\b/i.test(said) && resetTime(said, 0) !== undefined ? 'usage-limit' : found;
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
