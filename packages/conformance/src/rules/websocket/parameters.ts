import type { Extension } from "@mantou/websocket";

const FLAGS: ReadonlySet<string> = new Set(["server_no_context_takeover", "client_no_context_takeover"]);
const WINDOWS: ReadonlySet<string> = new Set(["server_max_window_bits", "client_max_window_bits"]);

/** Whether a parameter is one of RFC 7692 §7.1 in other letters: no sentence says that its name is compared with case. */
export function hasOtherCase({ params }: Extension): boolean {
  return params.some(([name]) => {
    const lower = name.toLowerCase();
    return name !== lower && (FLAGS.has(lower) || WINDOWS.has(lower));
  });
}

/** Why a response with permessage-deflate is no valid one to this offer (RFC 7692 §7.1), or null. */
export function parametersFault(response: Extension, offer: Extension): string | null {
  const agreed = new Map(response.params);
  const offered = new Map(offer.params);
  if (agreed.size < response.params.length) return "a parameter is there twice";
  for (const [name, value] of agreed) {
    if (FLAGS.has(name) ? value !== null : !(WINDOWS.has(name) && /^(?:[89]|1[0-5])$/.test(value ?? "")))
      return `${name}${value === null ? "" : `=${value}`} is no parameter of a response`;
  }
  if (offered.has("server_no_context_takeover") && !agreed.has("server_no_context_takeover"))
    return "server_no_context_takeover was demanded";
  const server = offered.get("server_max_window_bits");
  // Without the parameter the window is the largest, that of 15 bits.
  if (server !== undefined && Number(agreed.get("server_max_window_bits") ?? 15) > Number(server))
    return `server_max_window_bits=${server} was demanded`;
  const client = agreed.get("client_max_window_bits");
  if (client === undefined) return null;
  if (!offered.has("client_max_window_bits")) return "client_max_window_bits was not offered";
  const most = offered.get("client_max_window_bits");
  return most != null && Number(client) > Number(most) ? `client_max_window_bits is more than ${most}` : null;
}
