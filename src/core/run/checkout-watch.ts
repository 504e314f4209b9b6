/** How the files of the user's checkout look that are not as they were committed: path → something that changes with them. */
export type UserFiles = ReadonlyMap<string, string>;

/** Which of them became others between two looks. What is as committed again, and what was committed meanwhile, is nobody's damage. */
export function changedMeanwhile(before: UserFiles, now: UserFiles, ours: (path: string) => boolean): string[] {
  return [...now]
    .filter(([path, look]) => before.get(path) !== look && !ours(path))
    .map(([path]) => path)
    .sort();
}
