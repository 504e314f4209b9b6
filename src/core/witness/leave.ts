/** What the text of a task, which a person approved, allows to be done to tests and checks. */
export interface Leave {
  /** Tests may change: the task says so. */
  readonly tests: boolean;
  /** Tests must not change: the task says so. */
  readonly fixed: boolean;
  /** The title speaks of tests, and not of making them pass. */
  readonly about: boolean;
  /** The task wants another behaviour than before, so what tests expect changes with it. */
  readonly behaviour: boolean;
  /** The task takes something away. */
  readonly removal: boolean;
  /** Tests may be left out for a time. */
  readonly quarantine: boolean;
  /** The text names this, as a word of its own. */
  mentions(word: string): boolean;
  /** Where the text names a number, in digits or as a word. */
  places(number: string): readonly number[];
  /** A sentence of the text speaks of this and of doing less. */
  relaxes(topic: RegExp): boolean;
  matches(pattern: RegExp): boolean;
}

const NOUN = String.raw`(?:unit |integration )?(?:tests?|specs?|test cases?|test suites?|expectations?|assertions?|snapshots?|fixtures?|golden files?|expected (?:output|results?|values?))`;
const CHANGE = new RegExp(
  String.raw`\b(?:updat|adapt|adjust|chang|rewrit|rework|revis|refresh|regenerat|re-?record|migrat|port|convert|moderni[sz]|translat|renam|mov|split|merg|parameteri[sz]|paramet(?:e)?r|consolidat|reorgani[sz]|refactor|simplif|clean(?:ing)? up|loosen|relax|delet|remov|drop|skip|replac)(?:e|es|ed|ing|t|y|ies|ise|ize)?\b((?:\s+(?!so\b|that\b|until\b|because\b|when\b|if\b|to make\b)[\w'’\x60./*()-]+){0,5}?)\s+${NOUN}\b(?!['’]s?\s)(?!\W+(?:\w+\W+){0,2}(?:pass|passes|succeed|green))`,
  'gi',
);
const FOLLOW = new RegExp(
  String.raw`\b${NOUN}\b[^.\n]{0,30}\b(?:change|must change|may change|(?:are|is|get|be) (?:updated|adapted|adjusted|regenerated|rewritten|migrated|ported|converted|moved|renamed|replaced|removed|deleted|split|parameteri[sz]ed)|need(?:s)? (?:updating|to be updated|to change)|follow)\b`,
  'gi',
);
const FORBIDS = new RegExp(
  String.raw`\b(?:do not|don['’]t|never|must not|may not|without|not to|no)\b[^.\n]{0,40}\b(?:chang|touch|edit|modif|alter|updat|weaken|delet|remov|skip|adapt|rewrit)\w*[^.\n]{0,30}\b${NOUN}\b|\b${NOUN}\b[^.\n]{0,30}\b(?:stay|remain|are left|must not|may not|do not|don['’]t|unchanged|as they are)\b`,
  'i',
);
const ANNOTATION = /^[ \t>*-]*(?:\*\*|__)?tests?(?:\*\*|__)?\s*:(?:\*\*|__)?\s*([^\n]+)/gim;
const BEHAVIOUR =
  /\binstead of\b|\brather than\b|\bfrom now on\b|\bno longer\b|\bnow (?:be|return|show|say|use|throw|reject|accept|mean|count|include|exclude|round)\w*\b|\bchang\w*\b[^.\n]{0,60}\b(?:from|to|into)\b|\bfrom\s+[`'"\d][^\n]{0,40}\bto\s+[`'"\d]|\b(?:renam|switch|replac|increas|decreas|rais|lower|bump|becom)(?:e|es|ed|ing|s)?\b|\bbreaking\b|\bnew (?:default|format|wording|message|text|rate|limit|price|order|layout|output)\b|→|->/i;
const REMOVAL =
  /\b(?:remov|delet|drop|retir|deprecat|get(?:ting)? rid|strip|prun|eliminat|obsolet|dead code|unused|no longer|replac|consolidat|merg|inlin|supersed|migrat|simplif|rewrit|rewrot|extract|split|refactor|clean)/i;
const QUARANTINE = /\b(?:quarantin|skip|disabl|ignor|mark\w*[^.\n]{0,20}\b(?:flaky|xfail|pending|todo))/i;

const ABOUT = new RegExp(String.raw`\b(?:${NOUN}|tested|recordings?)\b`, 'i');
const DEMAND =
  /\b(?:pass(?:es|ed|ing)?|succeeds?|green|red|fail(?:s|ed|ing|ures?)?|fix(?:e[sd]|ing)?|bugs?|broken|wrong|repair\w*|correct\w*|add(?:s|ed|ing)?|write|new|more|cover\w*|must|should|make[s]?)\b/i;

/** Reads what a task allows. `text` is the task as the plan has it, title included. */
export function leaveOf(text: string): Leave {
  const plain = text.replace(/```[^\n]*\n[^]*?```/g, (fence) => fence.replace(/^```[^\n]*|```$/g, ' '));
  const annotations = [...plain.matchAll(ANNOTATION)].map(([, value = '']) => value);
  const says = annotations.some(
    (value) =>
      /\b(?:may |must |will )?(?:change|be changed|updated?|adapt\w*|rewrit\w*|removed?|deleted?|migrat\w*|moved?|yes|allowed)\b/i.test(
        value,
      ) && !/\b(?:not|never|no|unchanged|without)\b/i.test(value),
  );
  const forbids =
    FORBIDS.test(plain) ||
    annotations.some((value) => /\b(?:unchanged|must not|may not|do not|never|frozen|fixed)\b/i.test(value));
  const named = [...plain.matchAll(CHANGE), ...plain.matchAll(FOLLOW)].some(
    (match) =>
      !/\b(?:not|never|without|no|don['’]t)\s+(?:\w+\s+){0,2}$/i.test(
        plain.slice(Math.max(0, match.index - 40), match.index),
      ),
  );
  const tests = says || (named && !forbids);
  const [title = ''] = plain.trim().split('\n');
  const sentences = plain.split(/(?<=[.!?])\s+|\n\s*\n|\n(?=\s*[-*#])/);
  return {
    tests,
    fixed: forbids,
    about: !forbids && ABOUT.test(title) && !DEMAND.test(plain),
    behaviour: BEHAVIOUR.test(plain),
    removal: REMOVAL.test(plain),
    quarantine:
      !forbids &&
      sentences.some(
        (one) =>
          QUARANTINE.test(one) &&
          /\b(?:tests?|specs?|flaky)\b/i.test(one) &&
          !/\b(?:not|never|without|don['’]t)\b/i.test(one),
      ),
    mentions: (word) =>
      word.length > 0 &&
      new RegExp(String.raw`(?<![\w])${word.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}(?![\w])`).test(plain),
    places: (number) => placesOf(plain, number),
    relaxes: (topic) =>
      sentences.some(
        (one) =>
          topic.test(one) &&
          /\b(?:disabl|relax|lower|loosen|allow|turn\w* off|switch\w* off|remov|drop|delet|optional|non-?blocking|exclud|ignor|skip|replac|migrat|switch|reduc|rais|mov(?:e|ing)\b)/i.test(
            one,
          ) &&
          !/\b(?:do not|don['’]t|never|must not|without)\b/i.test(one),
      ),
    matches: (pattern) => pattern.test(plain),
  };
}

/** The change of what tests expect is one that the task speaks of. */
export function allowed(leave: Leave, gained: readonly string[], lost: readonly string[] = []): boolean {
  if (leave.tests || leave.behaviour || becomes(leave, lost, gained)) return true;
  return gained.some((literal) => {
    const plain = literal.replace(/^'|'$/g, '');
    return (
      (plain.length > 1 || /[^\d]/.test(plain)) &&
      !/^(?:true|false|null|nil|none)$/.test(plain) &&
      leave.mentions(plain)
    );
  });
}

/** The text names the old value and, behind it, the new one: "gives 2. It must be 3". The other way round it is the old one that is wanted. */
function becomes(leave: Leave, lost: readonly string[], gained: readonly string[]): boolean {
  const last = (literal: string): number => (/^-?\d/.test(literal) ? (leave.places(literal).at(-1) ?? -1) : -1);
  const [old, now] = [lost.map(last), gained.map(last)];
  return (
    !leave.fixed &&
    old.length > 0 &&
    now.length > 0 &&
    [...old, ...now].every((at) => at >= 0) &&
    Math.max(...old) < Math.min(...now)
  );
}

const SMALL =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty'.split(
    ' ',
  );

function placesOf(text: string, number: string): readonly number[] {
  const word = SMALL[Number(number)];
  const escaped = number.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  const digits = String.raw`(?<![\w.-]|\d,)${escaped}(?![\w]|[.,]\d)`;
  return [...text.matchAll(new RegExp(word === undefined ? digits : `${digits}|\\b${word}\\b`, 'gi'))].map(
    ({ index }) => index,
  );
}
