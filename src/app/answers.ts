import { z } from 'zod';
import { nearest } from '../core/base/nearest.ts';
import { sha256 } from '../core/base/sha256.ts';
import { err, ok, type Result } from '../core/base/result.ts';
import { oneLine } from '../core/base/text.ts';
import { answersFor, unasked, type WrittenAnswer } from '../core/run/answers.ts';
import { GATE_KINDS, GATE_NAMES } from '../core/run/gate-name.ts';
import type { Engine } from '../engine/engine.ts';
import { EXIT, type AppRefusal } from './api.ts';
import { namesAt } from './config-schemas.ts';
import { type ConfigNode, keyText, originAt, valueOf } from './config-tree.ts';
import { issueWords } from './config-words.ts';
import { didYouMean } from './lint-rules.ts';
import { readYaml } from './config-yaml.ts';
import type { Context } from './context.ts';

/** Answers that were written down before their questions, as a file holds them. */
export interface AnswerFile {
  /** As it was typed. */
  readonly name: string;
  readonly sha256: string;
  readonly answers: readonly WrittenAnswer[];
}

const text = z.string().min(1).max(4096);
const hash = z.string().regex(/^[0-9a-f]{7,64}$/, 'must be 7 to 64 digits of a hash');
const entry = z
  .strictObject({
    gate: text.optional(),
    kind: text.optional(),
    task: text.optional(),
    answer: text,
    by: text.optional(),
    note: text.optional(),
    valid_for: z.union([hash.transform((one) => [one]), z.array(hash).min(1)]).optional(),
    until: z
      .string()
      .refine((one) => !Number.isNaN(Date.parse(one)), 'must be a time: 2026-12-01T00:00:00Z')
      .transform((one) => Date.parse(one))
      .optional(),
    times: z.number().int().min(1).max(1000).default(1),
    confirm: text.optional(),
  })
  .refine(({ gate, kind, task }) => (gate ?? kind ?? task) !== undefined, 'must say which gates: gate, kind or task');
const schema = z.array(entry);

/** Bytes that a file of answers may have. */
const LARGEST = 1024 * 1024;

/** Reads a file of answers. One that is not valid is refused with its place: no answer of it is given. */
export async function readAnswers(context: Context, name: string): Promise<Result<AnswerFile, AppRefusal>> {
  const path = name.startsWith('/') ? name : `${context.cwd}/${name}`;
  const refuse = (place: string, message: string): Result<never, AppRefusal> =>
    err({
      message: `${place}: ${message}`,
      hint: 'correct the file; docs/gates.md shows one. Nothing was answered',
      exit: EXIT.usage,
    });
  let bytes: Uint8Array | undefined;
  try {
    bytes = await context.io.files.read(path, LARGEST);
  } catch (error) {
    return refuse(name, error instanceof Error ? error.message : String(error));
  }
  if (bytes === undefined) return refuse(name, 'there is no such file');
  const read = readYaml(bytes, name, true);
  if (!read.ok) {
    const { message, line, column } = read.error;
    return refuse(line === undefined ? name : `${name}:${line}:${column ?? 1}`, message);
  }
  const place = (node: ConfigNode): string => node.origin.key ?? node.origin.where;
  const lineOf = (node: ConfigNode): number => Number(/:(\d+):\d+$/.exec(place(node))?.[1] ?? 0);
  const tree = read.value;
  const said: WrittenAnswer[] = [];
  const answer = (question: string, node: ConfigNode): string | undefined => {
    const value = node.kind === 'leaf' ? wordsOf(node.value) : undefined;
    if (value !== undefined) said.push({ question, answer: value, times: 1, line: lineOf(node) });
    return value;
  };
  // A list of words: the answers to the interview, in the order of its questions.
  if (tree.kind === 'list')
    for (const [at, node] of tree.items.entries())
      if (answer(`Q${at + 1}`, node) === undefined)
        return refuse(
          place(node),
          node.kind === 'map'
            ? 'entries about gates stand under the key "answers"'
            : 'must be text: the answer to a question',
        );
  const entries = tree.kind === 'map' ? tree.entries : new Map<string, ConfigNode>();
  for (const [key, node] of entries) {
    const number = /^q(\d+)$/i.exec(key)?.[1];
    if (key === 'answers') continue;
    if (answer(number === undefined ? key : `Q${Number(number)}`, node) !== undefined) continue;
    const near = node.kind === 'leaf' ? '' : didYouMean(nearest(key, ['answers']));
    return refuse(
      place(node),
      node.kind === 'leaf'
        ? `the answer to "${oneLine(key, 60)}" is empty`
        : `unknown key "${oneLine(key, 60)}"${near}; an answer to a question of the interview is text`,
    );
  }
  // What stands for every question is asked last.
  said.sort((one, other) => Number(one.question === '*') - Number(other.question === '*'));
  const list = entries.get('answers');
  const value = list === undefined ? [] : valueOf(list);
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    const { issues } = parsed.error;
    const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0];
    const keys = issue?.path ?? [];
    const stranger = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
    const words =
      stranger === undefined
        ? issueWords(schema, value, issue)
        : `unknown key "${stranger}"${didYouMean(nearest(stranger, namesAt(schema, keys).known))}`;
    const at = stranger === undefined ? keys : [...keys, stranger];
    const origin = originAt(tree, ['answers', ...at]);
    const where = stranger === undefined ? origin.where : (origin.key ?? origin.where);
    return refuse(where, `${keyText(['answers', ...keys])}: ${words}`);
  }
  for (const [at, one] of parsed.data.entries()) {
    const strange = strangeGate(one);
    if (strange !== undefined) return refuse(originAt(tree, ['answers', at, strange.key]).where, strange.words);
  }
  const items = list?.kind === 'list' ? list.items : [];
  return ok({
    name,
    sha256: sha256(new TextDecoder().decode(bytes)),
    answers: [
      ...parsed.data.map((one, at) => ({
        ...given(one),
        answer: one.answer,
        times: one.times,
        line: lineOf(items[at] as ConfigNode),
      })),
      ...said,
    ],
  });
}

