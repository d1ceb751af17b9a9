/**
 * The anchor of a heading, as GitHub makes it: a page has the same anchors on the site and as plain Markdown.
 * @param {string} title
 */
export function slugOf(title) {
  return title
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_\- ]/gu, '')
    .replaceAll(' ', '-');
}
