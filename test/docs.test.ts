import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { digestSchema } from '../src/core/run/contract.ts';
import { EVENT_NAMES } from '../src/core/run/event-names.ts';

const read = (path: string): string => readFileSync(path, 'utf8');

describe('documents say what the program does', () => {
  test('every event is documented, and nothing else is', () => {
    const events = read('docs/formats/events.md').split('## Events')[1]?.split('\n## ')[0] ?? '';
    const rows = [...events.matchAll(/^\| `(\w+)` \|/gm)].map((match) => match[1]);
    expect(rows).toHaveLength(new Set(rows).size);
    expect(new Set(rows)).toEqual(new Set(EVENT_NAMES));
  });

  test('every command is in the table of the command line and has a section', () => {
    const text = read('docs/cli.md');
    const table = text.split('\n## ', 1)[0] ?? '';
    const sections = [...text.matchAll(/^## (.+)$/gm)].flatMap((match) => (match[1] ?? '').split(', '));
    for (const file of readdirSync('src/surfaces/cli/commands')) {
      const command = file.replace(/\.ts$/, '');
      expect(table, command).toMatch(new RegExp(`^\\| \`${command}[ \`]`, 'm'));
      // What has no flags worth a section stands in the table alone.
      if (!['status', 'next', 'demo'].includes(command)) expect(sections, command).toContain(command);
    }
  });

  test('the JSON Schema of the digest is the one that is checked', () => {
    const documented = JSON.parse(
      /As JSON Schema:\s+```json\n([\s\S]*?)```/.exec(read('docs/formats/digest.md'))?.[1] ?? '',
    ) as {
      required: string[];
      properties: Record<
        string,
        { maxItems?: number; maxLength?: number; enum?: string[]; items?: { maxLength?: number } }
      >;
    };
    const checked = z.toJSONSchema(digestSchema, { io: 'input' }) as unknown as typeof documented;
    expect(documented.required).toEqual(checked.required);
    expect(Object.keys(documented.properties)).toEqual(Object.keys(checked.properties));
    for (const [name, property] of Object.entries(documented.properties)) {
      const { maxItems, enum: values, items } = checked.properties[name] ?? {};
      expect([name, property.maxItems, property.enum, property.items?.maxLength]).toEqual([
        name,
        maxItems,
        values,
        items?.maxLength,
      ]);
    }
  });

  test('links between documents lead somewhere', () => {
    const documents = [
      'README.md',
      'ARCHITECTURE.md',
      'CONTRIBUTING.md',
      'GLOSSARY.md',
      ...['docs', 'docs/formats', 'docs/decisions', 'bench'].flatMap((folder) =>
        readdirSync(folder)
          .filter((name) => name.endsWith('.md'))
          .map((name) => join(folder, name)),
      ),
    ];
    const broken = documents.flatMap((document) =>
      [...read(document).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)]
        .map((match) => match[1] ?? '')
        .filter((target) => !existsSync(join(dirname(document), target)))
        .map((target) => `${document}: ${target}`),
    );
    expect(broken).toEqual([]);
  });
});
