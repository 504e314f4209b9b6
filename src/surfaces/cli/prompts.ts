/** Questions to a person at the terminal. `undefined`: not answered, or taken back by `signal`. */
export interface Prompts {
  confirm(question: string, signal?: AbortSignal): Promise<boolean | undefined>;
  choose(
    question: string,
    options: readonly Choice[],
    recommended: string,
    signal?: AbortSignal,
  ): Promise<string | undefined>;
  type(question: string, signal?: AbortSignal): Promise<string | undefined>;
}

export interface Choice {
  readonly value: string;
  readonly label: string;
}

/** Asked with @clack/prompts, which is loaded when there is a question. Texts must be printable. */
export const prompts: Prompts = {
  async confirm(question, signal) {
    const { confirm, isCancel } = await import('@clack/prompts');
    const answer = await confirm({ message: question, initialValue: true, ...asked(signal) });
    return isCancel(answer) ? undefined : answer;
  },
  async choose(question, options, recommended, signal) {
    const { select, isCancel } = await import('@clack/prompts');
    const answer = await select({
      message: question,
      options: options.map((one) => ({ ...one })),
      initialValue: recommended,
      ...asked(signal),
    });
    return isCancel(answer) ? undefined : answer;
  },
  async type(question, signal) {
    const { text, isCancel } = await import('@clack/prompts');
    const answer = await text({ message: question, ...asked(signal) });
    return isCancel(answer) ? undefined : answer;
  },
};

function asked(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}
