import { createServer } from 'node:http';
import { codeFor } from './code.js';

const LONGEST = 2000;

/** A server over a store; `page` makes what is answered to `GET /`. */
export function serve(store, page = () => '') {
  return createServer(async (request, response) => {
    const answer = (status, value) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    if (request.method === 'POST') {
      let body = '';
      for await (const chunk of request) body += chunk;
      const why = objection(body);
      if (why !== undefined) return answer(400, { error: why });
      const link =
        store.withUrl(body) ??
        store.add(
          codeFor(body, (code) => store.withCode(code) !== undefined),
          body,
        );
      return answer(201, { code: link.code });
    }
    if (request.url === '/') return response.writeHead(200, { 'content-type': 'text/html' }).end(page(store.all()));
    const link = store.withCode(request.url.slice(1));
    if (link === undefined) return answer(404, { error: 'nobody made this link' });
    store.visit(link);
    return response.writeHead(302, { location: link.url }).end();
  });
}

/** Why an address is none, in words; `undefined`: it is one. */
function objection(url) {
  if (!/^https?:\/\//.test(url)) return 'an address begins with http:// or https://';
  if (url.length > LONGEST) return `an address has at most ${LONGEST} characters`;
  return URL.canParse(url) ? undefined : 'this is no address';
}
