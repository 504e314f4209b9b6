import { nodeIo } from '../../src/io/node/index.ts';
import { clockContract, filesContract, processesContract, randomContract } from './contract.ts';
import { PATH_ONLY, place } from './place.ts';

filesContract('node', async () => ({ ...place(), files: nodeIo().files }));
clockContract('node', async () => nodeIo());
randomContract('node', async () => nodeIo());
processesContract('node', async () => ({
  ...nodeIo(),
  ...place(),
  env: PATH_ONLY,
  programs: {
    exit: (code) => ['sh', '-c', `exit ${code}`],
    print: (text) => ['printf', '%s\\n', text],
    sleep: (ms) => ['sleep', String(ms / 1000)],
    copy: ['cat'],
    missing: ['no-such-program-anywhere'],
  },
}));
