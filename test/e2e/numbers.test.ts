import { expect, test } from 'vitest';
import { expectOrder } from '../rig/order.ts';
import { planOf } from '../rig/plan.ts';
import { project } from '../rig/world.ts';

/** Makes the lock file and the snapshot from what they are of. */
const GENERATE = `
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
writeFileSync('lock.json', JSON.stringify(Object.entries(dependencies).sort(), null, 1));
writeFileSync('snapshots/all.txt', readdirSync('migrations').sort().join('\\n') + '\\n');
`;

/** Everything fits together: numbers without gaps and doubles, lock and snapshot of exactly what is there. */
const CHECK = `
import { readdirSync, readFileSync } from 'node:fs';
const migrations = readdirSync('migrations').sort();
migrations.forEach((name, at) => {
  if (!name.startsWith(String(at + 1).padStart(4, '0') + '_')) throw new Error('number of ' + name);
  if (!readFileSync('migrations/' + name, 'utf8').includes(name.slice(0, -4))) throw new Error(name + ' names another one');
});
const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
const lock = JSON.parse(readFileSync('lock.json', 'utf8'));
if (JSON.stringify(lock) !== JSON.stringify(Object.entries(dependencies).sort())) throw new Error('the lock is stale');
if (readFileSync('snapshots/all.txt', 'utf8') !== migrations.join('\\n') + '\\n') throw new Error('the snapshot is stale');
`;

const TASKS = Array.from({ length: 10 }, (_, at) => `T${at + 1}`);

test(
  'ten branches that each add a migration, a dependency and a snapshot all land without a person',
  { timeout: 180_000 },
  async () => {
    const plan = planOf(TASKS.map((id) => ({ id, title: `Add ${id}`, verify: [`grep -q dep-${id} package.json`] })));
    const world = await project({
      plan: plan.replace(/^\*\*Files:\*\* .*\n\n/gm, ''),
      files: {
        'package.json': '{\n  "dependencies": {\n    "aaa": "1.0.0",\n    "zzz": "1.0.0"\n  }\n}\n',
        'lock.json': JSON.stringify(
          [
            ['aaa', '1.0.0'],
            ['zzz', '1.0.0'],
          ],
          null,
          1,
        ),
        'migrations/0001_begin.sql': '-- 0001_begin\n',
        'snapshots/all.txt': '0001_begin.sql\n',
        'CHANGELOG.md': '# Changelog\n\n- #1 Begin.\n',
        'generate.mjs': GENERATE,
        'check.mjs': CHECK,
      },
      config: {
        parallelism: { max_agents: 10 },
        verify: { commands: ['node check.mjs'] },
        landing: {
          batch: 4,
          numbers: [{ files: 'migrations/{number}_*.sql' }, { in: 'CHANGELOG.md', entry: '#{number}' }],
          union: ['package.json', 'CHANGELOG.md'],
          generators: [
            {
              paths: ['lock.json', 'snapshots/'],
              command: 'node generate.mjs',
              inputs: ['package.json', 'migrations/'],
            },
          ],
        },
      },
    });
    const run = world.run();
    const agents = await Promise.all(TASKS.map(async (id) => world.agent(id)));
    for (const agent of agents) {
      const { task } = agent;
      const id = task.toLowerCase();
      await agent.write(`migrations/NNNN_${id}.sql`, `-- NNNN_${id}\n`);
      await agent.write(
        'package.json',
        `{\n  "dependencies": {\n    "aaa": "1.0.0",\n    "dep-${task}": "1.0.0",\n    "zzz": "1.0.0"\n  }\n}\n`,
      );
      await agent.write('CHANGELOG.md', `# Changelog\n\n- #NNNN Adds ${task} (NNNN_${id}).\n- #1 Begin.\n`);
      await agent.sh(`'${process.execPath}' generate.mjs`);
      await agent.done();
    }
    expect((await run.end()).code).toBe(3);
    expect(
      world
        .eventsOf('merge_finished')
        .map(({ task }) => task)
        .toSorted(),
    ).toEqual(TASKS.toSorted());
    expect(world.eventsOf('attempt_started')).toHaveLength(10);
    const files = world.files();
    const migrations = Object.keys(files).filter((path) => path.startsWith('migrations/'));
    expect(migrations.map((path) => Number(path.slice(11, 15)))).toEqual(Array.from({ length: 11 }, (_, at) => at + 1));
    expect(files['snapshots/all.txt']).toBe(migrations.map((path) => path.slice(11)).join('\n'));
    const entries = files['CHANGELOG.md']?.match(/^- #\d+/gm)?.map((entry) => Number(entry.slice(3)));
    expect(entries?.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 11 }, (_, at) => at + 1));
    for (const path of migrations) expect(files[path]).toBe(`-- ${path.slice(11, -4)}`);
    expect(files['CHANGELOG.md']).toContain(`(${migrations.find((path) => path.endsWith('_t7.sql'))?.slice(11, -4)})`);
    await expectOrder(world);
  },
);
