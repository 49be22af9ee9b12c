import { Disc } from "./protocol";

export abstract class Grid<T> {
  protected cells: T[];

  constructor(
    readonly columns: number,
    readonly rows: number,
    empty: T,
  ) {
    this.cells = new Array<T>(columns * rows).fill(empty);
  }

  at(column: number, row: number): T | undefined {
    if (column < 0 || column >= this.columns || row < 0 || row >= this.rows) return undefined;
    return this.cells[row * this.columns + column];
  }

  protected set(column: number, row: number, value: T) {
    this.cells[row * this.columns + column] = value;
  }

  abstract toString(): string;
}

const directions = [
  [1, 0],
  [0, 1],
  [1, 1],
  [1, -1],
] as const;

export class Board extends Grid<Disc> {
  static readonly glyphs = { [Disc.None]: ".", [Disc.Red]: "R", [Disc.Yellow]: "Y" } satisfies Record<
    Disc,
    string
  >;

  moves = 0;

  constructor() {
    super(7, 6, Disc.None);
  }

  /** @returns the row, or -1 if the column is full */
  drop(column: number, disc: Disc): number {
    if (!Number.isInteger(column) || column < 0 || column >= this.columns)
      throw new RangeError(`no column ${column}`);
    for (let row = 0; row < this.rows; row++) {
      if (this.at(column, row) === Disc.None) {
        this.set(column, row, disc);
        this.moves++;
        return row;
      }
    }
    return -1;
  }

  wins(column: number, row: number): boolean {
    const disc = this.at(column, row);
    return directions.some(([dx, dy]) => {
      let count = 1;
      for (const sign of [1, -1]) {
        for (let step = 1; this.at(column + sign * step * dx, row + sign * step * dy) === disc; step++)
          count++;
      }
      return count >= 4;
    });
  }

  get full() {
    return this.moves === this.columns * this.rows;
  }

  override toString() {
    const lines: string[] = [];
    for (let row = this.rows - 1; row >= 0; row--) {
      let line = "";
      for (let column = 0; column < this.columns; column++) line += Board.glyphs[this.at(column, row)!];
      lines.push(line);
    }
    return lines.join("\n");
  }
}
