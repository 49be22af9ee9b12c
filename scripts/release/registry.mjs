// A registry on this machine that has the packed packages: `npm install @mantou/serve` is the command that a user types.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { file, serve } from "../../packages/serve/dist/plain.js";

/** Package managers hold back what was published just now. */
const PUBLISHED = "2026-01-01T00:00:00.000Z";

/**
 * Serves the packed packages, and sends clients to another registry for all others.
 * @param packed of packAll()
 * @param {string} upstream the other registry
 * @returns the server; its `url` is a registry
 */
export function startRegistry(packed, upstream) {
  const byName = new Map(packed.map((each) => [each.manifest.name, each]));
  const byFile = new Map(packed.map(({ tarball }) => [basename(tarball), tarball]));
  const server = serve({
    port: 0,
    hostname: "127.0.0.1",
    development: false,
    routes: {
      "/tarballs/:file": ({ params }) =>
        byFile.has(params.file) ? new Response(file(byFile.get(params.file))) : missing(),
    },
    fetch(request) {
      const { pathname, search } = new URL(request.url);
      const found = byName.get(decodeURIComponent(pathname.slice(1)));
      if (found !== undefined) return Response.json(packument(found, server.url));
      return Response.redirect(new URL(`${pathname.slice(1)}${search}`, upstream), 307);
    },
  });
  return server;
}

function missing() {
  return new Response("There is no such package here", { status: 404 });
}

/** What a registry says about a package that has one version. */
function packument({ manifest, tarball }, registry) {
  const bytes = readFileSync(tarball);
  const { name, version } = manifest;
  const dist = {
    integrity: `sha512-${createHash("sha512").update(bytes).digest("base64")}`,
    shasum: createHash("sha1").update(bytes).digest("hex"),
    tarball: new URL(`/tarballs/${basename(tarball)}`, registry).href,
  };
  return {
    name,
    "dist-tags": { latest: version },
    versions: { [version]: { ...manifest, dist } },
    time: { created: PUBLISHED, modified: PUBLISHED, [version]: PUBLISHED },
  };
}
