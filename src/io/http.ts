/** What became of a request. */
export type Posted = { readonly ok: true } | { readonly ok: false; readonly why: string };

/** The little of HTTP that masterplan needs: nothing is ever asked of a network unless somebody configured it. */
export interface Http {
  /**
   * Sends JSON. `ok` for an answer of 200 to 299; redirects are not followed: what is sent goes where it was told to go and
   * nowhere else. Never rejects; `why` names no part of the address but its host.
   */
  post(
    url: string,
    json: string,
    options: { readonly timeout: number; readonly headers?: Readonly<Record<string, string>> },
  ): Promise<Posted>;
}
