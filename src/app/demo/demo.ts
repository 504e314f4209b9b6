import { err, ok, type Result } from '../../core/base/result.ts';
import { EXIT, type AppRefusal } from '../api.ts';
import type { Context } from '../context.ts';
import { makeScratch } from '../scratch.ts';
import { AGENT } from './agent.ts';
import { PLAN, PROJECT } from './project.ts';

export interface Demo {
  /** The sample repository, on which the run is to be started. */
  readonly directory: string;
  readonly plan: string;
  /** What a person should know before and after. */
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** Makes the sample project of the demo in a temporary directory: a repository with a plan and a configured agent. */
export async function prepareDemo(context: Context): Promise<Result<Demo, AppRefusal>> {
  const { io } = context;
  const home = `${context.env['TMPDIR'] ?? '/tmp'}/masterplan-demo-${io.random.hex(4)}`;
  const directory = `${home}/invoices`;
  const files: Record<string, string> = {
    ...PROJECT,
    'plan.md': PLAN,
    '.masterplan.yaml': `# The agent of the demo is a script; the end of the demo says how to use a real one.
agents:
  scripted:
    command: [${JSON.stringify(context.node)}, ${JSON.stringify(`${home}/agent.mjs`)}]
parallelism:
  max_agents: 3
`,
  };
  const made = await makeScratch(context, {
    directory,
    files,
    name: 'Demo',
    message: 'A small project and a plan',
    what: 'the sample project',
  });
  if (!made.ok) return made;
  try {
    await io.files.write(`${home}/agent.mjs`, AGENT);
  } catch (error) {
    return err({
      message: `cannot make the sample project: ${error instanceof Error ? error.message : String(error)}`,
      hint: 'set TMPDIR to a directory that can be written',
      exit: EXIT.failed,
    });
  }
  return ok({
    directory,
    plan: 'plan.md',
    before: [
      `A small project with its own tests and a plan of seven tasks is in ${directory}.`,
      'The agents here are scripts with prepared work: no model is asked, nothing leaves this machine.',
      'One of them writes code that fails its tests the first time, another is killed in the middle of its work.',
    ],
    after: [
      `The project stays in ${directory}: look around, or remove it.`,
      'To use real agents in your own repository, name them in .masterplan.yaml:',
      '',
      '    agents:',
      '      claude: {env: [ANTHROPIC_API_KEY]}                # or log in: claude, then /login',
      '      codex: {}',
      '      mine: {command: [any-program-that-reads-a-brief]}',
      '    roles: {implement: claude}',
      '',
      '    masterplan agents               # what is installed here',
      '    masterplan agents test claude   # whether it works',
      '',
      'then: masterplan run plan.md',
    ],
  });
}
