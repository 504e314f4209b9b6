import { labelOf, type Vocabulary } from '../../annotations.ts';
import type { Section } from '../../markdown/sections.ts';
import type { Aspect, MacroSections } from './model.ts';

/**
 * What sections are known by; letters differ between the two layouts in use, so none is looked at. The first section of
 * the highest level that matches is it.
 */
const SECTIONS: Readonly<Record<keyof MacroSections, RegExp>> = {
  summary: /^(?:executive|management) (?:summary|overview)$|^summary$/,
  recon: /\brecon(?:naissance)?\b|^codebase (?:survey|inventory|analysis|findings)$/,
  objectives: /\bobjectives\b|^(?:high level )?goals\b/,
  concept: /^concept(?:ual)? model|^system model$/,
  risks: /\brisk register\b|^(?:architectural |architecture )?risks?(?: and (?:validation|mitigations?).*)?$/,
  evolution: /^architect(?:ural|ure) evolution\b|^evolution$/,
  frozen: /^frozen (?:interfaces?|apis?|contracts?|signatures?)\b/,
  crossCutting: /^cross cutting\b/,
  series:
    /^(?:pr|pull request|work package|wp) (?:series|plan|plans|breakdown|sequence|list|entries)\b|^pull requests$|^prs$|^work packages?$|^ordered (?:prs|pull requests|work packages)$/,
  dag: /\bdependency (?:dag|graph|diagram|order)\b|^(?:pr )?dag\b|^execution order\b|^dependencies$|^merge (?:sequence|sequencing|order)$/,
  friction: /^extension friction\b/,
  prevention: /^(?:design )?bug prevention\b|^design bug\b|^prevention checklist\b/,
  revisions:
    /^revisions?(?: (?:notes?|log|record))?$|^(?:plan )?revision (?:notes?|log|record|history)$|^change ?log$|^status(?: and revisions?)?$/,
};

/** Finds the sections of a document, given all of them in document order. */
export function macroSections(all: readonly Section[]): MacroSections {
  const found: Partial<Record<keyof MacroSections, Section>> = {};
  for (const section of all) {
    for (const name of Object.keys(SECTIONS) as (keyof MacroSections)[]) {
      const other = found[name];
      // A title such as "Dependency DAG" inside a pull request's own entry is higher than nothing.
      if (other !== undefined && other.heading.level <= section.heading.level) continue;
      if (SECTIONS[name].test(section.key)) found[name] = section;
    }
  }
  return found as MacroSections;
}

/** What the key of a section that is about this matches. */
export function sectionKey(name: keyof MacroSections): RegExp {
  return SECTIONS[name];
}

/** Whether a section is about this. */
export function isAbout(section: Section, name: keyof MacroSections): boolean {
  return SECTIONS[name].test(section.key);
}

