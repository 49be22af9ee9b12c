/** Parts of a drawing that all charts share. */

/** Colours of light and dark pages. */
export const themes = {
  light: {
    ink: "#222",
    soft: "#5f6368",
    paper: "#fff",
    mantou: "#c2410c",
    other: "#5b7c99",
    limit: "#c9c9c9",
  },
  dark: {
    ink: "#e8e6e3",
    soft: "#a3a7ad",
    paper: "#16191d",
    mantou: "#fb8b4b",
    other: "#7f9fbb",
    limit: "#565b62",
  },
} as const;

type Theme = (typeof themes)[keyof typeof themes];

/** The rules of a theme for text, `.note`, `.paper`, and the bars `.mantou`, `.other` and `.limit`. */
export function rules({ ink, soft, paper, mantou, other, limit }: Theme): string {
  return `text{fill:${ink}}.note{fill:${soft}}.paper{fill:${paper}}.mantou{fill:${mantou}}.other{fill:${other}}.limit{fill:${limit}}`;
}

/** The class of a contestant's bar. */
export function barClass({
  name,
  kind,
}: {
  readonly name: string;
  readonly kind: "server" | "limit";
}): string {
  if (kind === "limit") return "limit";
  return name === "mantou" ? "mantou" : "other";
}

export function text(x: number, y: number, content: string, style = ""): string {
  const name = style === "" ? "" : ` class="${style}"`;
  return `<text x="${Number(x.toFixed(1))}" y="${y}"${name}>${markup(content)}</text>`;
}

export function markup(content: string): string {
  return content.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
}
