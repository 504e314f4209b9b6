import { closeSync, constants, fsyncSync, openSync } from 'node:fs';
import { codeOf } from './errors.ts';

const { O_DIRECTORY, O_RDONLY } = constants;

/** Makes names in a directory durable. File systems that cannot sync a directory keep names in order by themselves. */
export function syncDirectory(path: string): void {
  let descriptor: number;
  try {
    descriptor = openSync(path, O_RDONLY | O_DIRECTORY);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  try {
    fsyncSync(descriptor);
  } catch (error) {
    if (!['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(codeOf(error))) throw error;
  } finally {
    closeSync(descriptor);
  }
}
