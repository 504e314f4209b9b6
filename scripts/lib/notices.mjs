import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { StepFailed } from './step.mjs';

/**
 * The licence texts of every package whose code is in the bundle, as one text.
 * A package that ships no text needs one in scripts/licences/, taken from its repository: without any, this throws.
 *
 * @param {readonly string[]} moduleIds  ids of all bundled modules
 * @param {string} licences  directory of the texts that packages forgot to ship
 * @returns {{text: string, packages: string[]}}
 */
export function licenceNotices(moduleIds, licences) {
  const directories = [...new Set(moduleIds.map(packageDirectory).filter((found) => found !== undefined))];
  const entries = directories.map((directory) => {
    const { name, version, license } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
    const texts = readdirSync(directory)
      .filter((file) => /^(licen[cs]e|copying|notice)([.-]|$)/i.test(file))
      .toSorted()
      .map((file) => readFileSync(join(directory, file), 'utf8'));
    const kept = join(licences, `${name.replace('/', '__')}.txt`);
    if (texts.length === 0 && existsSync(kept)) texts.push(readFileSync(kept, 'utf8'));
    if (texts.length === 0 || texts.some((text) => text.trim() === '')) {
      throw new StepFailed(
        `${name}@${version} is bundled but ships no licence text: put the one of its repository into ${kept}, or drop the package`,
      );
    }
    return {
      title: `${name} ${version} (${license ?? 'see below'})`,
      body: texts.map((text) => text.trim()).join('\n\n'),
    };
  });
  entries.sort((a, b) => (a.title < b.title ? -1 : 1));
  /** @type {Map<string, string[]>} */
  const byText = new Map();
  // Packages of one author have one text, to the letter: it stands there once, below all their names.
  for (const { title, body } of entries) byText.set(body, [...(byText.get(body) ?? []), title]);
  const rule = '-'.repeat(80);
  const text = [
    'masterplan contains code of the packages below, each under its own licence.',
    ...[...byText].map(([body, titles]) => `${rule}\n${titles.join('\n')}\n${rule}\n\n${body}`),
  ].join('\n\n');
  return { text: `${text}\n`, packages: entries.map(({ title }) => title) };
}

/**
 * The package that a module belongs to: the directory below the last `node_modules`.
 *
 * @param {string} id
 * @returns {string | undefined}
 */
function packageDirectory(id) {
  const path = id.replace(/^\0/, '').replace(/\?.*$/, '');
  const marker = `${sep}node_modules${sep}`;
  const at = path.lastIndexOf(marker);
  if (at < 0) return undefined;
  const top = path.slice(0, at + marker.length);
  const rest = path.slice(top.length).split(sep);
  const name = rest[0]?.startsWith('@') ? rest.slice(0, 2) : rest.slice(0, 1);
  const directory = join(top, ...name);
  return existsSync(join(directory, 'package.json')) ? directory : dirname(path);
}
