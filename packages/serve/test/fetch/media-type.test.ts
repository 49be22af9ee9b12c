import { callInBun, findBun, NO_BUN } from "@mantou/testing/bun";
import mime from "mime";
import otherTypes from "mime/types/other.js";
import standardTypes from "mime/types/standard.js";
import { describe, expect, it } from "vitest";
import { givenType, typeOfName } from "../../src/fetch/media-type.ts";

const BUN = findBun();

/** What people serve. Those that are registered under another name than Bun's are left to the registry: see docs. */
const NAMES =
  "html htm css js mjs cjs ts tsx jsx mts cts json map webmanifest xml svg png jpg jpeg gif webp avif ico tiff woff woff2 ttf otf eot mp3 ogg flac mp4 webm mkv mov avi pdf zip gz tar 7z txt md csv tsv yaml yml toml wasm bin doc docx xlsx pptx log ini conf xhtml rss atom ics epub jar glb gltf m3u8 mpd vtt jsonld json5 geojson TXT HTML"
    .split(" ")
    .map((extension) => `a.${extension}`)
    .concat("none", ".txt", "dir.html/none", "a.tar.gz", "a.unknown", "a.", "dir/.hidden.css");

describe("the type of a file", () => {
  it.each([
    ["/a/b.html", "text/html;charset=utf-8"],
    ["b.TXT", "text/plain;charset=utf-8"],
    ["app.ts", "text/javascript;charset=utf-8"],
    ["data.json", "application/json;charset=utf-8"],
    ["picture.svg", "image/svg+xml"],
    ["a\\b.png", "image/png"],
    ["sound.wav", "audio/wav"],
    ["README", "application/octet-stream"],
    [".png", "application/octet-stream"],
    ["x.png/README", "application/octet-stream"],
    ["a.constructor", "application/octet-stream"],
  ])("%s is %s", (name, type) => {
    expect(typeOfName(name)).toBe(type);
  });

  it("is the registry's, with every extension that it has", () => {
    const extensions = [standardTypes, otherTypes]
      .flatMap((types): (readonly string[])[] => Object.values(types))
      .flat()
      .map((extension) => extension.replace("*", ""));
    expect(extensions.length).toBeGreaterThan(1000);
    const wrong = extensions.filter((extension) => {
      const type = typeOfName(`a.${extension}`).replace(/;charset=utf-8$/, "");
      return type !== mime.getType(extension) && !/^(?:[cm]?ts|[jt]sx|cjs|ico)$/.test(extension);
    });
    expect(wrong).toEqual([]);
  });

  it("may be given", () => {
    expect(givenType("Text/HTML")).toBe("text/html;charset=utf-8");
    expect(givenType("text/css; charset=latin1")).toBe("text/css; charset=latin1");
    expect(givenType("x/y")).toBe("x/y");
    for (const none of ["", "é/x", "a\nb"]) expect(givenType(none)).toBeNull();
  });

  it.skipIf(BUN === null)(`is what Bun says ${BUN === null ? `(${NO_BUN})` : ""}`, async () => {
    const types = await callInBun(BUN!, "(names) => names.map((name) => Bun.file(name).type)", NAMES);
    expect(NAMES.map((name) => [name, typeOfName(name)])).toEqual(
      NAMES.map((name, i) => [name, (types as string[])[i]]),
    );
  });
});
