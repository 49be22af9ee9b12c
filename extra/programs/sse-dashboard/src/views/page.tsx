import { Fragment, h } from "../h";
import { Level, Metrics, Panel } from "../metrics";
import script from "./client.txt";

const Tile = ({ panel, metrics }: { panel: Panel; metrics: Metrics }) => {
  const { last, count } = metrics.summary(panel.id);
  const level = metrics.level(panel.id);
  return (
    <section id={panel.id} class={Level[level].toLowerCase()} hidden={level === Level.Stale}>
      <h2>{panel.label}</h2>
      <output>
        {last ?? "–"}
        {panel.unit}
      </output>
      {count > 1 && <small>{count} samples</small>}
    </section>
  );
};

export function page(title: string, panels: Panel[], metrics: Metrics) {
  return (
    <html>
      <head>
        <meta charset="utf-8" />
        <title>{title}</title>
      </head>
      <body>
        <>
          <h1>{title}</h1>
          {panels.map((panel) => (
            <Tile panel={panel} metrics={metrics} />
          ))}
        </>
        <script>{script}</script>
      </body>
    </html>
  );
}
