/** What a stretch of text is for; which colour that is, nobody else has to know. */
export interface Paint {
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
  /** What can be typed. */
  readonly type: (text: string) => string;
}

const same = (text: string): string => text;

/** Text as it is. */
export const PLAIN: Paint = { strong: same, faint: same, good: same, bad: same, warn: same, type: same };

/** Colours where they are welcome. Loaded only then: the package looks at `process.stdout`, which takes 3 ms to set up. */
export async function paintFor(colour: boolean): Promise<Paint> {
  if (!colour) return PLAIN;
  const { default: picocolors } = await import('picocolors');
  const { bold, dim, green, red, yellow, cyan } = picocolors.createColors(true);
  return { strong: bold, faint: dim, good: green, bad: red, warn: yellow, type: cyan };
}
