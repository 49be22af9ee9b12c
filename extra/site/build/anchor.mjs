/**
 * The anchor of a heading, as GitHub makes it: the same links work there and here.
 * @param {string} title
 * @returns {string}
 */
export function anchorOf(title) {
  return title
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}_\- ]/gu, "")
    .replaceAll(" ", "-");
}
