import type { Http } from '../http.ts';
import type { Io } from '../io.ts';
import { nodeClock } from './clock.ts';
import { nodeFiles } from './files.ts';
import { nodeMachine } from './machine.ts';
import { nodePorts } from './ports.ts';
import { nodeProcesses } from './processes.ts';
import { nodeRandom } from './random.ts';

export { nodeTerminal } from './terminal.ts';

/** The real world. */
export function nodeIo(): Io {
  return {
    clock: nodeClock,
    random: nodeRandom,
    files: nodeFiles,
    processes: nodeProcesses,
    ports: nodePorts,
    machine: nodeMachine,
  };
}

/** HTTP, loaded when somebody is to be told something: commands that only look never are. */
export const nodeHttp: Http = {
  post: async (...args) => (await import('./http.ts')).postJson(...args),
};
