/** What a task says about who should do it, beside the name of an agent; only what it says. */
export interface TaskRoute {
  /** Role whose agent should do it, in the words of the document: `architecture`, `small_edit`. */
  readonly role?: string;
  /** Model, as the agent's program calls it. */
  readonly model?: string;
  /** How hard the model should think. */
  readonly effort?: string;
  /** `**Codex:** ok` and `no`: whether it may go to whoever does small edits. */
  readonly codex?: boolean;
  readonly complexity?: 'low' | 'medium' | 'high';
  /** A word of its text for which it is no small edit: it asks for judgement, or touches what is delicate. */
  readonly unfit?: string;
}

const KEYED =
  /^[ \t]*(?:[-*+][ \t]+)?(?:\*\*|__)(agent role|role|model|effort|reasoning effort|thinking|complexity|codex)(?:[ \t]*:[ \t]*(?:\*\*|__)|(?:\*\*|__)[ \t]*:)[ \t]*["'`_*(]*([A-Za-z0-9][\w./:-]{0,99})/gim;
const EFFORTS = /^(?:none|minimal|low|medium|high|xhigh|max)$/i;
const JUDGEMENT = /\b(?:consider|decide|choose between|design|explore)\b/i;
const DELICATE =
  /\b(?:secrets?|credentials?|oauth|passwords?|api keys?|private keys?|deploy(?:s|ed|ing|ment)?|destructive|production data(?:base)?|(?:schema|database|data) migrations?|drop table)\b/i;

/** Whether a word is a level of effort, and no estimate of time. */
export function isEffort(word: string): boolean {
  return EFFORTS.test(word.trim());
}

/** Reads what the text of one unit says about who should do it; `undefined`: nothing. */
export function routeOf(text: string): TaskRoute | undefined {
  const route: { -readonly [K in keyof TaskRoute]: TaskRoute[K] } = {};
  for (const [, key = '', raw = ''] of text.includes('**') || text.includes('__') ? text.matchAll(KEYED) : []) {
    const value = raw.replace(/[._:-]+$/, '');
    const word = value.toLowerCase();
    switch (key.toLowerCase()) {
      case 'role':
      case 'agent role':
        route.role ??= word.replaceAll('-', '_');
        break;
      case 'model':
        if (!/^(?:any|default|none)$/.test(word)) route.model ??= value;
        break;
      case 'complexity':
        if (word === 'low' || word === 'medium' || word === 'high') route.complexity ??= word;
        break;
      case 'codex':
        if (/^(?:ok|yes|true|no|false)$/.test(word)) route.codex ??= /^(?:ok|yes|true)$/.test(word);
        break;
      default:
        if (isEffort(word)) route.effort ??= word;
    }
  }
  const unfit = (JUDGEMENT.exec(text) ?? DELICATE.exec(text))?.[0];
  if (unfit !== undefined) route.unfit = unfit.toLowerCase();
  return Object.keys(route).length === 0 ? undefined : route;
}
