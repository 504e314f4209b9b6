import { stateFindings } from '../../validate-bundle.ts';
import { shown } from '../../locate.ts';
import type { RunCheck } from '../check.ts';
import { foundIf } from '../check.ts';
import { isOwned, stateOf } from '../facts.ts';
import { openAndClose } from '../fixes.ts';

const REOPEN = {
  about:
    'takes the lock of the run, opens the log as `run` does (a torn end is cut off and kept aside), and writes state.yml and the snapshot anew',
  apply: openAndClose,
};
const MIB = 1024 * 1024;

/** Logs, and what is made from them. */
export const LOG_CHECKS: readonly RunCheck[] = [
  {
    id: 'DR-101',
    name: 'log-damaged',
    scope: 'run',
    severity: 'error',
    from: 'low',
    about: 'A line of a log is not as it was written.',
    todo: 'Put the file back from git or a backup; masterplan validate names what can still be trusted.',
    seed: '7.1 #10',
    look: ({ log, paths, slug, conflictLine }) => {
      if (log === undefined || log.ok || conflictLine !== undefined) return [];
      const { file, line, problem } = log.error;
      return [
        {
          message: problem,
          file: shown(file, paths.root),
          line,
          hint: `git log -- ${shown(file, paths.root)}; then: masterplan validate ${slug}`,
        },
      ];
    },
  },
  {
    id: 'DR-102',
    name: 'log-merged',
    scope: 'run',
    severity: 'error',
    from: 'low',
    about: 'git merged two logs, and its marks stand in the file.',
    todo: 'Take one side whole: a log has one writer, and lines of two do not fit together.',
    look: ({ conflictLine, bundle }) =>
      conflictLine === undefined
        ? []
        : [
            {
              message: 'the marks of a merge conflict stand in the log',
              file: `${bundle}/events.jsonl`,
              line: conflictLine,
              hint: `git checkout --ours -- ${bundle}/events.jsonl (or --theirs)`,
            },
          ],
  },
  {
    id: 'DR-103',
    name: 'log-torn',
    scope: 'run',
    severity: 'warning',
    from: 'low',
    about: 'A crash left the beginning of an append at the end of a log.',
    todo: 'Nothing is lost: what was not acknowledged is cut off by the next run, and kept aside.',
    fix: REOPEN,
    look: (run) => {
      const torn = run.log?.ok === true ? run.log.value.torn : 0;
      // While somebody writes, half a line is only a line that is being written.
      return foundIf(torn > 0 && !isOwned(run), () => ({
        message: `${torn} bytes of an append that was never acknowledged`,
        file: `${run.bundle}/events.jsonl`,
      }));
    },
  },
  {
    id: 'DR-104',
    name: 'log-missing',
    scope: 'run',
    severity: 'error',
    from: 'low',
    about: 'A bundle has a state that was made from a log, and no log.',
    todo: 'Put events.jsonl back from git or a backup: state.yml alone carries nothing on.',
    seed: '7.1 #2, 7.1 #11',
    look: ({ log, bundle }) =>
      foundIf(log === undefined, () => ({
        message: 'the log is missing',
        file: `${bundle}/events.jsonl`,
        hint: `git checkout -- ${bundle}/events.jsonl`,
      })),
  },
  {
    id: 'DR-105',
    name: 'log-empty',
    scope: 'run',
    severity: 'warning',
    from: 'medium',
    about: 'A log holds no event: the run ended before it began.',
    todo: 'Run the plan again under the same name, or delete the bundle.',
    look: (run) =>
      foundIf(stateOf(run)?.seq === 0 && !isOwned(run), () => ({
        message: 'the log holds nothing',
        file: `${run.bundle}/events.jsonl`,
      })),
  },
  {
    id: 'DR-106',
    name: 'newer-events',
    scope: 'run',
    severity: 'warning',
    from: 'low',
    about: 'A log holds events of a newer masterplan, which this one shows and does not carry on.',
    todo: 'Update masterplan.',
    look: (run) => {
      const unknown = stateOf(run)?.unknown ?? [];
      return foundIf(unknown.length > 0, () => ({
        message: `events of a newer masterplan: ${unknown.slice(0, 5).join(', ')}`,
      }));
    },
  },
  {
    id: 'DR-107',
    name: 'slug-differs',
    scope: 'run',
    severity: 'error',
    from: 'low',
    about: 'The log of a bundle is that of a run of another name: the bundle was copied or renamed.',
    todo: 'Give the directory its old name back; to do the plan again, start a new run of it.',
    look: (run) => {
      const slug = stateOf(run)?.slug ?? '';
      return foundIf(slug !== '' && slug !== run.slug, () => ({ message: `its log is that of the run "${slug}"` }));
    },
  },
  {
    id: 'DR-108',
    name: 'run-twice',
    scope: 'run',
    severity: 'error',
    from: 'low',
    about: 'Two bundles hold the log of the same run.',
    todo: 'Keep the one whose log is longer, and delete the copy.',
    look: (run, { runs }) => {
      const { run: id = '', slug = run.slug } = stateOf(run) ?? {};
      // A copy is told by the name in its log; it is the original that is told of the copy.
      if (slug !== run.slug) return [];
      const twin = runs.find((other) => other.slug !== run.slug && id !== '' && stateOf(other)?.run === id);
      return twin === undefined ? [] : [{ message: `the bundle "${twin.slug}" holds the same run ${id}` }];
    },
  },
  {
    id: 'DR-109',
    name: 'state-missing',
    scope: 'run',
    severity: 'warning',
    from: 'medium',
    about: 'A bundle has a log and no state.yml.',
    todo: 'It is made anew by the next masterplan that writes the run.',
    fix: REOPEN,
    look: (run) =>
      foundIf(run.stateText === undefined && (stateOf(run)?.seq ?? 0) > 0 && !isOwned(run), () => ({
        message: 'state.yml is missing',
        file: `${run.bundle}/state.yml`,
      })),
  },
  {
    id: 'DR-110',
    name: 'state-stale',
    scope: 'run',
    severity: 'warning',
    from: 'medium',
    about: 'state.yml was made from fewer events than the log has.',
    todo: 'It is made anew by the next masterplan that writes the run; people and other tools read an old state until then.',
    seed: '9.9 index-staleness',
    fix: REOPEN,
    look: (run) => {
      const [state, seq] = [stateOf(run), seqOf(run.stateText)];
      return foundIf(state !== undefined && seq !== undefined && seq < state.seq && !isOwned(run), () => ({
        message: `state.yml was made from ${seq} of ${state?.seq ?? 0} events`,
        file: `${run.bundle}/state.yml`,
      }));
    },
  },
  {
    id: 'DR-111',
    name: 'state-unreadable',
    scope: 'run',
    severity: 'warning',
    from: 'medium',
    about: 'state.yml is not as masterplan writes it: edited, cut, or merged.',
    todo: 'It is made anew by the next masterplan that writes the run; what was written into it is lost then.',
    seed: '7.1 #9, 7.1 #10, 9.9 state-schema',
    fix: REOPEN,
    look: (run) => {
      const { stateText } = run;
      if (stateText === undefined || (stateOf(run)?.seq ?? 0) === 0 || isOwned(run)) return [];
      const whole =
        seqOf(stateText) !== undefined && /^schema_version: 1$/m.test(stateText) && /^tasks:$/m.test(stateText);
      const file = `${run.bundle}/state.yml`;
      if (!whole || /^(?:<<<<<<<|>>>>>>>) /m.test(stateText))
        return [{ message: 'state.yml is not as it was written', file }];
      if (run.log?.ok !== true) return [];
      const { position, state } = run.log.value;
      return stateFindings(run.paths, position, state, stateText)
        .slice(0, 1)
        .map(({ line, message }) => ({ message, file, line }));
    },
  },
  {
    id: 'DR-112',
    name: 'snapshot-missing',
    scope: 'run',
    severity: 'info',
    from: 'medium',
    about:
      'A long log has no snapshot that belongs to it, so that status reads all of it every time; or a snapshot was changed, so that status shows what is not so.',
    todo: 'It is made anew by the next masterplan that writes the run.',
    fix: REOPEN,
    look: (run) =>
      run.snapshotDamage !== undefined && !isOwned(run)
        ? [{ message: `its snapshot is damaged: ${run.snapshotDamage}` }]
        : foundIf(
            run.log?.ok === true &&
              run.log.value.position.seq > 2_000 &&
              run.snapshotSeq === undefined &&
              !isOwned(run),
            () => ({
              message: run.snapshotThere
                ? 'its snapshot belongs to another log, or is of another release'
                : 'it has no snapshot',
            }),
          ),
  },
  {
    id: 'DR-113',
    name: 'log-large',
    scope: 'run',
    severity: 'info',
    from: 'high',
    about: 'A log is larger than 100 MiB.',
    todo: 'Split what is left of the plan into runs of their own; a log is never shortened.',
    seed: '7.1 #12',
    look: ({ logBytes, bundle }) =>
      foundIf(logBytes > 100 * MIB, () => ({
        message: `its log has ${Math.round(logBytes / MIB)} MiB`,
        file: `${bundle}/events.jsonl`,
      })),
  },
  {
    id: 'DR-114',
    name: 'bundle-unreadable',
    scope: 'run',
    severity: 'error',
    from: 'low',
    about: 'A file of a bundle cannot be read.',
    todo: 'Correct its permissions, or put it back from git.',
    look: ({ unreadable }) => unreadable.map(({ file, why }) => ({ message: why, file })),
  },
];

function seqOf(text: string | undefined): number | undefined {
  const seq = /^seq: (\d+)$/m.exec(text ?? '')?.[1];
  return seq === undefined ? undefined : Number(seq);
}
