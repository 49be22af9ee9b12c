export { type CreatedProject, createProject } from "./create.ts";
export { TEMPLATES, type Template } from "./templates.ts";
