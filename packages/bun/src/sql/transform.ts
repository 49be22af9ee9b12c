/** The presets of the option `transform`, for databases whose names are in snake_case. */

export const toCamel = (name: string): string =>
  name.replace(/(?<=.)_(\w)/g, (_, letter: string) => letter.toUpperCase());
export const toPascal = (name: string): string => {
  const camel = toCamel(name);
  return camel.charAt(0).toUpperCase() + camel.slice(1);
};
export const toKebab = (name: string): string => name.replaceAll("_", "-");
export const fromCamel = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
export const fromPascal = (name: string): string => fromCamel(name).replace(/^_/, "");
export const fromKebab = (name: string): string => name.replaceAll("-", "_");

interface Preset {
  readonly column: { readonly from: (name: string) => string; readonly to: (name: string) => string };
}

export const camel: Preset = { column: { from: toCamel, to: fromCamel } };
export const pascal: Preset = { column: { from: toPascal, to: fromPascal } };
export const kebab: Preset = { column: { from: toKebab, to: fromKebab } };
