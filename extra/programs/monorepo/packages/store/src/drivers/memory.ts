import { Driver } from "./driver";

export class Memory<T> implements Driver<T> {
  #map = new Map<string, T>();
  get = (key: string) => this.#map.get(key);
  set = (key: string, value: T) => void this.#map.set(key, value);
  has = (key: string) => this.#map.has(key);
  values = () => [...this.#map.values()];
}
