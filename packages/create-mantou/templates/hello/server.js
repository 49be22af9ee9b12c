import { serve } from "@mantou/serve";
import { app } from "./app.js";

const server = serve(app);
console.log(`Listening on ${server.url}`);
