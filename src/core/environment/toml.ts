/**
 * The strings of a TOML document, by table and key: what set-up files of other tools need of it. Other values are left out, arrays
 * keep their strings, and a line that is none of these is passed over.
 */
export function tomlStrings(text: string): Readonly<Record<string, Readonly<Record<string, string | string[]>>>> {
  const tables = new Map<string, Map<string, string | string[]>>();
  let table = new Map<string, string | string[]>();
  tables.set('', table);
  const lines = text.split(/\r?\n/);
  for (let at = 0; at < lines.length; at++) {
    const line = (lines[at] ?? '').trim();
    const header = /^\[\s*([\w.-]+)\s*\]\s*(?:#.*)?$/.exec(line)?.[1];
    if (header !== undefined) {
      table = tables.get(header) ?? new Map<string, string | string[]>();
      tables.set(header, table);
      continue;
    }
    // An array of tables, or a name that nobody asks for: its keys are nobody's.
    if (line.startsWith('[')) {
      table = new Map();
      continue;
    }
    const [, key, rest = ''] = /^([\w-]+)\s*=\s*(.*)$/.exec(line) ?? [];
    if (key === undefined) continue;
    const quotes = /^(?:"""|''')/.exec(rest)?.[0];
    if (quotes !== undefined) {
      const parts = [rest.slice(3)];
      while (!(parts.at(-1) ?? '').includes(quotes) && at + 1 < lines.length) parts.push(lines[++at] ?? '');
      const whole = parts.join('\n').split(quotes)[0] ?? '';
      const body = whole.replace(/^\n/, '');
      table.set(key, quotes === '"""' ? unescaped(body.replace(/\\[ \t]*\n\s*/g, '')) : body);
    } else if (rest.startsWith('[')) {
      let whole = rest;
      while (!/\]\s*(?:#.*)?$/.test(whole) && at + 1 < lines.length) whole += ` ${(lines[++at] ?? '').trim()}`;
      table.set(
        key,
        [...whole.matchAll(STRING)].map(([one]) => stringOf(one)),
      );
    } else {
      const one = new RegExp(`^(?:${STRING.source})`).exec(rest)?.[0];
      if (one !== undefined) table.set(key, stringOf(one));
    }
  }
  return Object.fromEntries([...tables].map(([name, keys]) => [name, Object.fromEntries(keys)]));
}

const STRING = /"(?:[^"\\\n]|\\.)*"|'[^'\n]*'/g;

function stringOf(quoted: string): string {
  const body = quoted.slice(1, -1);
  return quoted.startsWith('"') ? unescaped(body) : body;
}

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', t: '\t', n: '\n', f: '\f', r: '\r', '"': '"', '\\': '\\' };

function unescaped(text: string): string {
  return text.replace(
    /\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))/g,
    (whole, four?: string, eight?: string, one?: string) => {
      const code = four ?? eight;
      if (code !== undefined) {
        const point = Number.parseInt(code, 16);
        return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
      }
      return ESCAPES[one ?? ''] ?? whole;
    },
  );
}
