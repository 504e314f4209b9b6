import { configJsonSchema, schemaKeys } from '../../src/app/config-json-schema.ts';
import { noteOf, remarkOf } from '../../src/app/config-keys.ts';
import { READ_AS, WITHOUT_MEANING } from '../../src/app/config-seed.ts';

/** schema/masterplan.schema.json, as the program would print it. */
export function configSchemaText(): string {
  return `${JSON.stringify(configJsonSchema(), null, 2)}\n`;
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');

/** docs/configuration-keys.md: every key that the schema takes. */
export function configKeysDocument(): string {
  const rows = schemaKeys().filter(({ key }) => WITHOUT_MEANING[key] === undefined && READ_AS[key] === undefined);
  return `${[
    '# Keys of the configuration',
    '',
    'Written by `npm run rules` from what reads the file. [configuration.md](configuration.md) says what they mean together; `*` stands for a',
    'name that you choose. The same as JSON Schema: `schema/masterplan.schema.json` in the package, or `masterplan config schema`.',
    '',
    '| key | takes | default | |',
    '|---|---|---|---|',
    ...rows.map(({ key, takes }) => {
      const note = noteOf(key.split('.'));
      const value = note?.default === undefined ? '' : `\`${cell(words(note.default))}\``;
      return `| \`${key}\` | ${cell(takes)} | ${value} | ${cell(note?.about ?? '')} |`;
    }),
    '',
    '## Keys of older tools',
    '',
    'A file that was written for an older tool of this name is taken as it is. Some of its keys are read as another one, unless the same file has',
    'that one, too:',
    '',
    '| key | read as |',
    '|---|---|',
    ...Object.entries(READ_AS).map(([key, to]) => `| \`${key}\` | \`${to}\` |`),
    '',
    'These are taken and mean nothing here; `masterplan config` says so beside each:',
    '',
    '| key | why |',
    '|---|---|',
    ...Object.entries(WITHOUT_MEANING).map(([key, why]) => `| \`${key}\` | ${cell(why)} |`),
  ].join('\n')}\n`;
}

/** Keys that the schema takes and nothing is said of. */
export function keysWithoutNote(): string[] {
  return schemaKeys().flatMap(({ key }) => {
    const path = key.split('.');
    return noteOf(path) === undefined && remarkOf(path) === undefined ? [key] : [];
  });
}

function words(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(words).join(', ')}]`;
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value)
      .map(([key, one]) => `${key}: ${words(one)}`)
      .join(', ')}}`;
  return String(value);
}
