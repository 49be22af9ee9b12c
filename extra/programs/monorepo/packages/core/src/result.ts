export type Result<T> = Ok<T> | Err;
export class Ok<T> {
  readonly ok = true;
  constructor(public value: T) {}
}
export class Err {
  readonly ok = false;
  constructor(
    public code: "missing" | "conflict" | "invalid",
    public message: string,
  ) {}
}
