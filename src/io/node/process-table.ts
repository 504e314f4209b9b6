import type { ProcessTable } from './process-entry.ts';
import { procTable } from './process-table-proc.ts';
import { psTable } from './process-table-ps.ts';

let table: ProcessTable | undefined;

/** The table of the platform that we run on. */
export function processTable(): ProcessTable {
  table ??= process.platform === 'linux' ? procTable() : psTable();
  return table;
}
