// A process that is the hub of a path until it is killed, and prints what it gets on channel "i".
//   node hub-process.mjs PATH
import { local } from "../../dist/local/index.js";

const engine = local(process.argv[2]).createEngine();
engine.open({
  up: () => {
    engine.subscribe(["i"]);
    engine.flush();
  },
  down: () => {},
  subscribed: () => console.log("hub"),
  message: (_channel, frame) => console.log(Buffer.from(frame).toString()),
  published: () => {},
  refused: () => {},
});
// It ends with the test, in whichever way that ends.
process.stdin.resume().on("end", () => process.exit());
