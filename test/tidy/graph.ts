import type { Breach, Project, Rule } from './project.ts';

/** The program, and the quick start in front of it. */
const ENTRIES = ['src/main.ts', 'src/start.ts', 'src/keeper.ts'];

/** A file of src that the program never reaches. */
export const orphans: Rule = (project) => {
  const graph = importsOf(project);
  const reached = new Set<string>();
  const visit = (path: string): void => {
    if (reached.has(path)) return;
    reached.add(path);
    for (const next of graph.get(path) ?? []) visit(next);
  };
  for (const entry of ENTRIES) if (graph.has(entry)) visit(entry);
  return [...graph.keys()]
    .filter((path) => !reached.has(path))
    .map((path) => ({
      path,
      line: 1,
      message: `nobody imports it on the way from ${ENTRIES[0]}: use it or delete it`,
    }));
};

/** Files that import each other in a circle, types and `import()` included. */
export const cycles: Rule = (project) => {
  const graph = importsOf(project);
  const breaches: Breach[] = [];
  const done = new Set<string>();
  const trail: string[] = [];
  const visit = (path: string): void => {
    const at = trail.indexOf(path);
    if (at >= 0) {
      const circle = [...trail.slice(at), path].join(' → ');
      breaches.push({
        path,
        line: 1,
        message: `imports itself: ${circle}; move what they share into a file that imports none of them`,
      });
      return;
    }
    if (done.has(path)) return;
    trail.push(path);
    for (const next of graph.get(path) ?? []) visit(next);
    trail.pop();
    done.add(path);
  };
  for (const path of graph.keys()) visit(path);
  return breaches;
};

function importsOf({ sources }: Project): Map<string, readonly string[]> {
  return new Map(
    sources
      .filter(({ path }) => path.startsWith('src/'))
      .map(({ path, imports }) => [path, imports.flatMap(({ target }) => target ?? [])]),
  );
}
