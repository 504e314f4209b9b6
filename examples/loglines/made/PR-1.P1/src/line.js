const LINE = /^(?:GET|POST|PUT|DELETE) (\/\S*) (\d{3}) (\d+(?:\.\d+)?) ms$/;

/** Reads `GET /index.html 200 12 ms`; what cannot be read is told as a mistake, with its text. */
export function readLine(line) {
  const found = LINE.exec(line.trim());
  if (found === null) return { mistake: line };
  const [, path, status, ms] = found;
  return { path, status: Number(status), ms: Number(ms) };
}
