import {
  type Attempted,
  contained,
  type ContainmentTool,
  type Place,
  placesOf,
} from '../../core/agents/containment.ts';
import { err, ok, type Result } from '../../core/base/result.ts';
import { oneLine } from '../../core/base/text.ts';
import { heldAs, policiesOf } from '../../core/run/containing.ts';
import type { Role } from '../../core/run/role.ts';
import type { RunSettings } from '../../core/run/settings.ts';
import type { Io } from '../../io/io.ts';
import type { Performing } from '../perform/performer.ts';

/** What programs are looked for and started with. */
interface Base {
  readonly PATH: string;
  readonly HOME: string;
}

/** Milliseconds for trying whether a tool works. */
const TRIAL = 10_000;

/**
 * The program of this machine that contains agents, tried out: many machines have it and do not let it work. An error says why there is
 * none, in words that go on a line.
 *
 * @param isolated  whether an agent is to have no network: that is a right of its own
 */
export async function findContainment(
  io: Io,
  base: Base,
  isolated: boolean,
): Promise<Result<ContainmentTool, { readonly message: string; readonly hint: string }>> {
  const find = async (name: string): Promise<string> => {
    const { stdout } = await io.processes.run(
      { argv: ['sh', '-c', 'command -v "$1"', 'sh', name], cwd: '/', env: { ...base } },
      { timeout: TRIAL },
    );
    return new TextDecoder().decode(stdout).trim();
  };
  let refused: { readonly message: string; readonly hint: string } = {
    message: 'bubblewrap is not installed',
    hint: 'apt-get install bubblewrap (or your system\'s way to install "bwrap")',
  };
  for (const kind of ['bwrap', 'sandbox-exec'] as const) {
    const path = await find(kind);
    if (!path.startsWith('/')) continue;
    const tool: ContainmentTool = { kind, path };
    const prefix = contained(tool, [{ path: '/tmp', access: 'hide' }], {
      cwd: '/',
      network: isolated ? 'none' : 'host',
    });
    if (!prefix.ok) continue;
    const tried = await io.processes.run(
      { argv: [...prefix.value, 'true'], cwd: '/', env: { ...base } },
      { timeout: TRIAL },
    );
    if (tried.ended === 'exited' && tried.code === 0) return ok(tool);
    const words = oneLine(tried.stderr, 200) || (tried.ended === 'timeout' ? 'it hangs' : `exit code ${tried.code}`);
    refused = {
      message: `${kind} is installed and does not work here: ${words}`,
      hint: 'allow unprivileged user namespaces (in a container: run it with fewer restrictions)',
    };
  }
  return err(refused);
}

/**
 * What goes before the words that start an agent; nothing where it is not contained. What the agent's program needs for itself is made when
 * it is missing.
 *
 * @param who      the agent, and the role that it plays: both say how it is contained
 * @param changes  whether it may change its worktree: reviewers only read
 */
export async function containAgent(
  place: Pick<Attempted, 'worktree' | 'scratch' | 'inputs'>,
  who: { readonly agent: string; readonly role: Role | undefined },
  env: Readonly<Record<string, string>>,
  performing: Performing,
  changes = true,
): Promise<Result<readonly string[], string>> {
  const run = performing.state().settings;
  const settings = run?.agents[who.agent];
  if (run === undefined || settings === undefined) return err(`no agent "${who.agent}" is configured`);
  const { policy, needsNetwork } = heldAs(run, who.agent, who.role);
  const { containment, io, paths } = performing;
  if (policy === undefined) return ok([]);
  if (needsNetwork === true && policy.mode === 'required')
    return err(`the role ${who.role ?? ''} has no network, and ${who.agent} reaches its model by it`);
  if (containment === undefined)
    return policy.mode === 'on' ? ok([]) : err('it has to be contained, and nothing here contains it');
  const { tool, gitDirectory } = containment;
  const { places, own } = placesOf(
    {
      worktree: place.worktree,
      changes,
      scratch: place.scratch,
      inputs: place.inputs,
      kept: [paths.root, gitDirectory],
      home: env['HOME'] ?? '',
      argv: settings.command,
      env,
    },
    policy,
    settings.kind,
  );
  for (const directory of own) {
    if ((await io.files.stat(directory)) === undefined) await io.files.makeDirectory(directory);
  }
  const real = await resolved(io, performing.base, places);
  if (!real.ok) return real;
  return contained(tool, real.value, { cwd: place.worktree, network: policy.network });
}

/** Whether any agent is to be contained, and how strictly. */
export function containmentWanted(
  settings: Pick<RunSettings, 'agents' | 'containment_roles'>,
): { readonly required: boolean; readonly isolated: boolean } | undefined {
  const policies = policiesOf(settings);
  if (policies.length === 0) return undefined;
  return {
    required: policies.some(({ mode }) => mode === 'required'),
    isolated: policies.some(({ network }) => network === 'none'),
  };
}

/** The places that are there, by their real paths. */
async function resolved(io: Io, base: Base, places: readonly Place[]): Promise<Result<readonly Place[], string>> {
  const odd = places.find(({ path }) => path.includes('\n'));
  if (odd !== undefined) return err(`${JSON.stringify(odd.path)} is not a plain absolute path`);
  const script = 'for one; do if [ -e "$one" ]; then readlink -f -- "$one" || echo; else echo; fi; done';
  const argv: [string, ...string[]] = ['sh', '-c', script, 'sh', ...places.map(({ path }) => path)];
  const { stdout, code, stderr } = await io.processes.run({ argv, cwd: '/', env: { ...base } }, { timeout: TRIAL });
  const lines = new TextDecoder().decode(stdout).split('\n').slice(0, -1);
  if (code !== 0 || lines.length !== places.length)
    return err(`its places cannot be looked up: ${oneLine(stderr, 200) || 'a name in them holds a line end'}`);
  return ok(places.flatMap((place, i): Place[] => (lines[i] === '' ? [] : [{ ...place, path: lines[i] as string }])));
}
