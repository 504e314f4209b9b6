import { RUN_FAILURES } from '../../src/core/run/failures/registry.ts';

/** What became of the classes of the seed, by their number; those that name none of ours do not apply. */
const OF_THE_SEED: readonly (readonly [number, string, string])[] = [
  [
    1,
    'silent-stop-after-skill',
    'There are no skills that could end a turn: an agent that falls silent is ended by the clock.',
  ],
  [
    2,
    'unexpected-halt',
    'Does not apply: a gate opens by the policy or stays open on every surface; no prose decides.',
  ],
  [
    3,
    'state-mutation-dropped',
    'The state is the fold of the log; what can be dropped is the end of an append, and that is found.',
  ],
  [4, 'orphan-pending-gate', 'Does not apply: a gate is an event, and every surface shows it until it is answered.'],
  [5, 'step-trace-gap', 'A step without an end is an attempt whose process is gone.'],
  [
    6,
    'verification-failure-uncited',
    'A merge needs a verification of its tree; a landing without any command is told.',
  ],
  [7, 'wave_codex_review_skip', 'What lands without the evidence that it needs is found in the log itself.'],
  [8, 'subagent_return_oversized', 'A digest has a limit, and its size is counted.'],
  [
    9,
    'eligibility_cache_event_missing',
    'Does not apply: there is no cache; who gets an attempt is said by the event that starts it.',
  ],
  [10, 'dispatch_brief_unregistered', 'An attempt names its contract, and contracts are a closed list.'],
  [
    11,
    'wave-barrier-interrupted',
    'There is no barrier; what was under way when masterplan died is attached to, adopted or tried again.',
  ],
];

/** docs/failures.md as the classes say it. */
export function failuresDocument(): string {
  const cell = (text: string): string => text.replaceAll('|', String.raw`\|`);
  const rows = RUN_FAILURES.map(
    ({ id, about, recovery, detect }) =>
      `| \`${id}\` | ${cell(about)} | ${cell(recovery)} | ${
        Object.keys(detect)
          .map((name) => `\`${name}\``)
          .join(', ') || 'every event'
      } |`,
  );
  const seed = OF_THE_SEED.map(([number, name, words]) => {
    const ours = RUN_FAILURES.filter((spec) => spec.seed === number).map(({ id }) => `\`${id}\``);
    return `| ${number} | ${name} | ${ours.join(', ') || '–'} | ${words} |`;
  });
  return `# Failure classes

<!-- Made by \`npm run rules\` from the classes in src/core/run/failures/. Do not edit. -->

Named ways in which a run goes wrong. Each is detected from the events of the log by a function that sees nothing else, so the
same log always shows the same. \`masterplan status\` shows those that nobody has settled, with what to type; \`masterplan stats\`
counts all of them over runs.

Recurrences are grouped: a **signature** (twelve hexadecimal digits) is made of the class and what it is about (an agent, a
command, a lane, a gate), without hashes, so that it is the same in every run and on every machine.

| class | what it is | what to do | shown by |
|---|---|---|---|
${rows.join('\n')}

## Those of the seed

| number | name there | here | why |
|---|---|---|---|
${seed.join('\n')}
`;
}
