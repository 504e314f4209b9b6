import { describe, expect, test } from 'vitest';
import { deletion } from './tidy/deletion.ts';
import { cycles, orphans } from './tidy/graph.ts';
import { layers } from './tidy/layers.ts';
import { project, readProject, type Breach, type Rule } from './tidy/project.ts';
import { purity } from './tidy/purity.ts';
import { length, machines, manifest, notes } from './tidy/text.ts';
import { words, WORDS } from './tidy/words.ts';

const tree = readProject(process.cwd());

/** Breaches as a person reads them in a failed test. */
function show(breaches: readonly Breach[]): string[] {
  return breaches.map(({ path, line, message }) => `${path}:${line} ${message}`);
}

/** What a rule says of a project of these files. */
function said(rule: Rule, files: Readonly<Record<string, string>>): string[] {
  return show(rule(project(files)));
}

describe('this project', () => {
  const rules: Readonly<Record<string, Rule>> = {
    'imports go left only': layers,
    'every file is used': orphans,
    'no imports in a circle': cycles,
    'no clock, dice or world but those of Io': purity,
    'nothing is deleted without a proof': deletion,
    'the words of the glossary': words,
    'nothing left to do': notes,
    'no file too long to read': length,
    'no names of machines': machines,
    'one package, pinned tools': manifest,
  };
  test.each(Object.entries(rules))('%s', (_, rule) => {
    expect(show(rule(tree))).toEqual([]);
  });

  test('every word that the rule knows is in the glossary', () => {
    const glossary = tree.files.get('GLOSSARY.md') ?? '';
    expect(WORDS.filter(({ never }) => !new RegExp(`\\b${never}\\b`).test(glossary))).toEqual([]);
  });
});

