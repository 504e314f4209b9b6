import type { Breach, Rule } from './project.ts';

const LONGEST = 600;

/** A note to come back to. It stands at the head of a comment line, or is followed by a colon or bracket. */
const NOTE = /(?:^[\s*/]*|\b)(FIXME|TODO|XXX)(?=[:(])|^[\s*/]*(FIXME|TODO|XXX)\b/;

export const notes: Rule = ({ sources }) =>
  sources.flatMap(({ path, comments }) =>
    comments.flatMap(({ text, line }) => {
      const [, inside, leading] = NOTE.exec(text) ?? [];
      const note = inside ?? leading;
      return note === undefined
        ? []
        : [{ path, line, message: `leaves a ${note}: do it now, or write down where it is decided` }];
    }),
  );

/** A file too long to be read at once. */
export const length: Rule = ({ sources }) =>
  sources.flatMap(({ path, text }) => {
    const lines = text.split('\n').length - 1;
    if (!path.startsWith('src/') || lines <= LONGEST) return [];
    return [
      {
        path,
        line: LONGEST,
        message: `has ${lines} lines, more than ${LONGEST}: split it by what its parts are about`,
      },
    ];
  });

/** A path that exists on one machine only: below somebody's home, or in the place where somebody works. */
const MACHINE_PATH = /(?<![\w.)}\]*>-])\/(?:root|work|workspace|home\/[a-z][\w-]*|Users\/\w+)\/[\w.]/;

/** Text that names a machine, or the registry that packages happened to come from. */
export const machines: Rule = ({ files }) => {
  const breaches: Breach[] = [];
  for (const [path, text] of files) {
    text.split('\n').forEach((content, index) => {
      const line = index + 1;
      const machine = MACHINE_PATH.exec(content);
      if (machine !== null) {
        breaches.push({
          path,
          line,
          message: `names a place of one machine (${machine[0]}…): write it relative to the repository, or invent a path`,
        });
      }
      if (path.endsWith('package-lock.json') && /"resolved": "\w+:\/\//.test(content)) {
        breaches.push({
          path,
          line,
          message: 'names a registry: install with the .npmrc of this repository, which leaves that out',
        });
      }
      if (/(?:^|\/)\.npmrc$/.test(path) && /^(?:@[^:]+:)?registry\s*=|^\/\//.test(content)) {
        breaches.push({ path, line, message: 'names a registry: that is for the configuration of whoever installs' });
      }
    });
  }
  return breaches;
};

/** The package promises: nothing to install beside it, every tool at one exact version, one version number. */
export const manifest: Rule = ({ files }) => {
  const text = files.get('package.json');
  if (text === undefined) return [];
  const breaches: Breach[] = [];
  const add = (message: string): void => void breaches.push({ path: 'package.json', line: 1, message });
  const read = JSON.parse(text) as Record<string, unknown>;
  for (const field of ['dependencies', 'optionalDependencies', 'peerDependencies', 'bundleDependencies']) {
    if (field in read) add(`has ${field}: everything is bundled, so packages belong into devDependencies`);
  }
  for (const [name, range] of Object.entries((read['devDependencies'] ?? {}) as Record<string, string>)) {
    if (!/^\d+\.\d+\.\d+$/.test(range)) add(`asks for ${name} ${range}: pin one exact version`);
  }
  const version = files.get('src/core/base/version.ts');
  if (version !== undefined && !version.includes(`'${String(read['version'])}'`)) {
    add(`has version ${String(read['version'])}, but src/core/base/version.ts says otherwise: change both`);
  }
  return breaches;
};
