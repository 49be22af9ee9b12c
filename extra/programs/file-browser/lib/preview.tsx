import { marked } from "marked";
import { Document } from "./listing";

const table = (rows: string[][]) => (
  <table>
    {rows.map((row, i) => (
      <tr>{row.map((cell) => (i === 0 ? <th>{cell}</th> : <td>{cell}</td>))}</tr>
    ))}
  </table>
);

const previews: Record<string, (text: string) => unknown | Promise<unknown>> = {
  ".md": async (text) => <article html={await marked.parse(text, { gfm: true })} />,
  ".csv": (text) =>
    table(
      text
        .trim()
        .split("\n")
        .map((line) => line.split(",")),
    ),
  ".json": (text) => <pre>{JSON.stringify(JSON.parse(text), null, 2)}</pre>,
  ".toml": (text) => <pre>{text}</pre>,
};

export async function preview(name: string, text: string) {
  const extension = /\.\w+$/.exec(name)?.[0] ?? "";
  const render = previews[extension] ?? ((text: string) => <pre>{text}</pre>);
  return (
    <Document title={name} data-kind={extension}>
      {(await render(text)) as any}
    </Document>
  );
}
