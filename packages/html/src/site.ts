import type { Mounted, MountHost } from "@mantou/serve/hosting";

/** The pages of one project on one kind of server. */
export interface Site {
  mount(page: string, host: MountHost): Mounted;
}
