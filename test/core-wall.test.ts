import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

/** Files planted into a copy of src/core, each with one thing that the core must not be able to say. */
const REFUSED: Readonly<Record<string, string>> = {
  'node-module.ts': "import { readFileSync } from 'node:fs';\nexport const read = readFileSync;\n",
  'node-side-effect.ts': "import 'node:fs';\n",
  'process.ts': 'process.exit();\n',
  'fetch.ts': "void fetch('x');\n",
  'timer.ts': 'setTimeout(() => undefined, 1);\n',
  'console.ts': "console.log('x');\n",
  'global.ts': 'globalThis.process.exit();\n',
  'outside.ts': "import { start } from '../engine/start.ts';\nstart();\n",
  'outside-type.ts':
    "import type { Start } from '../engine/type.ts';\nexport const start: Start | undefined = undefined;\n",
};

/** Files beside them that must compile: the packages of the core bring no platform with them. */
const ACCEPTED: Readonly<Record<string, string>> = {
  'pure.ts': 'export const double = (n: number): number => n * 2;\n',
  'packages.ts': [
    "import { parser } from '@lezer/markdown';",
    "import { parseDocument } from 'yaml';",
    "import { z } from 'zod';",
    "export const all = [parser.parse('# a').length, parseDocument('a: 1').errors.length, z.string().parse('a')];",
    '',
  ].join('\n'),
};

test('a file of the core that reaches for the outside does not compile', async () => {
  const root = mkdtempSync(join(tmpdir(), 'masterplan-wall-'));
  try {
    const core = join(root, 'src', 'core');
    mkdirSync(core, { recursive: true });
    cpSync('tsconfig.base.json', join(root, 'tsconfig.base.json'));
    cpSync(join('src', 'core', 'tsconfig.json'), join(core, 'tsconfig.json'));
    writeFileSync(join(root, 'package.json'), JSON.stringify({ type: 'module' }));
    symlinkSync(resolve('node_modules'), join(root, 'node_modules'), 'junction');
    mkdirSync(join(root, 'src', 'engine'));
    // Two files, because the compiler names each intruder only once.
    for (const name of ['start.ts', 'type.ts']) {
      writeFileSync(
        join(root, 'src', 'engine', name),
        'export type Start = () => void;\nexport const start: Start = () => {};\n',
      );
    }
    for (const [name, text] of Object.entries({ ...REFUSED, ...ACCEPTED })) writeFileSync(join(core, name), text);

    const output = await tsc(core);

    const refused = new Set(
      Array.from(output.matchAll(/^(?:.*[\\/])?([\w-]+\.ts)\(\d+,\d+\): error/gm), (match) => match[1] ?? ''),
    );
    expect([...refused].toSorted(), output).toEqual(Object.keys(REFUSED).toSorted());
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

/** What the compiler says of the project in `directory`. */
function tsc(directory: string): Promise<string> {
  const { bin } = JSON.parse(readFileSync(join('node_modules', 'typescript', 'package.json'), 'utf8')) as {
    bin: { tsc: string };
  };
  const compiler = resolve('node_modules', 'typescript', bin.tsc);
  return new Promise((done) => {
    execFile(
      process.execPath,
      [compiler, '-p', directory, '--noEmit', '--pretty', 'false'],
      { cwd: directory },
      (_, stdout, stderr) => done(stdout + stderr),
    );
  });
}
