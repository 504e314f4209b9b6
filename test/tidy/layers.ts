import { isBuiltin } from 'node:module';
import type { Breach, Import, Rule } from './project.ts';

/** The layers from left to right: each may import those that it names, and itself. */
const LAYERS: Readonly<Record<string, { readonly layers: readonly string[]; readonly packages: readonly string[] }>> = {
  // Parsers and schemas that are as pure as the core: no clock, no files, no network.
  core: { layers: [], packages: ['yaml', 'zod'] },
  io: { layers: ['core'], packages: [] },
  'io/node': { layers: ['core', 'io'], packages: [] },
  engine: { layers: ['core', 'io'], packages: ['zod'] },
  app: { layers: ['core', 'io', 'engine'], packages: ['yaml', 'zod'] },
  surfaces: {
    layers: ['core', 'app'],
    packages: [
      '@clack/prompts',
      '@stricli/core',
      'fast-string-width',
      'fast-wrap-ansi',
      'ink',
      'picocolors',
      'react',
      'react/jsx-runtime',
    ],
  },
  main: { layers: ['core', 'app', 'surfaces'], packages: [] },
};

/** The rooms of the core, likewise: a room may import those to its left. */
const CORE_ROOMS = [
  'base',
  'environment',
  'witness',
  'agents',
  'plan',
  'documents',
  'formats',
  'companions',
  'run',
  'redact',
  'telemetry',
  'imports',
  'views',
];

/** The one file that knows that the world is Node's: it builds the `Io` that everyone else is handed. */
export const COMPOSITION_ROOT = 'src/app/context.ts';
/** The same for the keeper of agents, which is a program of its own. */
const KEEPER_ROOT = 'src/app/keeper.ts';

/** What a surface has no business with: it shows views and sends requests, and never decides. */
const ENGINE_ROOM = /^src\/core\/run\/(?:accept|decide|evolve|schedule)\.ts$/;

/** An import that goes up or sideways. */
export const layers: Rule = ({ sources }) => {
  const breaches: Breach[] = [];
  for (const { path, imports } of sources) {
    if (!path.startsWith('src/')) continue;
    const layer = layerOf(path);
    if (layer === undefined) {
      breaches.push({ path, line: 1, message: 'belongs to no layer: move it into core, io, engine, app or surfaces' });
      continue;
    }
    for (const one of imports) {
      const message = isBuiltin(one.written)
        ? outside(path, layer, one.written)
        : one.written.startsWith('.')
          ? inside(path, layer, one)
          : ofPackage(layer, one.written);
      if (message !== undefined) breaches.push({ path, line: one.line, message });
    }
  }
  return breaches;
};

function outside(path: string, layer: string, written: string): string | undefined {
  if (layer === 'io/node' || (path === 'src/main.ts' && written === 'node:module')) return undefined;
  return `imports ${written}: only src/io/node/ speaks to Node; ask for what you need through the interfaces of src/io/`;
}

function ofPackage(layer: string, written: string): string | undefined {
  if (LAYERS[layer]?.packages.includes(written) === true) return undefined;
  return `imports the package ${written}, which ${layer} does not use: find it a place in another layer, or allow it in test/tidy/layers.ts and say why in docs/decisions/`;
}

function inside(path: string, layer: string, { written, target, how }: Import): string | undefined {
  if (target === undefined) return `imports ${written}, which is not there: imports name the file, with its ending`;
  const other = layerOf(target);
  if (other === undefined) return `imports ${target}, which is outside src/: bring what you need into a layer`;
  if (other === 'io/node' && layer !== 'io/node') {
    if (path === COMPOSITION_ROOT || path === KEEPER_ROOT) return undefined;
    return `imports ${target}: only ${COMPOSITION_ROOT} chooses the Node version of Io; take an Io as an argument`;
  }
  if (other !== layer) {
    const typesOfIo = layer === 'surfaces' && other === 'io' && how === 'type';
    if (!typesOfIo && LAYERS[layer]?.layers.includes(other) !== true) {
      return `${layer} must not import ${other} (${target}): imports go core ← io ← engine ← app ← surfaces; move what both need to the left, or take it as an argument`;
    }
  }
  if (layer === 'surfaces' && how !== 'type' && ENGINE_ROOM.test(target)) {
    return `imports ${target}: a surface shows views and sends requests; add a view to src/core/views/ or a use case to src/app/`;
  }
  if (layer === 'surfaces' && other === 'surfaces') return sideways(path, target, how);
  if (layer === 'core') return betweenRooms(path, target);
  return undefined;
}

function sideways(path: string, target: string, how: Import['how']): string | undefined {
  const [mine, theirs] = [surfaceOf(path), surfaceOf(target)];
  if (mine === theirs || theirs === undefined) return undefined;
  if (mine === 'cli' && how !== 'static') return undefined;
  return mine === 'cli'
    ? `imports ${target} at once: load another surface with import(), when its command runs`
    : `${mine ?? 'the shared part of surfaces'} must not import ${theirs} (${target}): move what both show to src/core/views/ or to a file in src/surfaces/ itself`;
}

/** `cli` of src/surfaces/cli/main.ts; nothing for a file that lies in src/surfaces/ itself, which all surfaces share. */
function surfaceOf(path: string): string | undefined {
  return /^src\/surfaces\/([^/]+)\//.exec(path)?.[1];
}

function betweenRooms(path: string, target: string): string | undefined {
  const [mine = '', theirs = ''] = [path, target].map((file) => /^src\/core\/([^/]+)\//.exec(file)?.[1]);
  const [from, to] = [CORE_ROOMS.indexOf(mine), CORE_ROOMS.indexOf(theirs)];
  if (from >= 0 && to >= 0 && to <= from) return undefined;
  return `core/${mine} must not import core/${theirs} (${target}): inside the core imports go ${CORE_ROOMS.join(' ← ')}`;
}

export function layerOf(path: string): string | undefined {
  if (path === 'src/main.ts' || path === 'src/start.ts' || path === 'src/keeper.ts') return 'main';
  const [, layer, room] = /^src\/([^/]+)\/(?:([^/]+)\/)?/.exec(path) ?? [];
  if (layer === 'io' && room === 'node') return 'io/node';
  return layer !== undefined && layer !== 'main' && layer in LAYERS ? layer : undefined;
}
