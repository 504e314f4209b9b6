import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './lib/root.mjs';
import { script, step } from './lib/step.mjs';

const DIST = join(ROOT, 'dist');
const STAMP = join(ROOT, '.build', 'dist.sha256');

/** Everything that decides what dist/ holds. */
const INPUTS = ['src', 'scripts', 'package.json', 'package-lock.json'];

/** True when dist/ was built from exactly the files that are there now. */
export function isBuilt() {
  return existsSync(join(DIST, 'start.cjs')) && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === fingerprint();
}

/** Bundles src/main.ts into dist/, beside the old one, and swaps the two only when everything is in order. */
export async function build() {
  // Loaded here, so that set-up can ask whether dist/ is fresh before anything is installed.
  const { bundleKeeper, bundleProgram, bundleStart, refuseOutsideImports } = await import('./lib/bundle.mjs');
  const { licenceNotices } = await import('./lib/notices.mjs');
  const before = fingerprint();
  const made = join(ROOT, '.build', `dist-${process.pid}`);
  const old = `${made}-old`;
  try {
    rmSync(made, { recursive: true, force: true });
    const chunks = [
      ...(await bundleProgram(
        { main: join(ROOT, 'src', 'main.ts'), legacy: join(ROOT, 'src', 'app', 'legacy.ts') },
        made,
      )),
      ...(await bundleStart(join(ROOT, 'src', 'start.ts'), made)),
      ...(await bundleKeeper(join(ROOT, 'src', 'keeper.ts'), made)),
    ];
    refuseOutsideImports(chunks);
    const notices = licenceNotices(chunks.flatMap(modulesWithCode), join(ROOT, 'scripts', 'licences'));
    writeFileSync(join(made, 'THIRD-PARTY-NOTICES.txt'), notices.text);
    for (const entry of ['start.cjs', 'main.mjs']) chmodSync(join(made, entry), 0o755);
    if (existsSync(DIST)) renameSync(DIST, old);
    renameSync(made, DIST);
    writeFileSync(STAMP, before);
  } finally {
    rmSync(made, { recursive: true, force: true });
    rmSync(old, { recursive: true, force: true });
  }
}

/** @returns {string} */
function fingerprint() {
  const hash = createHash('sha256');
  const add = (/** @type {string} */ path) => {
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(ROOT, path)))
      .update('\0');
  };
  for (const input of INPUTS) {
    if (input.endsWith('.json')) add(input);
    else {
      for (const file of readdirSync(join(ROOT, input), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1))
        .toSorted()) {
        add(file);
      }
    }
  }
  return hash.digest('hex');
}

/** @param {import('rolldown').OutputChunk} chunk */
function modulesWithCode(chunk) {
  return Object.entries(chunk.modules)
    .filter(([, module]) => module.renderedLength > 0)
    .map(([id]) => id);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await script(async () => {
    mkdirSync(join(ROOT, '.build'), { recursive: true });
    await step('Building dist/', build);
  });
}