const FIELDS: ReadonlyMap<string, string> = new Map(
  (
    [
      ['title', ['title', 'pr title']],
      [
        'block',
        ['building block change', 'building block changes', 'building block', 'building blocks', 'block change'],
      ],
      ['type', ['extension type', 'type of extension']],
      ['motivation', ['motivation', 'why', 'rationale', 'purpose']],
      ['scope', ['scope', 'scope and deliverables', 'deliverables', 'summary', 'in scope']],
      ['out', ['out of scope']],
      [
        'guarantees',
        [
          'behavioral guarantees',
          'behavioural guarantees',
          'behavioral contracts',
          'behavioural contracts',
          'guarantees',
          'contracts',
          'module contract',
          'module contracts',
          'contract',
        ],
      ],
      ['risks', ['risks', 'risk', 'risks and mitigations']],
      ['cross-cutting', ['cross cutting', 'cross cutting changes', 'cross cutting work']],
      ['gate', ['validation gate', 'validation gates', 'gate']],
      ['architecture', ['architectural impact', 'architecture impact']],
      ['api', ['api surface changes', 'api surface', 'api changes']],
      [
        'files',
        [
          'files changed',
          'files',
          'file inventory',
          'files touched',
          'file changes',
          'key changes',
          'changed files',
          'files affected',
          'primary files',
          'files to change',
          'what was done',
        ],
      ],
      ['cli', ['cli changes', 'cli', 'cli flags', 'configuration changes']],
      [
        'tests',
        [
          'test categories',
          'tests',
          'testing',
          'test strategy',
          'test plan',
          'test updates required',
          'test updates',
          'test coverage',
        ],
      ],
      [
        'docs',
        ['documentation updates', 'documentation', 'docs', 'documentation update', 'docs updates', 'doc updates'],
      ],
      ['friction', ['extension friction', 'friction']],
      ['parallel', ['parallel development', 'parallel with', 'parallelism']],
      ['reviewable', ['why independently reviewable', 'independently reviewable']],
      ['no-dead-code', ['why no dead code', 'no dead code', 'exercised by', 'how exercised']],
      ['loc', ['loc estimate', 'loc', 'estimated loc', 'size']],
      [
        'needs',
        [
          'depends on',
          'dependencies',
          'dependency',
          'depends',
          'prerequisites',
          'prerequisite',
          'blocked by',
          'needs',
          'requires',
          'after',
        ],
      ],
      [
        'interfaces',
        ['interfaces', 'interface status', 'interface stability', 'frozen interfaces', 'freezes', 'frozen or flexible'],
      ],
      ['status', ['status', 'state']],
      ['pull', ['pr', 'pull request']],
      ['source', ['issue', 'issues', 'closes']],
      ['branch', ['branch']],
      ['micro-plan', ['micro plan', 'micro plans']],
      ['agent', ['agent']],
      ['estimate', ['estimate', 'estimated effort', 'effort']],
      ['verify', ['verify', 'verification', 'verify commands']],
      ['rounds', ['rounds', 'max rounds', 'maximum rounds', 'loop', 'iterations', 'repeat']],
      ['until', ['until', 'exit', 'exit when', 'exit condition', 'exit criteria', 'stop when', 'success']],
      ['abort', ['abort', 'abort when', 'abort plan', 'abort condition', 'abort criteria']],
    ] satisfies readonly (readonly [string, readonly string[]])[]
  ).flatMap(([name, labels]) => labels.map((label): [string, string] => [label, name])),
);

/** What a label in a pull request's entry is about, whatever its spelling; `undefined` for anything else. */
export function fieldName(label: string): string | undefined {
  return FIELDS.get(label) ?? FIELDS.get(labelOf(label.replace(/\//g, ' ')));
}

/** Labels that count even when written plainly; ordinary words of sentences are left out. */
export const PLAIN_FIELDS: Vocabulary = new Set(
  [...FIELDS.keys()].filter(
    (label) => label.includes(' ') || /^(?:scope|title|motivation|tests|dependencies|verify)$/.test(label),
  ),
);

const ASPECT_LABELS: ReadonlyMap<string, Aspect> = new Map<string, Aspect>([
  ['observes', 'observes'],
  ['observe', 'observes'],
  ['reads', 'observes'],
  ['controls', 'controls'],
  ['control', 'controls'],
  ['decides', 'controls'],
  ['owns', 'owns'],
  ['own', 'owns'],
  ['state owned', 'owns'],
  ['owned state', 'owns'],
  ['invariants', 'invariants'],
  ['invariant', 'invariants'],
  ['events', 'events'],
  ['event', 'events'],
  ['friction', 'friction'],
  ['extension friction', 'friction'],
]);

/** The part of a building block's contract that a label names. */
export function aspectOf(label: string): Aspect | undefined {
  return ASPECT_LABELS.get(label) ?? ASPECT_LABELS.get(labelOf(label));
}

export const ASPECT_VOCABULARY: Vocabulary = new Set(ASPECT_LABELS.keys());
