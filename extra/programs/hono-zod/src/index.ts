import app, { websocket } from "./app";

console.log(
  `${process.env.APP_NAME} in ${process.env.NODE_ENV ?? "no particular"} mode, main: ${import.meta.main}`,
);

export default {
  port: process.env.PORT || 8787,
  fetch: app.fetch,
  websocket,
};
