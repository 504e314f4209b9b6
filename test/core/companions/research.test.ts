import fc from 'fast-check';
import { expect, test } from 'vitest';
import { utf8 } from '../../../src/core/base/text.ts';
import {
  bundlesNamed,
  readResearch,
  researchNotes,
  researchTemplate,
} from '../../../src/core/companions/bundle/research.ts';
import { companionKindOf } from '../../../src/core/companions/detect.ts';
import { lintCompanion } from '../../../src/core/companions/lint.ts';

const template = researchTemplate({ topic: 'refresh tokens', question: undefined, day: '2026-11-22' });

test('the template has every part: only what is to be filled in keeps it from being ready', () => {
  expect(companionKindOf('.agents/bundles/refresh-tokens-research.md', template)).toBe('bundle');
  expect(lintCompanion(template, 'bundle')).toEqual([]);
  expect(readResearch(template)).toMatchObject({ topic: 'refresh tokens', day: '2026-11-22', parts: [], unfilled: 8 });
  const filled = template.replaceAll(/\[[^\]]+\]/g, 'Sessions end in src/session.ts:40');
  expect(readResearch(filled)).toMatchObject({ unfilled: 0 });
  expect(readResearch(filled).parts.map(({ name }) => name)).toEqual([
    'Question',
    'Findings',
    'Constraints',
    'Success criteria',
    'Open questions',
    'Recommendations',
  ]);
});

test('a plan names bundles by their path, each once, and nothing outside of their directory', () => {
  expect(
    bundlesNamed(
      '**Source:** `.agents/bundles/a-research.md`, ./.agents/bundles/a-research.md and (.agents/bundles/b.yaml). x/.agents/bundles/c.md .agents/bundles/../d.md .agents/bundles/e..f.md',
    ),
  ).toEqual(['.agents/bundles/a-research.md', '.agents/bundles/b.yaml']);
});

test('a YAML bundle is read, too; what a brief gets of bundles is bounded whatever they hold', () => {
  const yaml =
    'bundle_type: research\ntopic: cache\nfindings_summary:\n  - reads are 90 %\n  - writes are not atomic\n';
  expect(researchNotes([{ path: 'p', text: yaml }])).toEqual([
    { path: 'p', topic: 'cache', text: '**Findings**\n\n- reads are 90 %\n- writes are not atomic' },
  ]);
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 700, unit: 'grapheme' }), { maxLength: 40 }), (findings) => {
      const text = `bundle_type: research\ntopic: t\nfindings_summary:\n${findings.map((one) => `  - x ${one}`).join('\n')}\n`;
      const notes = researchNotes([1, 2, 3].map((at) => ({ path: `p${at}`, text })));
      expect(utf8(notes.map((one) => one.text).join('')).length).toBeLessThanOrEqual(4000 + 3 * 40);
    }),
  );
});
