/**
 * A file of variables, made from a template: what is set replaces the line of that name where it stands (one that is
 * commented out, too, if there is no other), the rest is added at the end. Everything else stays byte for byte.
 */
export function envFile(template: string, set: Readonly<Record<string, string>>): string {
  const lines = template === '' ? [] : template.replace(/\r?\n$/, '').split(/\r?\n/);
  const left = new Map(Object.entries(set));
  const taken = new Map<string, number>();
  lines.forEach((line, at) => {
    const [, off, name = ''] = /^\s*(#\s*)?(?:export\s+)?([A-Za-z_][A-Za-z0-9_.]*)\s*=/.exec(line) ?? [];
    if (!left.has(name)) return;
    // The last assignment is the one that counts; a comment counts only where nothing else does.
    if (off === undefined || !taken.has(name)) taken.set(name, at);
  });
  for (const [name, at] of taken) {
    const head = /^\s*(export\s+)/.exec(lines[at] ?? '')?.[1] ?? '';
    lines[at] = `${head}${name}=${quoted(left.get(name) ?? '')}`;
    left.delete(name);
  }
  for (const [name, value] of left) lines.push(`${name}=${quoted(value)}`);
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

/** A value as shells and the usual readers of such files take it: bare where that is safe. */
function quoted(value: string): string {
  if (/^[A-Za-z0-9_@%+=:,./?&-]*$/.test(value)) return value;
  if (!/['\n]/.test(value)) return `'${value}'`;
  return `"${value.replace(/[\\"$`]/g, (character) => `\\${character}`).replaceAll('\n', String.raw`\n`)}"`;
}

/** Names and values of such a file, as far as they can be told: for hiding what is secret. */
export function envValues(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    const [, name, value = ''] = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.]*)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (name !== undefined) values[name] = value.replace(/^(['"])(.*)\1$/, '$2');
  }
  return values;
}
