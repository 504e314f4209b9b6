import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import type { Finding } from '../../../src/core/base/finding.ts';
import type { PlanTask } from '../../../src/core/plan/model.ts';
import { parsePlan } from '../../../src/core/plan/parse.ts';

const CASES = join('test', 'cases', 'plans');

/** What is compared: everything a run acts on, without what has its default value. */
function shown(text: string, fileName: string): unknown {
  const parsed = parsePlan(text, { fileName });
  if (!parsed.ok) {
    return {
      unknown: null,
      near: parsed.error.near.map(({ kind }) => kind),
      findings: parsed.error.findings.map(line),
    };
  }
  const plan = parsed.value;
  return {
    kind: plan.kind,
    title: plan.title,
    slug: plan.slug,
    context: plan.context.split('\n').filter((one) => one !== ''),
    tasks: plan.units.map(({ task, boxes, criteria, span, text: own }) => ({
      ...bare(task),
      lines: `${span.line}-${own.trimEnd().split('\n').length + span.line - 1}`,
      boxes: boxes.map((box) => `${box.mark.line}:${box.mark.column}${box.ticked ? ' ticked' : ''}`),
      criteria,
    })),
    verify: plan.verify,
    boxes: plan.boxes.map((box) => box.mark.line),
    findings: plan.findings.map(line),
  };
}

function bare({ id, title, unit, needs, scope, verify, nonCommitting, agent, estimate }: PlanTask): object {
  return { id, title, unit, needs, scope, verify, ...(nonCommitting ? { nonCommitting } : {}), agent, estimate };
}

function line({ severity, rule, span, message, hint }: Finding): string {
  expect(hint).not.toBe('');
  return `${span.line}:${span.column} ${severity} ${rule} ${message}`;
}

const names = readdirSync(CASES)
  .filter((name) => name.endsWith('.md'))
  .map((name) => name.slice(0, -3));

// `vitest run -u` writes what is: read the difference before it is committed.
test.each(names)('%s', async (name) => {
  const text = readFileSync(join(CASES, `${name}.md`), 'utf8');
  const actual = `${JSON.stringify(shown(text, `${name}.md`), null, 2)}\n`;
  await expect(actual).toMatchFileSnapshot(resolve(CASES, `${name}.json`));
});
