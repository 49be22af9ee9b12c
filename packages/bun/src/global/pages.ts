/** HTML pages: loaded when a program imports one, or has the manifest of one in its routes. */
export { buildProgram, htmlPage, isManifest, manifestPage } from "@mantou/html";
