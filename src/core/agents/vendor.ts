/** Stub. */
export function vendorOf(name: string, agent: { readonly kind: string; readonly vendor?: string }): string {
  return agent.vendor ?? ({ claude: 'anthropic', codex: 'openai' } as Record<string, string>)[agent.kind] ?? name;
}
