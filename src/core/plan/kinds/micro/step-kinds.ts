import type { StepKind } from './model.ts';

const LINT =
  /\b(?:lint\w*|golangci\S*|ruff|e?slint|oxlint|clippy|vet|type-?checks?|typecheck\w*|mypy|pyright|flake8|shellcheck|markdownlint|prettier|gofmt|black|format(?:ting|ter)?|static analysis)\b/i;

/** What a step is for, by its title. */
export function stepKind(title: string): StepKind {
  const text = title.slice(0, 300).toLowerCase();
  if (commitsNothing(text)) return 'other';
  if (/^(?:git )?commit\b|\bcommit(?:s| the| your| and push| changes| results)?\W*(?:\(.*\))?$/.test(text))
    return 'commit';
  const looks =
    /^(?:re-?)?(?:run|runs|verify|verification|confirm|check|ensure|watch|see|observe|execute|build|compile|validate)\b/.test(
      text,
    );
  if (
    looks &&
    /\bfail(?:s|ing|ure|ures)?\b|\bred\b|\bdoes not (?:pass|compile)\b/.test(text) &&
    !/\bno\s+fail/.test(text)
  ) {
    return 'run-fail';
  }
  if (looks && LINT.test(text)) return 'lint';
  if (/^lint\b|^type-?check|^static analysis/.test(text)) return 'lint';
  if (
    /^(?:write|add|create|update|extend|adjust|adapt|define|draft|port)\b.*\btests?\b|\bfailing tests?\b|^tests?\b(?!.*\bpass)|^red\b/.test(
      text,
    )
  ) {
    return 'test';
  }
  if (
    looks &&
    /\btests?\b|\bpass(?:es|ing)?\b|\bgreen\b|\bsuites?\b|\bbuilds?\b|\bcompil|\bclean\b|\bregressions?\b|^verif|^validate/.test(
      text,
    )
  ) {
    return 'run-pass';
  }
  if (/^green\b|^tests? pass/.test(text)) return 'run-pass';
  if (/^(?:grep|scan|search|diff|compare|count|inspect|read)\b.*\b(?:verify|confirm|check|ensure)\b/.test(text))
    return 'run-pass';
  if (looks) return 'other';
  if (
    /^(?:impl\w*|add|create|write|make|update|change|modify|refactor|replace|remove|delete|move|rename|extract|register|wire|handle|support|introduce|extend|fix|define|record|document|apply|use|switch|convert|migrate|edit|port|minimal|optimi[sz]e|reduce|improve|simplify|split|merge|insert|append|adjust|configure|set|bump|rewrite|inline|expose|export|enable|disable|drop|tighten|relax|qualify|clean|restructure|reorgani[sz]e|annotate|guard|populate|propagate|initiali[sz]e|declare|copy)\b/.test(
      text,
    ) ||
    /\bimplement(?:ation|s)?\b/.test(text)
  ) {
    return 'impl';
  }
  return LINT.test(text) ? 'lint' : 'other';
}

/** Whether a step looks at what is there before anything is changed: `Verify current state`. */
export function looksBefore(title: string): boolean {
  return /^(?:verify|confirm|check|record|capture|measure|count|inspect|grep)\b.{0,60}\b(?:current|existing|initial|starting|baseline|old) (?:state|counts?|content|occurrences|instances|references)\b/i.test(
    title.slice(0, 200),
  );
}

/** Whether a step says that there is nothing to commit: `No commit needed`. */
export function commitsNothing(title: string): boolean {
  return /^no (?:commit|changes? to commit)\b|^nothing to commit\b/i.test(title.slice(0, 200));
}

/** The step that a key of the compact form stands for, `undefined` for other labels. */
export function keyKind(label: string): StepKind | undefined {
  if (/^(?:failing )?tests?(?: first| code| file)?$/.test(label)) return 'test';
  if (/^(?:impl|implement|implementation|change|changes|code)$/.test(label)) return 'impl';
  if (/^(?:verify|verification|verify commands?|verification commands?|check)$/.test(label)) return 'run-pass';
  if (/^(?:re-?)?(?:run|execute)(?: [a-z-]{1,20}){1,6}$/.test(label)) {
    if (/\bfail/.test(label)) return 'run-fail';
    return LINT.test(label) ? 'lint' : 'run-pass';
  }
  if (/^lint$/.test(label)) return 'lint';
  if (/^commit(?: message)?$/.test(label)) return 'commit';
  return undefined;
}

/** Whether a command checks style or types rather than behaviour. */
export function isLint(command: string): boolean {
  return LINT.test(command.slice(0, 500));
}

/** Whether a command changes the history or the remote: never a proof of anything. */
export function isMutation(command: string): boolean {
  return /(?:^|[\s;&|(])(?:git\s+(?:-\S{1,200}\s+){0,4}(?:add|am|branch|checkout|cherry-pick|clean|commit|merge|mv|push|rebase|reset|restore|rm|stash|switch|tag|worktree)\b|gh\s+(?:pr|issue|release)\b)/.test(
    command.slice(0, 20_000),
  );
}

/** Whether an expectation says that the command fails. */
export function expectsFailure(expected: string): boolean {
  const text = expected
    .slice(0, 1000)
    .toLowerCase()
    .replace(
      /\b(?:no|zero|0|without|not|never)\s+(?:\w+\s+){0,2}(?:fail\w*|errors?|panics?|regress\w*|issues?|warnings?)\b/g,
      ' ',
    );
  const fail = /\bfail(?:s|ed|ing|ure|ures)?\b/.exec(text);
  const pass =
    /\bpass(?:es|ed|ing)?\b|\bok\b|\bsuccess\w*|\bsucceeds?\b|\bgreen\b|\bclean\b|\bexit(?:s|ed)?(?: with)?(?: code| status)? 0/.exec(
      text,
    );
  if (fail !== null) return pass === null || fail.index < pass.index;
  // An "error" may be what the tests that pass are about.
  return (
    pass === null &&
    /\berrors?\b|\bundefined\b|\bnot (?:defined|found|declared|compile)\b|\bcannot\b|\bpanics?\b|\bnon-?zero\b|\bexit(?:s|ed)?(?: with)?(?: code| status)? [1-9]|\bred\b/.test(
      text,
    )
  );
}

/** Whether an expectation says that the command succeeds. */
export function expectsSuccess(expected: string): boolean {
  return (
    !expectsFailure(expected) &&
    /\bpass|\bok\b|\bsucce|\bgreen\b|\bclean\b|\bno (?:new )?\w+|\b0\b/i.test(expected.slice(0, 1000))
  );
}
