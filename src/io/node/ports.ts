import type { createServer } from 'node:net';
import type { Ports } from '../ports.ts';

/** Programs listen on one of these; whoever holds one of them would be in the way. */
const ADDRESSES = ['127.0.0.1', '::1', '0.0.0.0', '::'];

/** Finds out by listening for a moment: no table says it on every system. */
export const nodePorts: Ports = {
  async free(port) {
    // Loaded when somebody asks: commands that only look never do.
    const net = await import('node:net');
    for (const host of ADDRESSES) if (!(await listens(net.createServer, port, host))) return false;
    return true;
  },
};

function listens(create: typeof createServer, port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = create();
    // A machine without this family of addresses has nobody on it either.
    server.once('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT'),
    );
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
