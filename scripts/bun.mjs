// Fetches Bun, for comparisons, into .cache if it is missing, and prints its path. Build first: it uses `bench/dist`.
import { bunRuntime } from "../bench/dist/runtimes.js";

const { binary } = await bunRuntime();
console.log(binary);
