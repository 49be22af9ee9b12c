import * as BunModule from "bun";

declare global {
  export import Bun = BunModule;
}
