import { oneLine } from '../base/text.ts';
import { err, ok, type Result } from '../base/result.ts';
import { slugify } from '../base/slug.ts';

/** Checks the name of a new plan: words of lower-case letters and digits with single hyphens between, at most 64 characters. */
export function checkPlanSlug(
  text: string,
): Result<string, { readonly message: string; readonly instead: string | undefined }> {
  if (text.length <= 64 && /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(text)) return ok(text);
  const plain = text
    .slice(0, 400)
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replaceAll('ß', 'ss');
  const instead = slugify(plain);
  const why =
    text.length > 64
      ? 'a slug has at most 64 characters'
      : 'a slug is lower-case letters and digits, words joined by single hyphens';
  return err({ message: `"${oneLine(text, 80)}" is no slug: ${why}`, instead });
}

/** The title that a slug gives: `auth-system` → `Auth system`. */
export function titleOfSlug(slug: string): string {
  const words = slug.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The name that the place of a document gives it: its folder's for `plan.md`, else its own without a date in front. */
export function slugOfPlace(path: string): string | undefined {
  const parts = path.split('/');
  const own = (parts.at(-1) ?? '').replace(/\.(?:md|markdown)$/i, '');
  const name = /^(?:plan|tasks?|index)$/i.test(own) && parts.length > 1 ? (parts.at(-2) ?? own) : own;
  return slugify(name.replace(/^\d{4}-\d{2}-\d{2}(?:[-_T]\d{2}[-:]?\d{2})?[-_]/, ''));
}

const AGENT = /^[A-Za-z0-9][A-Za-z0-9._@/+-]{0,79}$/;

/** Who acts: `agent:<name>` when an agent says so, else the person. */
export function identity(agent: string | undefined, user: string, host: string): Result<string, string> {
  if (agent === undefined || agent === '') return ok(`${word(user, 'user')}@${word(host, 'localhost')}`);
  const name = agent.replace(/^agent:/, '');
  if (AGENT.test(name)) return ok(`agent:${name}`);
  return err(
    `"${oneLine(agent, 80)}" is no name of an agent: letters, digits and . _ @ / + - without blanks, at most 80`,
  );
}

function word(text: string, otherwise: string): string {
  return oneLine(text, 64).replace(/\s+/g, '-') || otherwise;
}
