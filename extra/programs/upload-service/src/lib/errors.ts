export class HttpError extends Error {
  constructor(
    readonly status: number,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = new.target.name;
  }

  toResponse() {
    return Response.json({ error: this.message, status: this.status }, { status: this.status });
  }
}

export class TooLarge extends HttpError {
  constructor(what: string, limit: number) {
    super(413, `${what} is larger than ${limit} bytes`);
  }
}
