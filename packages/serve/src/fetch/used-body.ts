/** The error for a body that has been used up, with the code that it has in Bun. */
export function usedBodyError(message = "The body has already been used"): TypeError {
  return Object.assign(new TypeError(message), { code: "ERR_BODY_ALREADY_USED" });
}
