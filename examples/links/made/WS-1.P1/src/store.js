import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/** The links in a file: `{ code, url, visits }`, found by code and by address. */
export function openStore(file) {
  const links = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
  const byCode = new Map(links.map((link) => [link.code, link]));
  const byUrl = new Map(links.map((link) => [link.url, link]));
  const save = () => {
    writeFileSync(`${file}.new`, JSON.stringify([...byCode.values()]));
    renameSync(`${file}.new`, file);
  };
  return {
    withCode: (code) => byCode.get(code),
    withUrl: (url) => byUrl.get(url),
    all: () => [...byCode.values()],
    add(code, url) {
      const link = { code, url, visits: 0 };
      byCode.set(code, link);
      byUrl.set(url, link);
      save();
      return link;
    },
    visit(link) {
      link.visits++;
      save();
    },
  };
}
