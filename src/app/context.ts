import type { Http } from '../io/http.ts';
import type { Io } from '../io/io.ts';
import { nodeHttp, nodeIo, nodeTerminal } from '../io/node/index.ts';
import type { Terminal } from '../io/terminal.ts';
import { VERSION } from '../core/base/version.ts';

/** What a use case gets of the outside: made once, at the program's start. The only place that names the real world. */
export interface Context {
  readonly io: Io;
  readonly terminal: Terminal;
  readonly http: Http;
  readonly version: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The command line, for the record of who owns a run. */
  readonly command: string;
  /** The Node program that runs us. */
  readonly node: string;
  /** Program and first arguments of what runs beside a spoken agent. */
  readonly keeper: readonly [string, ...string[]];
  /** The file that it was given to run: where masterplan was found. */
  readonly program?: string;
  /** Who acts: `user@host` as far as the environment says. */
  readonly user: string;
}

export function createContext(start: {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly argv: readonly string[];
  readonly node: string;
  /** Path of the keeper's bundle; commands that start no agent have none. */
  readonly keeper?: string;
  readonly program?: string | undefined;
}): Context {
  const io = nodeIo();
  return {
    io,
    terminal: nodeTerminal(),
    http: nodeHttp,
    version: VERSION,
    cwd: start.cwd,
    env: start.env,
    command: ['masterplan', ...start.argv].join(' '),
    node: start.node,
    // It holds no more than a few lines at a time: a small heap keeps a night of many agents small.
    keeper: [start.node, '--max-old-space-size=64', '--max-semi-space-size=1', start.keeper ?? 'keeper.mjs'],
    ...(start.program === undefined ? {} : { program: start.program }),
    user: start.env['USER'] ?? start.env['LOGNAME'] ?? 'user',
  };
}
