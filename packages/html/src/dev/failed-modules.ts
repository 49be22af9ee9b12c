import type { Plugin } from "vite";

/**
 * Lets pages load again when a module is mended that failed when it was first loaded. Vite tells pages of changes in modules that it has
 * analysed before, and of no others (`propagateUpdate`): the page would show the error for ever.
 *
 * @param hasFailed whether a module has failed, by its id
 */
export function failedModules(hasFailed: (id: string) => boolean): Plugin {
  return {
    name: "mantou:failed-modules",
    configureServer: (server) => () => {
      // In middleware mode, Vite shows the error in the page and passes the request on, as one for a file that is not there.
      server.middlewares.use(
        (
          error: unknown,
          _request: unknown,
          response: { statusCode: number },
          next: (error: unknown) => void,
        ) => {
          response.statusCode = 500;
          next(error);
        },
      );
    },
    hotUpdate({ modules }) {
      if (this.environment.name !== "client") return;
      const isMended = modules.some(
        ({ id, isSelfAccepting }) => id !== null && isSelfAccepting === undefined && hasFailed(id),
      );
      if (isMended) this.environment.hot.send({ type: "full-reload", path: "*" });
    },
  };
}
