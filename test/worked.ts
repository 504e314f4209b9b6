/** Milliseconds for which the processor worked for this process: what else the machine does is not in them. */
export function worked(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
