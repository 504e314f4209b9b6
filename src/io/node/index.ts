import type { Io } from '../io.ts';
import { nodeClock } from './clock.ts';
import { nodeFiles } from './files.ts';
import { nodeMachine } from './machine.ts';
import { nodePorts } from './ports.ts';
import { nodeProcesses } from './processes.ts';
import { nodeRandom } from './random.ts';

export { nodeHttp } from './http.ts';
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
