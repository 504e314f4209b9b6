import type { Http } from '../http.ts';

/** {@link Http.post} by the platform's own `fetch`. */
export const postJson: Http['post'] = async (url, json, { timeout, headers }) => {
  const host = hostOf(url);
  if (host === undefined) return { ok: false, why: 'its address is none that begins with http:// or https://' };
  const limit = AbortSignal.timeout(timeout);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: json,
      redirect: 'manual',
      signal: limit,
    });
    await response.body?.cancel();
    if (response.ok) return { ok: true };
    return { ok: false, why: `${host} answered ${response.status === 0 ? 'with a redirect' : response.status}` };
  } catch (error) {
    if (limit.aborted) return { ok: false, why: `${host} did not answer within ${timeout / 1000} s` };
    return { ok: false, why: `${host}: ${reason(error)}` };
  }
};

function hostOf(url: string): string | undefined {
  try {
    const { protocol, host } = new URL(url);
    return protocol === 'http:' || protocol === 'https:' ? host : undefined;
  } catch {
    return undefined;
  }
}

/** `fetch failed` says nothing; its cause does: `ECONNREFUSED`. */
function reason(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (typeof cause === 'object' && cause !== null && 'code' in cause && typeof cause.code === 'string')
    return cause.code;
  return error instanceof Error ? error.name : 'it failed';
}
