import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { redactorOf } from '../src/core/redact/redactor.ts';
import { paired, processorTime } from './lib/measure.ts';
import { options, print, type Goal, type Row } from './lib/report.ts';

/*
 * Taking secrets out of what agents and commands print: source, documents, JSON, one endless line, and text that is nothing but
 * names of secrets; against copying the same text character by character.
 */

const { json, rounds } = options({ rounds: 5 });

function all(folder: string, ending: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n');
}

const source = all('src', '.ts').slice(0, 2_000_000);
const texts: Readonly<Record<string, string>> = {
  source,
  documents: all('docs', '.md').slice(0, 1_000_000),
  'JSON lines': source
    .split('\n')
    .map((line, i) => JSON.stringify({ type: 'item', id: i, text: line }))
    .join('\n')
    .slice(0, 2_000_000),
  'one line': Buffer.from(source.slice(0, 700_000)).toString('base64'),
  'names of secrets': 'export API_TOKEN=hunter2-hunter2 password: "x"\n'.repeat(20_000),
};

const redactor = redactorOf(Array.from({ length: 20 }, (_, i) => `a value that nobody prints, ${i}`));
const rows: Row[] = [];
const goals: Goal[] = [];
for (const [name, text] of Object.entries(texts)) {
  const [, redacted] = await paired(
    {
      copy: () => processorTime(() => void text.split('').length),
      redact: () => processorTime(() => void redactor.text(text)),
    },
    rounds,
  );
  const perMegabyte = (redacted?.ms ?? Number.NaN) / (text.length / 1e6);
  rows.push({ text: name, MB: text.length / 1e6, ms: redacted?.ms ?? '', 'ms for a MB': perMegabyte });
  goals.push({ what: name, value: perMegabyte, atMost: 500, unit: 'ms for a MB' });
}
print({ name: 'redaction', rows, goals }, json);
