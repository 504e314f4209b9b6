import { literalsOf } from './assertions.ts';
import { short, type WitnessFinding, type WitnessRule } from './change.ts';
import type { Pool } from './pool.ts';
import { languageOf } from './languages/index.ts';
import { allowed, type Leave } from './leave.ts';
import { closing } from './mask.ts';
import { STRENGTH } from './strength.ts';
import { isTable, type Unit } from './units.ts';

/** Data of a test that became other data while its assertions stayed as they are. */
export function compareData(before: Unit, after: Unit, leave: Leave, pool: Pool, name: string): WitnessFinding[] {
  const fails = [before, after].every(({ header, code }) => (header + code).includes('should_panic'));
  const old = counted(literalsOf(dataOf(before, fails)));
  const now = counted(literalsOf(dataOf(after, fails)));
  const lost = [...old]
    .filter(([literal, count]) => (now.get(literal) ?? 0) < count && significant(literal))
    .map(([literal]) => literal);
  const gained = [...now]
    .filter(([literal, count]) => (old.get(literal) ?? 0) < count && significant(literal))
    .map(([literal]) => literal);
  // What stands beside the tests may move to a file that asserts nothing itself.
  const least = before.kind === 'rest' ? STRENGTH.trivial : STRENGTH.some;
  const gone = lost.filter((literal) => !pool.holds([literal], least, after));
  if (gone.length === 0) return [];
  const code = before.kind === 'rest' ? dataOf(before) : before.code;
  const table =
    /\.each\b|parametrize|\[\]struct|range\s|InlineData|TestCase\(|CsvSource|ValueSource|for\s*\(?\s*(?:const|let|var)?[^\n;]*\b(?:of|in)\b|dataProvider|#\[case|test_case|\bcases\b/.test(
      before.header + code,
    );
  // Rows of a provider that went, and none came.
  const provided =
    before.kind === 'rest' &&
    gained.length === 0 &&
    [...before.bare.matchAll(/\{/g)].some(({ index }) => isTable(before.bare, index + 1));
  const expected = /\b(?:expected|want|wanted|golden|answer|correct)\w*\b/i.test(code);
  if (
    !provided &&
    !(table && (before.kind !== 'rest' || before.assertions.length > 0)) &&
    !(expected || EXPECTED.test(code))
  )
    return [];
  const follows = pool.follows(lost, gained, after.code) || pool.shift.limits(lost, gained);
  // A case that the task does not speak of went, and another one came in its place.
  const swapped =
    table &&
    !leave.behaviour &&
    !follows &&
    rowsOf(code).some(
      (row) => row.every((literal) => gone.includes(literal)) && !row.some((literal) => isSaid(leave, literal)),
    );
  const excused = gained.length > 0 && !swapped && (allowed(leave, gained, lost) || follows);
  const severity = leave.tests || excused ? 'warning' : 'error';
  const [rule, what]: [WitnessRule, string] =
    gained.length === 0
      ? ['loosened', `${name}lost cases: ${gone.slice(0, 4).map(short).join(', ')}`]
      : [
          'rewritten',
          `${name}works with other values: ${gone.slice(0, 3).map(short).join(', ')} became ${gained.slice(0, 3).map(short).join(', ')}`,
        ];
  return [{ rule, severity, path: after.path, line: after.line, what }];
}

/** A test without its title, which is not data. `fails`: the other side of the comparison says in its attributes that it fails, too. */
function dataOf(unit: Unit, fails = false): string {
  const whole =
    unit.header.includes('\n') || /parametrize|InlineData|CsvSource|TestCase|#\[case|\beach\b/.test(unit.header)
      ? `${unit.header}\n`
      : '';
  const title = unit.name;
  // What is imported is no data.
  const IMPORTS = /^.*(?:\bimport\b|\brequire\s*\(|\}\s*from\s*['"]|^\s*(?:use|using|from|#include)\s).*$/gm;
  const plain = unit.kind === 'rest' ? outsideOfFunctions(unit).replace(IMPORTS, '').replace(FIELD, '') : unit.code;
  const code = title === '' ? plain : plain.replace(title, '');
  const all = unit.code.includes(whole.trim()) ? code : whole + code;
  // What a test should fail with is an expectation, and no case.
  return fails ? all : all.replace(/#\[should_panic[^\]]*\]/g, '');
}

/** What stands together in brackets that hold no others: the rows of a table. Each has an input and what is to come of it. */
function rowsOf(code: string): string[][] {
  return [...code.matchAll(/[[({]([^[\](){}\n]*)[\])}]/g)]
    .map(([, inner = '']) => literalsOf(inner).filter(significant))
    .filter((row) => row.length > 1);
}

function isSaid(leave: Leave, literal: string): boolean {
  return literal.startsWith("'") ? leave.mentions(literal.slice(1, -1)) : leave.places(literal).length > 0;
}

function significant(literal: string): boolean {
  return !/^(?:''|true|false|null|nil|none|undefined|'utf-?8')$/i.test(literal);
}

function counted(literals: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const literal of literals) counts.set(literal, (counts.get(literal) ?? 0) + 1);
  return counts;
}

/** The name of a field, as `x['name']`. */
const FIELD = /(?<=[\w$\])])\[\s*(['"])[^'"\n]*\1\s*\]/g;

/** Names of what tests compare with. */
const EXPECTED =
  /(?:^|[^a-z])(?:expected|want|wanted|golden|cases|answers?|known_good)(?![a-z])|(?:expected|wanted|golden)[A-Z_]/;
const NAMED = /expect|want|golden|answer|correct|oracle|known|reference/i;

/**
 * What stands in a test file beside its tests and outside of functions: tables and recorded values. What a helper says when it
 * fails and which programs it calls is no data, unless it is named for what tests expect.
 */
function outsideOfFunctions({ path, code, bare }: Unit): string {
  const name = languageOf(path)?.name;
  const cuts: [number, number][] = [];
  if (name === 'python' || name === 'ruby' || name === 'elixir') {
    for (const match of bare.matchAll(
      /^([ \t]*)(?:async +)?defp? +([\w.?!]+)[^\n]*\n(?:\1[ \t]+[^\n]*\n|[ \t]*\n)*/gm,
    )) {
      const [whole, , of = ''] = match;
      if (!NAMED.test(of)) cuts.push([match.index, match.index + whole.length]);
    }
  } else {
    for (let at = bare.indexOf('{'); at >= 0; at = bare.indexOf('{', at + 1)) {
      const of = functionAt(bare, at);
      if (of === undefined || /^(?:if|for|while|switch|match)$/.test(of) || NAMED.test(of) || isTable(bare, at + 1))
        continue;
      const end = closing(bare, at);
      cuts.push([at, end]);
      at = end - 1;
    }
  }
  let text = '';
  let from = 0;
  for (const [begin, end] of cuts) {
    text += code.slice(from, begin);
    from = Math.max(from, end);
  }
  return text + code.slice(from);
}

/** The name of the function whose body begins at a brace, `''` of one without a name; `undefined`: it is none. */
function functionAt(bare: string, at: number): string | undefined {
  const head = bare.slice(Math.max(0, at - 400), at);
  const arrow = /=>\s*$/.exec(head);
  const plain = arrow === null ? head : head.slice(0, arrow.index);
  const [behind] = /(?:(?::|->|\bthrows\b|\bwhere\b)[^=;{}()]*|\b(?:const|async|noexcept|override)\s*)*\s*$/.exec(
    plain,
  ) ?? [''];
  let open = plain.length - behind.length - 1;
  if (plain[open] !== ')') return arrow === null ? undefined : '';
  for (let depth = 0; open >= 0; open--) {
    if (plain[open] === ')') depth++;
    else if (plain[open] === '(' && --depth === 0) break;
  }
  return (
    /([\w$]+)\s*(?:<[^<>]*>\s*)?(?:[^\n;{}=]*=\s*(?:async\s*)?)?$/.exec(plain.slice(0, Math.max(0, open)))?.[1] ?? ''
  );
}
