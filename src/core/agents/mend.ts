import type { FailureClass } from './failure.ts';
import type { KnownAgent } from './known.ts';

/** What a person can do about a failure of this class; one line. `agent` is its name in the configuration. */
export function mendWords(failure: FailureClass, agent: string, known: KnownAgent | undefined): string {
  const key = known?.keys[0];
  const passOn = key === undefined ? '' : `; or pass on a key: agents: {${agent}: {env: [${key}]}}`;
  switch (failure) {
    case 'authentication':
      return known === undefined ? 'log in with its own program, or pass on its key: env' : `${known.login}${passOn}`;
    case 'forbidden':
      return `choose a model that the account may use: agents: {${agent}: {model: …}}`;
    case 'billing':
      return 'add credit to the account, or use another account';
    case 'usage-limit':
    case 'rate-limit':
      return 'wait until the limit ends, or use another account';
    case 'overloaded':
    case 'server':
      return 'try again later: nothing is wrong here';
    case 'connection':
      return 'look at the network and at proxies: an agent gets no variable that its env does not name, HTTPS_PROXY included';
    case 'misconfigured':
      return `look at its command, model and own settings, and try it by hand; masterplan agents test ${agent} --keep keeps what it printed`;
    case 'turns':
    case 'budget':
      return `give it more: agents: {${agent}: {max_turns: …, max_cost: …}}`;
    case 'protocol':
    case 'session':
      return 'look at its version, and at docs/agents.md for the one that was tried';
    case 'silent':
      return `it may wait for something that nobody sees: try it by hand; masterplan agents test ${agent} --keep keeps what it printed`;
    case 'overflow':
      return `make the task smaller, or choose a model with a larger window: agents: {${agent}: {model: …}}`;
    case 'refusal':
      return 'say the task in other words, or give it to another agent';
    case 'vanished':
      return 'find out what removes directories below .masterplan/worktrees; its last snapshot: masterplan rescue';
    case 'died':
    case 'unknown':
      return `masterplan agents test ${agent} --keep keeps what it printed`;
  }
}
