import css from "../assets/style.css" with { type: "text" };
import { Entry } from "./entries";

const units = ["B", "kB", "MB"] as const;

export function size(bytes: number): string {
  let unit = 0;
  while (bytes >= 1000 && unit < units.length - 1) {
    bytes /= 1000;
    unit++;
  }
  return `${bytes.toLocaleString("en", { maximumFractionDigits: 1 })} ${units[unit]}`;
}

const Crumbs = ({ path }: { path: string }) => {
  const parts = path.split("/").filter(Boolean);
  return (
    <nav>
      <a href="/browse/">root</a>
      {parts.map((part, i) => (
        <>
          {" / "}
          <a href={`/browse/${parts.slice(0, i + 1).join("/")}/`}>{part}</a>
        </>
      ))}
    </nav>
  );
};

export function Document({
  title,
  children,
  ...rest
}: {
  title: string;
  children: any;
  "data-kind"?: string;
}) {
  return (
    <html lang="en">
      <head>
        <title>{title}</title>
        <style html={css} />
      </head>
      <body {...rest}>{children}</body>
    </html>
  );
}

export function Listing({ path, entries }: { path: string; entries: Entry[] }) {
  const total = entries.reduce((sum, entry) => sum + entry.size, 0);
  return (
    <Document title={`/${path}`} data-kind="folder">
      <Crumbs path={path} />
      <table>
        {entries.map(({ name, kind, size: bytes, type }) => (
          <tr class={kind}>
            <td>
              <a
                href={
                  kind === "folder"
                    ? `${encodeURIComponent(name)}/`
                    : `/raw/${path}${encodeURIComponent(name)}`
                }
              >
                {name}
              </a>
            </td>
            <td>{kind === "file" && size(bytes)}</td>
            <td title={type ?? undefined}>{type?.split("/")[0]}</td>
          </tr>
        ))}
      </table>
      {entries.length === 0 ? <p>empty</p> : <p>{`${entries.length} entries, ${size(total)}`}</p>}
    </Document>
  );
}