/** A value of a file as the words of an answer; `undefined`: it is none. */
function wordsOf(value: unknown): string | undefined {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** A name or kind that no gate has: what is misspelt would wait in silence for a gate that never opens. */
function strangeGate({
  gate,
  kind,
}: z.infer<typeof entry>): { readonly key: string; readonly words: string } | undefined {
  if (kind !== undefined && !GATE_KINDS.includes(kind))
    return { key: 'kind', words: `no gate is of the kind "${kind}"${didYouMean(nearest(kind, GATE_KINDS))}` };
  const prefix = gate?.split(':', 1)[0];
  if (prefix === undefined || prefix.includes('*') || GATE_NAMES.includes(prefix)) return undefined;
  return { key: 'gate', words: `no gate is called "${prefix}"${didYouMean(nearest(prefix, GATE_NAMES))}` };
}

/** Without the keys that nobody wrote. */
function given<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

/** Gives the answers of a file to every gate that opens while a run is under way; see {@link answersFor}. */
export function answering(
  engine: Pick<Engine, 'state' | 'answer' | 'subscribe'>,
  file: AnswerFile | undefined,
  context: Context,
): { give(): Promise<void>; given(): number; held(): readonly string[] } {
  if (file === undefined) return { give: () => Promise.resolve(), given: () => 0, held: () => [] };
  let held: readonly string[] = [];
  let given = 0;
  let last = Promise.resolve();
  const once = async (): Promise<void> => {
    const said = answersFor(engine.state, file.answers, file, context.io.clock.now(), context.user);
    held = said.flatMap((one) => ('holds' in one ? [`${one.gate} stays open: ${one.holds}`] : []));
    for (const one of said) {
      if ('holds' in one) continue;
      const taken = await engine.answer(one.request);
      if (taken.ok) given++;
      // What somebody else answered meanwhile is not open any more.
      else if (engine.state.gates.some(({ id }) => id === one.gate))
        held = [...held, `${one.gate} stays open: ${taken.error.message}`];
    }
  };
  // One at a time: an answer changes what the next one is asked.
  const give = (): Promise<void> => (last = last.then(once, once));
  engine.subscribe((events) => {
    if (events.some(({ event }) => event === 'gate_opened')) void give().catch(() => undefined);
  });
  return { give, given: () => given, held: () => [...held, ...unasked(engine.state, file.answers, file)] };
}
