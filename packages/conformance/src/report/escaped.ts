/** A text for HTML and XML, within elements and attributes. The reports show bytes as escapes, so that no control character is in them. */
export function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
