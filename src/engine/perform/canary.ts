import { oneLine } from '../../core/base/text.ts';
import type { Performing } from './performer.ts';

/*
 * The canary: proof that a verify command ran in the checkout that it is to verify, and nowhere else in the project. It is a file
 * that bash reads before the command, and every script of bash below it: it notes its nonce and where it is, and then every other
 * directory of the project that a command is run in. It is no guard against a program that wants to deceive; it finds the
 * `cd` to the main checkout, the absolute path, and the directory that is gone, after which a shell is somewhere else.
 */

/** What a canary saw. */
export interface Sighting {
  /** A shell of the command began in the checkout; `null`: the shell is none that a canary can ride on. */
  readonly here: boolean | null;
  /** Directories of the project outside of the checkout in which something was run. */
  readonly elsewhere: readonly string[];
}

/** A canary in its cage: what the command is given, and how to ask the canary afterwards. */
export interface Canary {
  readonly variables: Readonly<Record<string, string>>;
  look(): Promise<Sighting>;
}

/** Bytes of notes that are read. */
const MOST = 1024 * 1024;
/** Directories that are told. */
const TOLD = 5;

// Kept to what bash 3 has. The trap is asked before each command, so it looks at strings and starts nothing. Whether it begins in the
// checkout is asked of the file system: there may be several names for it.
const SONG = `[ -n "$MASTERPLAN_CANARY" ] || return 0
__masterplan_at=
__masterplan_canary() {
  [ "$PWD" = "$__masterplan_at" ] && return 0
  __masterplan_at=$PWD
  case $PWD/ in
    "$MASTERPLAN_CHECKOUT"/*) ;;
    "$MASTERPLAN_PROJECT"/*) printf 'elsewhere %s %s\\n' "$MASTERPLAN_CANARY_NONCE" "$PWD" >>"$MASTERPLAN_CANARY" ;;
  esac
  return 0
} 2>/dev/null
[ . -ef "$MASTERPLAN_CHECKOUT" ] && printf 'here %s %s\\n' "$MASTERPLAN_CANARY_NONCE" "$PWD" >>"$MASTERPLAN_CANARY"
set -T
trap __masterplan_canary DEBUG
__masterplan_canary
[ -z "$MASTERPLAN_BASH_ENV" ] || . "$MASTERPLAN_BASH_ENV"
`;

/** Puts a canary beside the evidence of one command. `number`: which command it is; `given`: its environment. */
export async function plantCanary(
  evidence: string,
  number: number,
  checkout: string,
  performing: Performing,
  given: Readonly<Record<string, string>> = {},
): Promise<Canary> {
  const { io, paths, shell } = performing;
  if (!/(?:^|\/)bash$/.test(shell[0]))
    return { variables: {}, look: () => Promise.resolve({ here: null, elsewhere: [] }) };
  const song = `${evidence}/canary.sh`;
  const notes = `${evidence}/${number}.canary`;
  const nonce = io.random.hex(8);
  // Means nothing after a power cut: the verification is begun anew.
  await io.files.write(song, SONG, { durable: false });
  if ((await io.files.stat(notes)) !== undefined) await io.files.remove(notes);
  return {
    variables: {
      BASH_ENV: song,
      // What the configuration has bash read is read all the same.
      ...(given['BASH_ENV'] === undefined ? {} : { MASTERPLAN_BASH_ENV: given['BASH_ENV'] }),
      MASTERPLAN_CANARY: notes,
      MASTERPLAN_CANARY_NONCE: nonce,
      MASTERPLAN_CHECKOUT: checkout,
      MASTERPLAN_PROJECT: paths.root,
    },
    async look() {
      const bytes = await io.files.readRange(notes, 0, MOST);
      const lines = bytes === undefined ? [] : new TextDecoder().decode(bytes).split('\n');
      const seen = (what: string): string[] => {
        const head = `${what} ${nonce} `;
        return lines.filter((line) => line.startsWith(head)).map((line) => line.slice(head.length));
      };
      return { here: seen('here').length > 0, elsewhere: [...new Set(seen('elsewhere'))].slice(0, TOLD) };
    },
  };
}

/** Why a command that passed proves nothing about its checkout; `undefined`: it does. */
export function objection({ here, elsewhere }: Sighting, root: string): string | undefined {
  const shown = (path: string): string =>
    path === root ? 'your work tree' : oneLine(path.slice(root.length + 1), 100);
  if (elsewhere.length > 0)
    return `it ran in ${elsewhere.map(shown).join(', ')}, not only in the checkout that it is to verify`;
  if (here === false) return 'nothing shows that it ran in the checkout that it is to verify';
  return undefined;
}
