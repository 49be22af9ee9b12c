// Fetches the Bun that is compared with into .cache, if it is not there, and prints where it is. Build first: `bench` does it.
import { bunRuntime } from "../bench/dist/runtimes.js";

const { binary } = await bunRuntime();
console.log(binary);
