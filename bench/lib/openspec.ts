import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Chance } from './chance.ts';
import { noun, numbers, order, sentence } from './words.ts';

const SCENARIO = '#### Scenario: It is asked for\n- **WHEN** somebody asks\n- **THEN** it answers\n';

/** Ways in which a change is wrong, one after the other. */
const FAULTS: readonly ((name: string) => string)[] = [
  (name) => `## ADDED Requirements\n\n### Requirement: ${name}\nThe system SHALL answer.\n`,
  () => '# Nothing is changed here\n',
  (name) => {
    const requirement = `### Requirement: ${name}\nThe system SHALL answer.\n\n${SCENARIO}\n`;
    return `## ADDED Requirements\n\n${requirement}${requirement}`;
  },
];

/** Writes changes below `openspec/changes`, every 40th of them invalid; returns the names of these. */
export function writeChanges(root: string, count: number): ReadonlySet<string> {
  const chance = new Chance(3);
  const invalid = new Set<string>();
  mkdirSync(join(root, 'openspec/specs'), { recursive: true });
  writeFileSync(join(root, 'openspec/project.md'), '# Measured\n');
  for (const n of numbers(count)) {
    const id = `change-${noun(chance)}-${n}`;
    const folder = join(root, 'openspec/changes', id);
    const specs = join(folder, 'specs', noun(chance));
    mkdirSync(specs, { recursive: true });
    const fault = n % 40 === 0 ? FAULTS[(n / 40) % FAULTS.length] : undefined;
    if (fault !== undefined) invalid.add(id);
    writeFileSync(
      join(folder, 'proposal.md'),
      `## Why\n\n${sentence(chance)} People have been waiting for it for a long time.\n\n## What Changes\n\n- ${order(chance)}\n`,
    );
    const boxes = numbers(6).map((k) => `- [ ] 1.${k} ${order(chance)} in \`src/${noun(chance)}-${n}-${k}.ts\``);
    writeFileSync(join(folder, 'tasks.md'), `## 1. ${order(chance)}\n\n${boxes.join('\n')}\n`);
    const requirements = numbers(3).map(
      (k) => `### Requirement: ${order(chance)} ${k}\nThe system SHALL answer within ${k} s.\n\n${SCENARIO}`,
    );
    writeFileSync(
      join(specs, 'spec.md'),
      fault?.(`${order(chance)}`) ?? `## ADDED Requirements\n\n${requirements.join('\n')}`,
    );
  }
  return invalid;
}
