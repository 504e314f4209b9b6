import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, sep } from 'node:path';
import { parseSync } from 'rolldown/utils';

/** One breach of a rule: where it is, and what to do about it. */
export interface Breach {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

/** A rule reads the text of the project and runs nothing. */
export type Rule = (project: Project) => Breach[];

/** The text of the project: paths from its root, with `/`. */
export interface Project {
  readonly files: ReadonlyMap<string, string>;
  /** The TypeScript and JavaScript among them. */
  readonly sources: readonly Source[];
}

export interface Source {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
  readonly comments: readonly Located[];
  /** Every node of the syntax tree, parents before children. */
  readonly nodes: readonly Place[];
}

export interface Located {
  readonly text: string;
  readonly line: number;
}

export interface Import {
  /** What is written: `../base/text.ts`, `node:fs`, `zod`. */
  readonly written: string;
  /** The file of the project that it names, or `undefined` for a package and for what is not there. */
  readonly target: string | undefined;
  /** `type` when nothing of it is left at run time. */
  readonly how: 'static' | 'type' | 'dynamic';
  readonly line: number;
}

export interface Node {
  readonly type: string;
  readonly start: number;
  readonly [key: string]: unknown;
}

/** A node, and where in the tree it stands. */
export interface Place {
  readonly node: Node;
  readonly parent: Place | undefined;
  /** The name under which its parent holds it. */
  readonly key: string;
  readonly line: number;
}

export function project(texts: Readonly<Record<string, string>>): Project {
  const files = new Map(Object.entries(texts));
  const sources = [...files]
    .filter(([path]) => /^(?:src|test|scripts|bench)\/.*\.(?:[cm]?[jt]s|tsx)$/.test(path))
    .map(([path, text]) => parse(path, text, files));
  return { files, sources };
}

/** Reads the project that lies at `root`, without what is installed, built or left behind by programs. */
export function readProject(root: string): Project {
  const texts: Record<string, string> = {};
  const visit = (directory: string): void => {
    for (const entry of readdirSync(join(root, directory), { withFileTypes: true })) {
      const path = posix.join(directory.split(sep).join('/'), entry.name);
      if (entry.isDirectory()) {
        if (!/^(?:node_modules|dist|coverage|\.(?:git|build|masterplan))$/.test(entry.name)) visit(path);
      } else if (entry.isFile() && path !== '.git') {
        // In a worktree of git's, `.git` is a file that names a place of this machine.
        const text = readFileSync(join(root, path), 'utf8');
        if (!text.includes('\0')) texts[path] = text;
      }
    }
  };
  visit('.');
  return project(texts);
}

function parse(path: string, text: string, files: ReadonlyMap<string, string>): Source {
  const { program, module, comments, errors } = parseSync(path, text);
  if (errors[0] !== undefined) throw new Error(`${path}: ${errors[0].message}`);
  const lineOf = lineFinder(text);
  const nodes: Place[] = [];
  const imports: Import[] = [];
  const add = (written: string, how: Import['how'], start: number): void => {
    imports.push({ written, target: resolve(path, written, files), how, line: lineOf(start) });
  };

  walk(program as unknown as Node, lineOf, (place) => {
    nodes.push(place);
    const { node } = place;
    const source = node['source'] as Node | null | undefined;
    if (node.type === 'ImportExpression' && source?.type === 'Literal')
      add(String(source['value']), 'dynamic', node.start);
    if (node.type === 'TSImportType' && source?.type === 'Literal') add(String(source['value']), 'type', node.start);
  });
  for (const { moduleRequest, entries, start } of module.staticImports) {
    add(moduleRequest.value, entries.length > 0 && entries.every(({ isType }) => isType) ? 'type' : 'static', start);
  }
  for (const { entries } of module.staticExports) {
    for (const { moduleRequest, isType, start } of entries) {
      if (moduleRequest !== null) add(moduleRequest.value, isType ? 'type' : 'static', start);
    }
  }
  return {
    path,
    text,
    imports,
    nodes,
    comments: comments.flatMap(({ value, start }) => {
      const first = lineOf(start);
      return value.split('\n').map((line, index) => ({ text: line, line: first + index }));
    }),
  };
}

function resolve(from: string, written: string, files: ReadonlyMap<string, string>): string | undefined {
  if (!written.startsWith('.')) return undefined;
  const path = posix.join(dirname(from), written);
  return files.has(path) ? path : undefined;
}

function walk(root: Node, lineOf: (offset: number) => number, visit: (place: Place) => void): void {
  const enter = (place: Place): void => {
    visit(place);
    for (const [key, value] of Object.entries(place.node)) {
      for (const node of Array.isArray(value) ? value : [value]) {
        if (isNode(node)) enter({ node, parent: place, key, line: lineOf(node.start) });
      }
    }
  };
  enter({ node: root, parent: undefined, key: '', line: 1 });
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

function lineFinder(text: string): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}
