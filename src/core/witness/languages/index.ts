import type { Language } from '../language.ts';
import { c } from './c.ts';
import { csharp } from './csharp.ts';
import { go } from './go.ts';
import { javascript } from './javascript.ts';
import { jvm } from './jvm.ts';
import { dart, elixir, lua, zig } from './more.ts';
import { php } from './php.ts';
import { python } from './python.ts';
import { ruby } from './ruby.ts';
import { rust } from './rust.ts';
import { shell } from './shell.ts';
import { swift } from './swift.ts';

const LANGUAGES: readonly Language[] = [
  javascript,
  python,
  go,
  rust,
  jvm,
  ruby,
  csharp,
  shell,
  php,
  swift,
  c,
  elixir,
  dart,
  lua,
  zig,
];

const BY_EXTENSION = new Map(
  LANGUAGES.flatMap((language) => language.extensions.map((each) => [each, language] as const)),
);

const BY_PROGRAM: readonly [RegExp, Language][] = [
  [/\b(?:ba|z|k|da)?sh\b|\bbats\b/, shell],
  [/\bpython/, python],
  [/\b(?:node|deno|bun|tsx)\b/, javascript],
  [/\bruby\b/, ruby],
  [/\bphp\b/, php],
];

/** The language of a file, by its name or, for a program without an extension, by its first line. */
export function languageOf(path: string, text?: string): Language | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const extension = /\.([A-Za-z]+)$/.exec(name)?.[1]?.toLowerCase();
  if (extension !== undefined) return BY_EXTENSION.get(extension);
  if (/^(?:Rakefile|Gemfile|Guardfile)$/.test(name)) return ruby;
  const first = /^#!([^\n]*)/.exec(text ?? '')?.[1];
  return first === undefined ? undefined : BY_PROGRAM.find(([program]) => program.test(first))?.[1];
}
