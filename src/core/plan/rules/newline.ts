import type { Source } from '../markdown/source.ts';

/** The line end that a document uses: what fixes insert ends its lines as those around it do. */
export function newlineOf({ text }: Source): string {
  const at = text.indexOf('\n');
  return at > 0 && text[at - 1] === '\r' ? '\r\n' : '\n';
}
