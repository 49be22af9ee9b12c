import { OneShotStream } from "../src/zlib-one-shot.ts";
import { zlibStreamSuite } from "./zlib-suite.ts";

zlibStreamSuite((settings) => new OneShotStream(settings));
