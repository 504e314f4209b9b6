import { parseDocument } from 'yaml';
import { yamlHead } from '../yaml-head.ts';
import type { LegacyFiles, LegacyProblem } from './model.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** What a state says, and what stands below it. */
export interface Head {
  readonly fields: Fields;
  readonly body: string;
  readonly bodyLine: number;
}

/** Reads a `state.yml`. */
export function readState({ state, stateName }: LegacyFiles, problems: LegacyProblem[]): Head {
  return { fields: readYaml(state, stateName, problems), body: '', bodyLine: 1 };
}

/** Reads a `*-status.md`: keys between two lines `---`, and sections below. */
export function readStatusFile({ state, stateName }: LegacyFiles, problems: LegacyProblem[]): Head {
  const head = yamlHead(state);
  if (head === undefined) problems.push({ file: stateName, line: 1, message: 'has no front matter' });
  const end = head?.end ?? 0;
  const body = state.slice(end);
  const at = body.search(/^## activity log\b/im);
  const bodyLine = state.slice(0, end + Math.max(0, at)).split('\n').length;
  return {
    fields: head === undefined ? {} : readYaml(state.slice(0, end), stateName, problems),
    body,
    bodyLine,
  };
}

/** The values as text, as they stand there: `off` stays `off`, a date a date. */
function readYaml(text: string, file: string, problems: LegacyProblem[]): Fields {
  // The opening line stays as an empty one, so that places stay what they are.
  const [yaml = '', ...rest] = text.replace(/^\uFEFF?---[ \t]*(?=\r?\n)/, '').split(/\r?\n---[ \t]*(?:\r?\n|$)/);
  if (rest.some((part) => part.trim() !== ''))
    problems.push({
      file,
      line: yaml.split('\n').length + 1,
      message: 'more stands behind its last line, and is not read',
    });
  try {
    const document = parseDocument(rest.length === 0 ? yaml : `${yaml}\n`, {
      prettyErrors: true,
      uniqueKeys: true,
      schema: 'core',
      // What is odd is a problem with its place, not a warning of Node's.
      logLevel: 'error',
    });
    for (const error of document.errors.slice(0, 5)) {
      const key = /^["']?([\w.-]{1,60})/.exec(yaml.slice(error.pos[0]))?.[1];
      const message =
        error.code === 'DUPLICATE_KEY' && key !== undefined
          ? `says "${key}" a second time`
          : (error.message.split('\n', 1)[0] ?? '').replace(/ at line \d+, column \d+:?$/, '');
      problems.push({ file, line: error.linePos?.[0].line ?? 1, message });
    }
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
    problems.push({ file, line: 1, message: 'holds no keys' });
  } catch (error) {
    problems.push({ file, line: 1, message: error instanceof Error ? error.message : String(error) });
  }
  return {};
}

/** A scalar as text; nothing for anything else. */
export function words(value: unknown): string {
  if (typeof value === 'string') return value.trim();
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
