const signatures: ReadonlyArray<readonly [type: string, bytes: readonly number[]]> = [
  ["image/png", [0x89, 0x50, 0x4e, 0x47]],
  ["image/gif", [0x47, 0x49, 0x46, 0x38]],
  ["application/pdf", [0x25, 0x50, 0x44, 0x46]],
];

/** The type that the first bytes say, if they say one. */
export async function sniff(blob: Blob): Promise<string | null> {
  const head = new Uint8Array(await blob.slice(0, 8).arrayBuffer());
  const found = signatures.find(([, bytes]) => bytes.every((byte, i) => head[i] === byte));
  return found?.[0] ?? null;
}
