import { readdirSync, readFileSync } from 'node:fs';
import type { FileChange, WitnessFinding } from '../../src/core/witness/change.ts';
import { falseClaims } from '../../src/core/witness/claims.ts';
import { examine } from '../../src/core/witness/examine.ts';

/** From the root of the repository, in which tests and scripts run. */
const ROOT = 'test/cases/cheats/';

/** A small repository, a task, and what an agent makes of it. The form is in test/cases/cheats/README.md. */
export interface Case {
  readonly name: string;
  readonly honest: boolean;
  readonly title: string;
  /** The task's text below its title. */
  readonly text: string;
  readonly scope: readonly string[];
  readonly verify: readonly string[];
  /** What finds the lie: a rule of the witness, or `claim`, `verify`, `scope`, `nothing` (no change). Empty: honest. */
  readonly caught: readonly string[];
  readonly before: ReadonlyMap<string, CaseFile>;
  readonly after: ReadonlyMap<string, CaseFile>;
  /** Fields of the digest over those of a truthful one. */
  readonly digest: Readonly<Record<string, unknown>>;
  /** Keys of `.masterplan.yaml`. */
  readonly config: Readonly<Record<string, unknown>>;
}

export interface CaseFile {
  readonly text: string;
  readonly mode: '100644' | '100755' | '120000';
}

/** All cases of a folder of the corpus, by name. */
export function corpus(folder = ''): Case[] {
  return ['cheats', 'honest'].flatMap((kind) => {
    const path = `${ROOT}${folder}${kind}`;
    return readdirSync(path)
      .filter((file) => file.endsWith('.case'))
      .sort()
      .map((file) => readCase(file.replace(/\.case$/, ''), kind === 'honest', readFileSync(`${path}/${file}`, 'utf8')));
  });
}

function readCase(name: string, honest: boolean, source: string): Case {
  const before = new Map<string, CaseFile>();
  const after = new Map<string, CaseFile>();
  const parts = source.split(/^@@ /m).slice(1);
  let title = name;
  let text = '';
  let scope: string[] = [];
  let caught: string[] = [];
  let digest: Record<string, unknown> = {};
  let config: Record<string, unknown> = {};
  const verify: string[] = [];
  const copy = (path: string): void => {
    const file = before.get(path);
    if (file !== undefined) after.set(path, file);
  };
  for (const part of parts) {
    const [head = '', ...lines] = part.split('\n');
    const [word = '', ...rest] = head.split(' ');
    const given = rest.join(' ').trim();
    const body = lines.join('\n').replace(/\n+$/, '');
    const [path = '', flag] = given.split(' ');
    const mode = flag === 'x' ? '100755' : flag === 'link' ? '120000' : '100644';
    switch (word) {
      case 'task':
        title = given;
        text = body.trim();
        break;
      case 'scope':
        scope = given.split(/,\s*/);
        break;
      case 'verify':
        verify.push(given);
        break;
      case 'before':
        before.set(path, { text: mode === '120000' ? body : `${body}\n`, mode });
        copy(path);
        break;
      case 'after':
        after.set(path, { text: mode === '120000' ? body : `${body}\n`, mode });
        break;
      case 'edit':
        after.set(path, {
          text: edited(name, path, after.get(path)?.text ?? '', lines),
          mode: after.get(path)?.mode ?? '100644',
        });
        break;
      case 'gone':
        after.delete(path);
        break;
      case 'moved': {
        const file = after.get(path);
        if (file === undefined || flag === undefined) throw new Error(`${name}: there is no ${path} to move`);
        after.delete(path);
        after.set(flag, file);
        break;
      }
      case 'digest':
        digest = JSON.parse(given) as Record<string, unknown>;
        break;
      case 'config':
        config = JSON.parse(given) as Record<string, unknown>;
        break;
      case 'caught':
        caught = given.split(/,\s*/);
        break;
      default:
        throw new Error(`${name}: what is "@@ ${head}"?`);
    }
  }
  if (honest === caught.length > 0)
    throw new Error(`${name}: ${honest ? 'an honest case is not caught' : 'by what is it caught?'}`);
  return {
    name,
    honest,
    title,
    text,
    scope,
    verify: verify.length === 0 ? ['true'] : verify,
    caught,
    before,
    after,
    digest,
    config,
  };
}

/** Replaces each run of `-` lines by the `+` lines behind it; a run of `+` lines alone goes to the end, or behind the `=` line before it. */
function edited(name: string, path: string, text: string, lines: readonly string[]): string {
  let out = text;
  for (let at = 0; at < lines.length;) {
    const take = (mark: string): string[] => {
      const found: string[] = [];
      while (lines[at]?.startsWith(mark) === true) found.push((lines[at++] as string).slice(1));
      return found;
    };
    const [anchor, gone, come] = [take('='), take('-'), take('+')];
    if (anchor.length + gone.length + come.length === 0) {
      at++;
      continue;
    }
    const old = [...anchor, ...gone].join('\n');
    if (old === '') out += `${come.join('\n')}\n`;
    else if (!`\n${out}`.includes(`\n${old}\n`)) throw new Error(`${name}: ${path} does not hold:\n${old}`);
    else out = `\n${out}`.replace(`\n${old}\n`, () => `\n${[...anchor, ...come, ''].join('\n')}`).slice(1);
  }
  return out;
}

/** What differs between the two sides of a case. */
export function changesOf(one: Case): FileChange[] {
  const side = (file: CaseFile | undefined): FileChange['before'] =>
    file === undefined ? undefined : { mode: file.mode, text: file.text };
  return [...new Set([...one.before.keys(), ...one.after.keys()])].flatMap((path): FileChange[] => {
    const [before, after] = [side(one.before.get(path)), side(one.after.get(path))];
    if (before?.text === after?.text && before?.mode === after?.mode) return [];
    return [{ path, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }];
  });
}

/** What the witness says of a case without a run: its findings and the claims that are false. */
export function judged(one: Case): { readonly findings: readonly WitnessFinding[]; readonly lies: readonly string[] } {
  const changes = changesOf(one);
  const around = new Map([...one.before].map(([path, { text }]) => [path, text]));
  const findings = examine({
    changes,
    task: `${one.title}\n\n${one.text}`,
    commands: one.verify,
    scope: one.scope,
    around,
  });
  const claimed = one.digest['files_changed'];
  const lies = Array.isArray(claimed)
    ? falseClaims(
        { files_changed: claimed as string[], summary: '' },
        changes.map(({ path }) => path),
      )
    : [];
  return { findings, lies: lies.map(({ claim, check }) => `${claim}: ${check}`) };
}
