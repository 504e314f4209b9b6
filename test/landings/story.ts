import { Dice } from '../sim/dice.ts';

/** What is wrong between the two tasks of a seeded pair: both are good alone. */
export const CONFLICTS = ['textual', 'semantic', 'number', 'count'] as const;
export type Conflict = (typeof CONFLICTS)[number];

/** One task of the story. */
export interface Job {
  readonly id: string;
  /** What its agent runs in its worktree. Run on any tree, it does what is right there: also after it was handed a conflict. */
  readonly script: string;
  /** The other one of its pair. */
  readonly rival?: string;
}

export interface Story {
  readonly jobs: readonly Job[];
  readonly files: Readonly<Record<string, string>>;
  readonly pairs: readonly { readonly conflict: Conflict; readonly tasks: readonly [string, string] }[];
}

const LISTS = 12;

/**
 * The law of the repository, which every tree of the branch has to obey. Plain shell, so that it can be run on hundreds of
 * commits: uses fit to what they use, numbers are unique, the count is right, and no marks of a conflict are left.
 */
export const LAW = `set -e
for use in use/*.txt; do
  [ -e "$use" ] || break
  read -r name version < "$use"
  read -r now < "lib/$name.txt"
  [ "$version" = "$now" ] || { echo "$use wants $name $version, and it is $now"; exit 1; }
done
twice=$(ls migrations | cut -c 1-4 | sort | uniq -d)
[ -z "$twice" ] || { echo "two migrations have the number $twice"; exit 1; }
[ "$(cat count.txt)" -eq "$(ls items | wc -l)" ] || { echo "count.txt says $(cat count.txt), and there are $(ls items | wc -l)"; exit 1; }
! grep -lE '^(<<<<<<<|>>>>>>>) ' lists/*.txt
`;

/** Removes git's marks from a file and keeps the lines of both sides. */
const BOTH = (file: string): string => `sed -i -e '/^<<<<<<< /d' -e '/^=======$/d' -e '/^>>>>>>> /d' ${file}`;

/**
 * A plan of `landings` tasks in a seeded order, `conflicts` pairs of which do not go together: a third of them textually, a third
 * semantically, a third by numbers and counts.
 */
export function storyOf(seed: number, landings: number, conflicts: number): Story {
  const dice = new Dice(seed, 'landings');
  const files: Record<string, string> = {
    'law.sh': LAW,
    'count.txt': '1\n',
    'items/begin.txt': '',
    'migrations/0001_begin.sql': '-- begin\n',
    'use/begin.txt': 'base 1\n',
    'lib/base.txt': '1\n',
  };
  for (let list = 0; list < LISTS; list++) files[`lists/${list}.txt`] = 'first\nlast\n';
  const kinds = Array.from({ length: conflicts }, (_, at): Conflict => {
    if (at % 3 === 0) return 'textual';
    if (at % 3 === 1) return 'semantic';
    return at % 2 === 0 ? 'number' : 'count';
  });
  const singles = landings - 2 * conflicts;
  // Where each pair stands among the others.
  const places = kinds.map((conflict) => ({ conflict, at: dice.whole(0, Math.max(0, singles)) }));
  const jobs: Job[] = [];
  const pairs: Story['pairs'][number][] = [];
  const name = (): string => `T${jobs.length + 1}`;
  const add = (script: string, rival?: string): string => {
    const id = name();
    jobs.push({ id, script, ...(rival === undefined ? {} : { rival }) });
    return id;
  };
  const addPair = (conflict: Conflict, scripts: (id: string) => string): void => {
    const [one, two] = [`T${jobs.length + 1}`, `T${jobs.length + 2}`];
    add(scripts(one), two);
    add(scripts(two), one);
    pairs.push({ conflict, tasks: [one, two] });
  };
  for (let at = 0; at <= singles; at++) {
    for (const place of places.filter((one) => one.at === at)) {
      const n = pairs.length;
      if (place.conflict === 'textual') {
        const list = `lists/${n % LISTS}.txt`;
        addPair('textual', (id) => `${BOTH(list)}; grep -qx ${id} ${list} || sed -i '1a ${id}' ${list}`);
      } else if (place.conflict === 'semantic') {
        files[`lib/f${n}.txt`] = '1\n';
        const [changes, uses] = [`T${jobs.length + 1}`, `T${jobs.length + 2}`];
        add(
          `echo 2 > lib/f${n}.txt; for use in $(grep -lx 'f${n} .*' use/*.txt || true); do echo 'f${n} 2' > $use; done`,
          uses,
        );
        add(`echo "f${n} $(cat lib/f${n}.txt)" > use/${uses}.txt`, changes);
        pairs.push({ conflict: 'semantic', tasks: [changes, uses] });
      } else if (place.conflict === 'number') {
        // Both take the number that is next where they begin.
        addPair(
          'number',
          (id) =>
            `[ -e migrations/*_${id}.sql ] || { last=$(ls migrations | tail -n 1 | cut -c 1-4); echo "-- ${id}" > migrations/$(printf %04d $(( \${last#"\${last%%[!0]*}"} + 1 )))_${id}.sql; }`,
        );
      } else {
        addPair('count', (id) => `touch items/${id}.txt; ls items | wc -l > count.txt`);
      }
    }
    if (at === singles) break;
    const id = name();
    const simple = [
      `echo ${id} > new-${id}.txt`,
      `mkdir -p src/m${dice.whole(0, 23)}; echo ${id} > src/m${dice.whole(0, 23)}-${id}.txt`,
      `echo "-- ${id}" > migrations/NNNN_${id}.sql`,
      `echo "base $(cat lib/base.txt)" > use/${id}.txt`,
    ];
    add(dice.pick(simple));
  }
  return { jobs, files, pairs };
}
