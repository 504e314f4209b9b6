/** A name that git and every forge take for a branch, as a plan may give it; `undefined`: it is none. */
export function branchNamed(text: string): string | undefined {
  const name = text.trim().replace(/^[`"']+|[`"'.,;]+$/g, '');
  const plain = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,150}$/.test(name) && !/\.\.|\/\/|\/\.|\.lock(?:\/|$)|[/.]$/.test(name);
  return plain && name !== 'HEAD' && !/^(?:none|main|master|develop|tbd|n\/a)$/i.test(name) ? name : undefined;
}
