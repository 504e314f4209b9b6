/** The TCP ports of this machine. */
export interface Ports {
  /** Whether somebody could listen there now, on the loopback addresses and on all. Never rejects. */
  free(port: number): Promise<boolean>;
}
