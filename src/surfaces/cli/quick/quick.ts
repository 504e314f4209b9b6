import { unexpected, type JsonFlag } from '../command.ts';
import type { Looker } from './looks.ts';

/** The commands that hooks and shell prompts call all the time, and that must not cost more than starting Node does. */
const QUICK = ['status', 'next'] as const;

interface Asked {
  readonly name: (typeof QUICK)[number];
  readonly slug?: string;
  readonly flags: JsonFlag;
}

/**
 * Reads the plainest forms of the quick commands: a name, perhaps one slug, perhaps `--json`. Everything else, mistakes
 * and `--help` among it, is for @stricli/core, which takes 60 kB of code and 10 ms to say the same.
 */
export function askedQuickly(argv: readonly string[]): Asked | undefined {
  const name = QUICK.find((one) => one === argv[0]);
  const rest = argv.slice(1).filter((argument) => argument !== '--json');
  const [slug] = rest;
  if (name === undefined || rest.length > 1 || argv.length - 1 - rest.length > 1) return undefined;
  if (slug !== undefined && (slug === '' || slug.startsWith('-'))) return undefined;
  return { name, flags: { json: rest.length < argv.length - 1 }, ...(slug === undefined ? {} : { slug }) };
}

/** Carries it out; the same functions as behind the command line library. */
export async function runQuickly({ name, slug, flags }: Asked, cli: Looker): Promise<number> {
  try {
    const { next, status } = await import('./looks.ts');
    return await (name === 'status' ? status(cli, flags, slug) : next(cli, flags, slug));
  } catch (error) {
    return unexpected(cli, error, flags.json);
  }
}
