const MARKS = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** The list of links as a page, those that are used most first. */
export function page(links) {
  if (links.length === 0) return '<!doctype html><p>There are no links yet</p>';
  const rows = [...links]
    .sort((a, b) => b.visits - a.visits)
    .map(({ url, visits }) => `<li>${escaped(url)}: ${visits}</li>`);
  return `<!doctype html><ol>${rows.join('')}</ol>`;
}

function escaped(text) {
  return text.replace(/[&<>"]/g, (mark) => MARKS[mark]);
}