describe('imports go left only', () => {
  const everywhere = {
    'src/core/base/a.ts': '',
    'src/core/plan/a.ts': '',
    'src/core/run/decide.ts': '',
    'src/core/views/a.ts': '',
    'src/io/files.ts': '',
    'src/io/node/files.ts': '',
    'src/engine/a.ts': '',
    'src/app/a.ts': '',
    'src/app/context.ts': '',
    'src/surfaces/shared.ts': '',
    'src/surfaces/cli/a.ts': '',
    'src/surfaces/tui/a.ts': '',
    'src/surfaces/web/a.ts': '',
    'src/main.ts': '',
    'test/a.ts': '',
  };
  const from = (path: string, text: string): string[] => said(layers, { ...everywhere, [path]: text });

  test.each([
    ['src/core/base/b.ts', "import '../../io/files.ts';", /core must not import io/],
    ['src/core/base/b.ts', "import type { A } from '../../engine/a.ts';", /core must not import engine/],
    ['src/core/base/b.ts', "export * from '../plan/a.ts';", /core\/base must not import core\/plan/],
    ['src/core/plan/b.ts', "import '../views/a.ts';", /core\/plan must not import core\/views/],
    ['src/core/plan/b.ts', "import ink from 'ink';", /package ink/],
    ['src/io/b.ts', "import './node/files.ts';", /only src\/app\/context.ts chooses/],
    ['src/io/b.ts', "import '../engine/a.ts';", /io must not import engine/],
    ['src/engine/b.ts', "const a = import('../io/node/files.ts');", /only src\/app\/context.ts chooses/],
    ['src/engine/b.ts', "import { open } from 'node:fs';", /only src\/io\/node\/ speaks to Node/],
    ['src/engine/b.ts', "import { open } from 'fs';", /only src\/io\/node\/ speaks to Node/],
    ['src/engine/b.ts', "import '../app/a.ts';", /engine must not import app/],
    ['src/app/b.ts', "import '../io/node/files.ts';", /only src\/app\/context.ts chooses/],
    ['src/app/b.ts', "type A = import('../surfaces/cli/a.ts').A;", /app must not import surfaces/],
    ['src/surfaces/cli/b.ts', "import '../../engine/a.ts';", /surfaces must not import engine/],
    ['src/surfaces/cli/b.ts', "import '../../io/files.ts';", /surfaces must not import io/],
    ['src/surfaces/cli/b.ts', "import { decide } from '../../core/run/decide.ts';", /shows views and sends requests/],
    ['src/surfaces/cli/b.ts', "import '../tui/a.ts';", /with import\(\)/],
    ['src/surfaces/web/b.ts', "import('../tui/a.ts');", /web must not import tui/],
    ['src/surfaces/other.ts', "import './cli/a.ts';", /shared part of surfaces must not import cli/],
    ['src/main.ts', "import './engine/a.ts';", /main must not import engine/],
    ['src/main.ts', "import { spawn } from 'node:child_process';", /only src\/io\/node\//],
    ['src/engine/b.ts', "import '../../test/a.ts';", /outside src/],
    ['src/engine/b.ts', "import './missing.ts';", /which is not there/],
    ['src/engine/b.ts', "import './a';", /with its ending/],
    ['src/helpers/b.ts', '', /belongs to no layer/],
  ])('%s: %s', (path, text, message) => {
    expect(from(path, text)).toEqual([expect.stringMatching(message)]);
  });

  test.each([
    ['src/core/views/b.ts', "import '../base/a.ts'; import '../run/decide.ts'; import { z } from 'zod';"],
    ['src/io/node/b.ts', "import '../files.ts'; import './files.ts'; import { open } from 'node:fs';"],
    ['src/engine/b.ts', "import '../core/run/decide.ts'; import '../io/files.ts'; import './a.ts';"],
    ['src/app/context.ts', "import '../io/node/files.ts'; import '../engine/a.ts';"],
    [
      'src/surfaces/cli/b.ts',
      "import('../tui/a.ts'); import '../shared.ts'; import type { A } from '../../io/files.ts';",
    ],
    ['src/surfaces/tui/b.ts', "import { render } from 'ink'; import '../../core/views/a.ts'; import './a.ts';"],
    ['src/main.ts', "import './surfaces/cli/a.ts'; import { enableCompileCache } from 'node:module';"],
  ])('%s may: %s', (path, text) => {
    expect(from(path, text)).toEqual([]);
  });
});

describe('every file is used', () => {
  test('a file that nobody imports', () => {
    expect(said(orphans, { 'src/main.ts': '', 'src/core/base/a.ts': '' })).toEqual([
      expect.stringMatching(/^src\/core\/base\/a\.ts:1 nobody imports it/),
    ]);
  });
  test('two files that only import each other', () => {
    const files = { 'src/main.ts': '', 'src/app/a.ts': "import './b.ts';", 'src/app/b.ts': "import './a.ts';" };
    expect(said(orphans, files)).toHaveLength(2);
  });
  test('import, import type, export from, import() and import types all count', () => {
    const files = {
      'src/main.ts': "import './app/a.ts'; import type { B } from './app/b.ts'; export * from './app/c.ts';",
      'src/app/a.ts': "await import('./d.ts'); type E = import('./e.ts').E;",
      'src/app/b.ts': '',
      'src/app/c.ts': '',
      'src/app/d.ts': '',
      'src/app/e.ts': '',
    };
    expect(said(orphans, files)).toEqual([]);
  });
});

describe('no imports in a circle', () => {
  test('the circle is spelt out', () => {
    const files = {
      'src/app/a.ts': "import './b.ts';",
      'src/app/b.ts': "import type { C } from './c.ts';",
      'src/app/c.ts': "await import('./a.ts');",
    };
    expect(said(cycles, files)).toEqual([
      expect.stringContaining('src/app/a.ts → src/app/b.ts → src/app/c.ts → src/app/a.ts'),
    ]);
  });
  test('two ways to one file are no circle', () => {
    const files = {
      'src/app/a.ts': "import './b.ts'; import './c.ts';",
      'src/app/b.ts': "import './c.ts';",
      'src/app/c.ts': '',
    };
    expect(said(cycles, files)).toEqual([]);
  });
});

describe('no clock, dice or world but those of Io', () => {
  test.each([
    ['src/core/a.ts', 'Date.now()', 'Date.now'],
    ['src/core/a.ts', 'new Date()', 'the clock'],
    ['src/engine/a.ts', 'Date()', 'the clock'],
    ['src/engine/a.ts', 'Math.random()', 'Math.random'],
    ['src/engine/a.ts', "Math['random']()", 'Math.random'],
    ['src/engine/a.ts', 'performance.now()', 'performance.now'],
    ['src/engine/a.ts', 'setTimeout(go, 5)', 'setTimeout'],
    ['src/engine/a.ts', 'AbortSignal.timeout(5)', 'AbortSignal.timeout'],
    ['src/engine/a.ts', 'crypto.randomUUID()', 'crypto.randomUUID'],
    ['src/app/a.ts', 'process.env.HOME', 'process'],
    ['src/app/a.ts', 'const all = { process };', 'process'],
    ['src/app/a.ts', "fetch('x')", 'fetch'],
    ['src/app/a.ts', "globalThis.fetch('x')", 'globalThis'],
    ['src/app/a.ts', "console.log('x')", 'console'],
    ['src/surfaces/cli/a.ts', 'Date.now()', 'Date.now'],
  ])('%s: %s', (path, text, name) => {
    expect(said(purity, { [path]: text })).toEqual([expect.stringContaining(`uses ${name}`)]);
  });
  test.each([
    ['src/core/a.ts', 'new Date(0).toISOString()'],
    ['src/engine/a.ts', 'for (const process of io.processes.list()) process.pid;'],
    ['src/engine/a.ts', 'function stop({ process }: { process: Running }) { process.end(); }'],
    ['src/engine/a.ts', 'io.process.fetch(); const all = { fetch: 1 };'],
    ['src/engine/a.ts', 'interface Http { fetch(url: string): Promise<string> }'],
    ['src/io/node/clock.ts', 'setTimeout(go, 5); Date.now(); process.pid;'],
    ['src/app/context.ts', 'process.cwd()'],
    ['src/surfaces/cli/a.ts', "console.log('x'); setInterval(go, 5)"],
    ['src/main.ts', 'process.exitCode = 1'],
  ])('%s may: %s', (path, text) => {
    expect(said(purity, { [path]: text })).toEqual([]);
  });
});

describe('nothing is deleted without a proof', () => {
  test.each([
    ['src/engine/perform/work.ts', 'await git.removeWorktree(path);'],
    ['src/engine/perform/twin.ts', 'await io.files.removeTree(path);'],
    ['src/engine/engine.ts', "git['deleteBranch'](branch)"],
    ['src/app/clean.ts', 'removeTree(path)'],
  ])('%s: %s', (path, text) => {
    expect(said(deletion, { [path]: text })).toEqual([expect.stringMatching(/removal\.ts, with a proof/)]);
  });
  test.each([
    ['src/engine/perform/removal.ts', 'await git.removeWorktree(path);'],
    ['src/io/node/files.ts', 'removeTree(path)'],
    ['src/engine/perform/work.ts', 'await removeAttempt(performing, task, 1);'],
  ])('%s may: %s', (path, text) => {
    expect(said(deletion, { [path]: text })).toEqual([]);
  });
});

describe('the words of the glossary', () => {
  test.each([
    ['src/core/a.ts', 'const openTickets = 1;', 'ticket'],
    ['src/core/a.ts', 'interface Roadmap {}', 'roadmap'],
    ['src/core/a.ts', 'interface A { readonly job_id: string }', 'job'],
    ['src/core/run/a.ts', 'function f(dependencies: string[]) {}', 'dependency'],
    ['src/core/a.ts', '/** Closes the ticket. */', 'ticket'],
    ['src/core/bots/a.ts', '', 'bot'],
  ])('%s: %s', (path, text, word) => {
    expect(said(words, { [path]: text })).toEqual([
      expect.stringMatching(new RegExp(`says "${word}" .*GLOSSARY.md says`)),
    ]);
  });
  test.each([
    ['src/core/a.ts', '// A lock that does its job on every bottom line.'],
    ['src/core/a.ts', "const text = 'ticket'; const { issues } = parsed; error.issues; import { prompt } from 'x';"],
    ['src/core/plan/a.ts', 'const dependencies = /needs|dependencies/;'],
    ['scripts/a.mjs', 'const job = 1;'],
  ])('%s may: %s', (path, text) => {
    expect(said(words, { [path]: text })).toEqual([]);
  });
});

describe('nothing left to do', () => {
  test.each(['// TODO write this', '/**\n * FIXME\n */', 'f(); // slow, XXX: measure', 'f(); /* TODO(ada) */'])(
    '%j',
    (text) => {
      expect(said(notes, { 'src/core/a.ts': text })).toEqual([expect.stringContaining('leaves a')]);
      expect(said(notes, { 'test/a.ts': text })).toHaveLength(1);
    },
  );
  test.each(["const mark = 'TODO: x';", '// A criterion that says TODO is no criterion.', '// Of the form XXX-001.'])(
    'may: %s',
    (text) => {
      expect(said(notes, { 'src/core/a.ts': text })).toEqual([]);
    },
  );
});

describe('no file too long to read', () => {
  test('601 lines', () => {
    expect(said(length, { 'src/core/a.ts': '\n'.repeat(601) })).toEqual([expect.stringContaining('601 lines')]);
    expect(said(length, { 'src/core/a.ts': '\n'.repeat(600), 'test/a.ts': '\n'.repeat(601) })).toEqual([]);
  });
});

describe('no names of machines', () => {
  // Put together here, because this file is read by the rule too.
  const path = (...parts: string[]): string => ['', ...parts, 'project'].join('/');
  test.each([path('home', 'ada'), path('Users', 'ada'), path('root'), path('work')])('%s', (place) => {
    expect(said(machines, { 'docs/a.md': `Start it in ${place}.` })).toEqual([expect.stringContaining('one machine')]);
  });
  test('a registry, in the lockfile or in .npmrc', () => {
    expect(said(machines, { 'package-lock.json': '"resolved": "https://registry.example/a.tgz"' })).toHaveLength(1);
    expect(said(machines, { '.npmrc': 'registry=https://registry.example' })).toHaveLength(1);
    expect(said(machines, { '.npmrc': '//registry.example/:_authToken=x' })).toHaveLength(1);
  });
  test('paths of the repository, of masterplan and of the system are fine', () => {
    expect(
      said(machines, { 'docs/a.md': '.masterplan/work/T3, src/engine/perform/work.ts, /tmp/a, ${dir}/work/a' }),
    ).toEqual([]);
  });
});

describe('one package, pinned tools', () => {
  const manifestOf = (fields: object): string[] => said(manifest, { 'package.json': JSON.stringify(fields) });
  test('packages to install, and ranges', () => {
    expect(manifestOf({ dependencies: {} })).toEqual([expect.stringContaining('everything is bundled')]);
    expect(manifestOf({ devDependencies: { a: '^1.0.0' } })).toEqual([
      expect.stringContaining('pin one exact version'),
    ]);
    expect(manifestOf({ devDependencies: { a: '1.0.0' } })).toEqual([]);
  });
  test('two versions', () => {
    const files = {
      'package.json': '{"version":"1.2.3"}',
      'src/core/base/version.ts': "export const VERSION = '1.2.2';",
    };
    expect(said(manifest, files)).toEqual([expect.stringContaining('change both')]);
  });
});
