import { EventEmitter } from "events";

export interface Panel {
  id: string;
  label: string;
  unit: string;
  warn: number | null;
}

export interface Sample {
  panel: string;
  value: number;
  by: string;
}

export enum Level {
  Ok = 1,
  Warn = Ok << 1,
  Stale = Ok << 2,
}

/** Counts calls of a method. */
function counted(_target: object, name: string, descriptor: PropertyDescriptor) {
  const original = descriptor.value;
  descriptor.value = function (this: Metrics, ...args: unknown[]) {
    this.calls[name] = (this.calls[name] ?? 0) + 1;
    return original.apply(this, args);
  };
}

export class Metrics extends EventEmitter {
  declare lastWriter?: string;
  calls: Record<string, number> = {};
  #samples: Record<string, number[]> = {};
  #sequence = 0;
  readonly history: { id: number; event: string; data: unknown }[] = [];

  constructor(
    private readonly panels: readonly Panel[],
    private readonly window: number,
  ) {
    super({ captureRejections: false });
    this.setMaxListeners(0);
    for (const { id } of panels) this.#samples[id] = [];
  }

  panel(id: string) {
    return this.panels.find((panel) => panel.id === id);
  }

  @counted
  add(sample: Sample) {
    const panel = this.panel(sample.panel);
    if (!panel) throw new ReferenceError(`no panel ${sample.panel}`);
    const values = this.#samples[panel.id]!;
    values.push(sample.value);
    if (values.length > this.window) values.shift();
    this.lastWriter = sample.by;
    this.#emit("sample", sample);
    if (this.level(panel.id) === Level.Warn)
      this.#emit("alert", { panel: panel.id, value: sample.value, limit: panel.warn });
  }

  level(id: string): Level {
    const values = this.#samples[id] ?? [];
    const warn = this.panel(id)?.warn ?? Infinity;
    if (values.length === 0) return Level.Stale;
    return values.at(-1)! > warn ? Level.Warn : Level.Ok;
  }

  @counted
  summary(id: string) {
    const values = this.#samples[id] ?? [];
    const sum = values.reduce((a, b) => a + b, 0);
    return {
      id,
      level: Level[this.level(id)],
      count: values.length,
      last: values.at(-1) ?? null,
      mean: values.length ? sum / values.length : null,
      max: values.length ? Math.max(...values) : null,
    };
  }

  *rows(): Generator<[string, number, number]> {
    for (const [id, values] of Object.entries(this.#samples)) {
      for (const [i, value] of values.entries()) yield [id, i, value];
    }
  }

  #emit(event: string, data: unknown) {
    const entry = { id: ++this.#sequence, event, data };
    this.history.push(entry);
    this.emit("entry", entry);
  }
}
