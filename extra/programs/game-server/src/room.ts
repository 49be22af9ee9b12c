import { ServerWebSocket } from "bun";
import EventEmitter from "eventemitter3";
import { Board } from "./board";
import { Disc } from "./protocol";

export type PlayerSocket = ServerWebSocket<Player>;

export interface Player {
  room: string;
  id: number;
  name?: string;
  disc: Disc;
  spectator: boolean;
}

interface RoomEvents {
  over: (room: Room, winner: Player | null) => void;
  empty: (room: Room) => void;
}

export class Room extends EventEmitter<RoomEvents> {
  #board = new Board();
  #turn: Disc = Disc.Red;
  #winner: Disc = Disc.None;
  readonly seats = new Map<Disc, Player>();
  spectators = 0;

  constructor(
    public readonly id: string,
    private seatsLimit = 2,
  ) {
    super();
  }

  get board() {
    return this.#board.toString();
  }

  get topic() {
    return `room:${this.id}`;
  }

  get state(): "waiting" | "playing" | "over" {
    if (this.#winner !== Disc.None || this.#board.full) return "over";
    return this.seats.size < this.seatsLimit ? "waiting" : "playing";
  }

  sit(player: Player): boolean {
    const disc = [Disc.Red, Disc.Yellow].find((each) => !this.seats.has(each));
    if (disc === undefined) return false;
    player.disc = disc;
    this.seats.set(disc, player);
    return true;
  }

  stand(player: Player) {
    if (this.seats.get(player.disc) === player) this.seats.delete(player.disc);
    if (this.seats.size === 0) this.emit("empty", this);
  }

  drop(player: Player, column: number) {
    if (this.state !== "playing") throw new Error(`the game is ${this.state}`);
    if (player.disc !== this.#turn) throw new Error("not your turn");
    const row = this.#board.drop(column, player.disc);
    if (row < 0) throw new Error(`column ${column} is full`);
    if (this.#board.wins(column, row)) {
      this.#winner = player.disc;
      this.emit("over", this, player);
    } else if (this.#board.full) {
      this.emit("over", this, null);
    } else {
      this.#turn = this.#turn === Disc.Red ? Disc.Yellow : Disc.Red;
    }
    return row;
  }

  rematch() {
    if (this.state !== "over") throw new Error("the game is not over");
    this.#board = new Board();
    this.#turn = this.#winner === Disc.Red ? Disc.Yellow : Disc.Red;
    this.#winner = Disc.None;
  }

  toJSON() {
    return {
      id: this.id,
      state: this.state,
      turn: Disc[this.#turn],
      players: [...this.seats.values()].map(({ name, disc }) => ({ name, disc: Disc[disc] })),
      spectators: this.spectators,
    };
  }
}
