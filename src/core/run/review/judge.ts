import type { ReviewDigest } from './contract.ts';
import { type ChangedLines, fileChanged, isChanged } from './delta.ts';
import {
  type Anchor,
  type Claim,
  type Fate,
  fingerprintOf,
  likeness,
  type ReviewFinding,
  sameFinding,
  SEVERITIES,
  type Severity,
  type Shown,
} from './finding.ts';

/** What changed since the round before; `undefined`: there was none, and all is new. */
export type Delta = { readonly lines: ChangedLines; readonly cut: boolean } | undefined;

/**
 * The findings of a task after a round, each with its id: what the reviewer names anew is recognised where it was known
 * already, what it says of earlier ones is noted. Nothing holds yet: see {@link weigh}.
 *
 * @param known  the findings of the rounds before, with what the implementer said against them
 * @param anchorOf  what stands where a claim points
 */
export function identify(
  known: readonly ReviewFinding[],
  digest: ReviewDigest,
  round: number,
  delta: Delta,
  anchorOf: (claim: Claim) => Anchor,
): ReviewFinding[] {
  const findings = new Map(known.map((one) => [one.id, settle(one, digest, delta)]));
  let last = known.reduce((most, { id }) => Math.max(most, Number(id.slice(1)) || 0), 0);
  const mine: string[] = [];
  for (const claim of [...digest.findings, ...rowClaims(digest)]) {
    const anchor = anchorOf(claim);
    const fingerprint = fingerprintOf(claim, anchor);
    const twin = mine.map((id) => findings.get(id) as ReviewFinding).find((one) => isTwin(one, claim, fingerprint));
    if (twin !== undefined) {
      // Said twice in one answer: the worse of the two is meant.
      findings.set(twin.id, { ...twin, severity: worse(twin.severity, claim.severity) });
      continue;
    }
    const rest = [...findings.values()].filter(({ id, since }) => since < round && !mine.includes(id));
    const before = sameFinding(claim, fingerprint, anchor, rest);
    const id = before?.id ?? `F${++last}`;
    mine.push(id);
    findings.set(id, {
      id,
      fingerprint: before?.fingerprint ?? fingerprint,
      severity: claim.severity,
      file: claim.file,
      line: claim.line,
      symbol: anchor.symbol || (claim.symbol ?? ''),
      category: claim.category,
      claim: claim.claim.slice(0, 1000),
      check: claim.check?.slice(0, 1000) ?? before?.check ?? null,
      check_command: claim.check_command ?? before?.check_command ?? null,
      since: before?.since ?? round,
      round,
      // Named again, it stands, whatever was said of it before; what the implementer says against it stays beside it.
      fate: before?.argument === undefined ? 'open' : 'disputed',
      holds: false,
      ...(before?.argument === undefined ? {} : { argument: before.argument, answer: claim.claim.slice(0, 1000) }),
    });
  }
  return [...findings.values()];
}

/** What the reviewer says of a finding of an earlier round. */
function settle(one: ReviewFinding, digest: ReviewDigest, delta: Delta): ReviewFinding {
  const { note: _, ...rest } = one;
  const finding: ReviewFinding = { ...rest, holds: false };
  const said = digest.earlier.find(({ id }) => id.toUpperCase() === one.id);
  const stands = one.fate === 'open' || one.fate === 'disputed' || one.fate === 'refuted';
  if (said !== undefined) {
    const fate: Fate = said.state === 'open' ? (one.argument === undefined ? 'open' : 'disputed') : said.state;
    return { ...finding, fate, ...(said.note === null ? {} : { answer: said.note.slice(0, 1000) }) };
  }
  if (!stands || digest.verdict !== 'approve') return finding;
  // An approval that does not name it: of what was worked on since, it counts as the answer; of what was not, it is none.
  if (one.fate === 'disputed')
    return { ...finding, fate: 'withdrawn', note: 'not named again by a review that approves' };
  if (delta !== undefined && fileChanged(delta, one.file))
    return { ...finding, fate: 'fixed', note: 'not named again by a review that approves, and its file changed' };
  return finding;
}

/** Rows that are not met are findings, too, also under a verdict that says otherwise. */
function rowClaims(digest: ReviewDigest): Claim[] {
  return digest.rows.flatMap(({ id, verdict, note }): Claim[] => {
    if (verdict === 'met' || verdict === 'not-applicable') return [];
    if (digest.findings.some(({ claim }) => claim.includes(id))) return [];
    const words = verdict === 'not-met' ? `${id} is not met` : `whether ${id} is met is unclear`;
    return [
      {
        severity: verdict === 'not-met' ? 'medium' : 'low',
        file: '',
        line: null,
        symbol: id,
        category: 'contract-row',
        claim: note === null ? words : `${words}: ${note}`,
        check: null,
        check_command: null,
        same_as: null,
      },
    ];
  });
}

function isTwin(one: ReviewFinding, claim: Claim, fingerprint: string): boolean {
  return one.fingerprint === fingerprint && likeness(one.claim, claim.claim) >= 0.2;
}

function worse(a: Severity, b: Severity): Severity {
  return SEVERITIES.indexOf(a) < SEVERITIES.indexOf(b) ? a : b;
}

/** Findings whose command has to be run, because it decides whether they hold. */
export function toCheck(findings: readonly ReviewFinding[]): ReviewFinding[] {
  return findings.filter(
    ({ severity, fate, check_command }) =>
      severity === 'high' && check_command !== null && fate !== 'withdrawn' && fate !== 'parked',
  );
}

/** Which findings keep the change from landing, and so what the review comes to. */
export function weigh(
  findings: readonly ReviewFinding[],
  shown: Readonly<Record<string, Shown>>,
  round: number,
  delta: Delta,
  hold: Severity,
): { readonly verdict: 'approve' | 'request-changes'; readonly findings: readonly ReviewFinding[] } {
  const weighed = findings.map((one) => weighOne(one, shown[one.id], round, delta, hold));
  return { verdict: weighed.some(({ holds }) => holds) ? 'request-changes' : 'approve', findings: weighed };
}

function weighOne(
  finding: ReviewFinding,
  shown: Shown | undefined,
  round: number,
  delta: Delta,
  hold: Severity,
): ReviewFinding {
  const one: ReviewFinding = shown === undefined ? finding : { ...finding, shown };
  // What we saw ourselves counts more than what either side says.
  if (one.severity === 'high' && shown === 'passes' && one.fate !== 'fixed')
    return { ...one, fate: 'refuted', holds: false, note: 'the check that would show it passes' };
  if (one.severity === 'high' && shown === 'fails' && one.fate !== 'open' && one.fate !== 'disputed')
    return { ...one, fate: 'open', holds: true, note: 'the check that would show it fails still' };
  if (one.fate !== 'open' && one.fate !== 'disputed') return one;
  const fresh = one.since === round && round > 1;
  if (one.severity === 'low' && fresh && delta !== undefined && !isChanged(delta, one.file, one.line))
    return { ...one, fate: 'parked', holds: false, note: 'low, new, and outside of what changed since the last round' };
  const unproven = one.severity === 'high' && one.check === null && one.check_command === null;
  const weight: Severity = unproven ? 'medium' : one.severity;
  const holds = SEVERITIES.indexOf(weight) <= SEVERITIES.indexOf(hold);
  return unproven
    ? { ...one, holds, note: 'high without a check that would show it: counts as medium' }
    : { ...one, holds };
}
