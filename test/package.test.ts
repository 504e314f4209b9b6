import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { refuseOutsideImports } from '../scripts/lib/bundle.mjs';
import { licenceNotices } from '../scripts/lib/notices.mjs';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'masterplan-package-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('the built program', () => {
  test.each(['start.cjs', 'main.mjs'])('%s runs where nothing is installed', (entry) => {
    cpSync('dist', directory, { recursive: true });
    const output = execFileSync(process.execPath, [join(directory, entry), '--version'], { encoding: 'utf8' });
    expect(output).toContain((JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }).version);
  });

  test('imports its own files and modules of Node, nothing else', () => {
    for (const file of readdirSync('dist', { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.mjs'),
    )) {
      const text = readFileSync(join('dist', file), 'utf8');
      // Minified code has no space before the quote, and text that only looks like an import has.
      for (const [, id = ''] of text.matchAll(/(?<![.\w])(?:from|import)"([^"]+)"/g)) {
        expect(id.startsWith('.') || isBuiltin(id), `${file} imports ${id}`).toBe(true);
      }
    }
  });
});

describe('the build refuses', () => {
  test('a package that would be looked up at run time', () => {
    const chunk = {
      fileName: 'main.mjs',
      code: '',
      imports: ['node:fs', 'chunks/a.mjs'],
      dynamicImports: [] as string[],
    };
    const other = { fileName: 'chunks/a.mjs', code: "__require('fs')", imports: [], dynamicImports: [] };
    expect(() => refuseOutsideImports([chunk, other])).not.toThrow();
    expect(() => refuseOutsideImports([{ ...chunk, dynamicImports: ['zod'] }, other])).toThrow(/"zod" at run time/);
    expect(() => refuseOutsideImports([chunk, { ...other, code: "__require('ws')" }])).toThrow(/"ws" at run time/);
  });

  test('a package without a licence text, unless we keep one for it', () => {
    const home = join(directory, 'node_modules', '@some', 'package');
    const kept = join(directory, 'kept');
    mkdirSync(home, { recursive: true });
    mkdirSync(kept);
    writeFileSync(
      join(home, 'package.json'),
      JSON.stringify({ name: '@some/package', version: '1.0.0', license: 'MIT' }),
    );
    const notices = (): string => licenceNotices([join(home, 'index.js'), '/src/own.ts'], kept).text;

    expect(notices).toThrow(/@some\/package@1\.0\.0 is bundled but ships no licence text/);
    writeFileSync(join(kept, '@some__package.txt'), 'You may.');
    expect(notices()).toContain('@some/package 1.0.0 (MIT)');
    expect(notices()).toContain('You may.');
    writeFileSync(join(home, 'LICENSE'), ' ');
    expect(notices).toThrow(/no licence text/);
  });
});
