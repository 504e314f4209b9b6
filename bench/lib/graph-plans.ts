import { Chance } from './chance.ts';
import { noun, numbers, order } from './words.ts';

/** A graph with known faults, in a form that every writer below can say. */
export interface FaultyTask {
  readonly id: number;
  readonly title: string;
  readonly needs: readonly number[];
  readonly file: string;
}

export interface Faulty {
  readonly tasks: readonly FaultyTask[];
  /** The members of each circle. */
  readonly circles: readonly (readonly number[])[];
  /** How many needs name a task that is not there. */
  readonly dangling: number;
}

/**
 * Tasks that need up to `most` tasks before them. Every 500th and the four behind it form a circle, every 300th needs a
 * task that is not there, and one in ten changes a file that others change too.
 */
export function faultyGraph(count: number, { most = 3, seed = 11 } = {}): Faulty {
  const chance = new Chance(seed);
  const circles = numbers(Math.floor(count / 500)).map((n) => numbers(5).map((k) => n * 500 - 6 + k));
  const inCircle = new Map(circles.flatMap((ids, at) => ids.map((id) => [id, at] as const)));
  let dangling = 0;
  const tasks = numbers(count).map((id): FaultyTask => {
    const needs = new Set<number>();
    for (let left = chance.whole(0, most); left > 0 && id > 1; left--) {
      const need = chance.whole(Math.max(1, id - 50), id - 1);
      // What follows a circle may not wait for it, or every other fault would stand behind the first one.
      if (!inCircle.has(need)) needs.add(need);
    }
    const circle = circles[inCircle.get(id) ?? -1];
    if (circle !== undefined) needs.add(circle[(circle.indexOf(id) + 1) % circle.length] as number);
    if (id % 300 === 0) {
      needs.add(count + id);
      dangling++;
    }
    const file = chance.next() < 0.1 ? `src/shared/${noun(chance)}-${id % 40}.ts` : `src/${noun(chance)}/part-${id}.ts`;
    return { id, title: `${order(chance)} ${id}`, needs: [...needs].sort((a, b) => a - b), file };
  });
  return { tasks, circles, dangling };
}

/** The graph as a plan of kind task. */
export function faultyPlan({ tasks }: Faulty): string {
  const parts = tasks.map(({ id, title, needs, file }) => {
    const list = needs.length === 0 ? 'none' : needs.map((need) => `T${need}`).join(', ');
    return `### Task ${id}: ${title}\n\n**Files:** \`${file}\`\n**Needs:** ${list}\n**Verify:** \`true\`\n`;
  });
  return `# A plan with faults\n\n## Tasks\n\n${parts.join('\n')}`;
}

/** The graph as Task Master keeps it. */
export function faultyTaskMaster({ tasks }: Faulty): string {
  const list = tasks.map(({ id, title, needs, file }) => ({
    id,
    title,
    description: `Change ${file}`,
    status: 'pending',
    priority: 'medium',
    dependencies: needs,
    details: `Change \`${file}\`.`,
    testStrategy: 'Run `npm test`',
    subtasks: [],
  }));
  const at = '2031-01-01T00:00:00.000Z';
  return JSON.stringify({ master: { tasks: list, metadata: { created: at, updated: at, description: 'x' } } }, null, 2);
}
