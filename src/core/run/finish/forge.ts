/** Whether pull requests can be opened from here, and with what; if not, why. */
export type ForgeOffer =
  | { readonly offered: true; readonly tool: 'gh' | 'glab'; readonly remote: string; readonly url: string }
  | { readonly offered: false; readonly why: string };
