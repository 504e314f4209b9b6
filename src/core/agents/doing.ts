import { brief, fieldsOf, readLine, textOf } from './json.ts';

/** What an agent is at, from one line of what its keeper noted; `undefined`: the line says nothing about that. */
export function doingIn(line: string): string | undefined {
  const fields = readLine(line);
  if (fields === undefined) return undefined;
  switch (fields['type']) {
    case 'tool_started': {
      const tool = textOf(fields['tool']) ?? 'a tool';
      const what = textOf(fields['what']) ?? '';
      return brief(what === '' || what === tool ? tool : `${tool}: ${what}`, 200);
    }
    case 'text': {
      if (fields['thought'] === true) return 'thinks';
      const said = brief(textOf(fields['text']) ?? '', 200);
      return said === '' ? undefined : said;
    }
    case 'permission_asked':
      return brief(`waits for an answer: ${textOf(fieldsOf(fields['ask'])['what']) ?? ''}`, 200);
    case 'retrying':
      return brief(`its program tries again: ${textOf(fields['message']) ?? ''}`, 200);
    default:
      return undefined;
  }
}

/** What an agent is at, from the end of what its keeper noted. */
export function lastDoing(tail: string): string | undefined {
  const lines = tail.split('\n');
  for (let i = lines.length - 1; i >= 0; i--) {
    const doing = doingIn(lines[i] as string);
    if (doing !== undefined) return doing;
  }
  return undefined;
}
