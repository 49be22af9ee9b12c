let text = "";

/**
 * The current time for a Date field (IMF-fixdate, RFC 9110 §5.6.7). Made once a second and not once a response; a
 * timer forgets it when the second is over, since asking the clock each time would cost more than all the rest.
 */
export function currentDate(): string {
  if (text === "") {
    const now = Date.now();
    text = new Date(now).toUTCString();
    setTimeout(forget, 1000 - (now % 1000)).unref();
  }
  return text;
}

function forget(): void {
  text = "";
}
