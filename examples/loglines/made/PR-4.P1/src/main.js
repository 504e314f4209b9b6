import { readFileSync } from 'node:fs';
import { readLine } from './line.js';
import { table } from './table.js';
import { tally } from './tally.js';

const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error('usage: node src/main.js <file>');
  process.exit(2);
}
const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean).map(readLine);
const mistakes = lines.filter(({ mistake }) => mistake !== undefined).length;
process.stdout.write(table(tally(lines.filter(({ mistake }) => mistake === undefined))));
if (mistakes > 0) console.error(`${mistakes} of ${lines.length} lines could not be read`);
