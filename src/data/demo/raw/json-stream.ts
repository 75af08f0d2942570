import type { StagedFile } from '../../../base/index.ts';

/** Writes a JSON object key by key, so that long arrays need not be held. */
export class JsonObjectStream {
  readonly #file: StagedFile;
  #isFirst = true;

  constructor(file: StagedFile) {
    this.#file = file;
    file.write('{');
  }

  /** Writes all properties of an object. */
  all(properties: Readonly<Record<string, unknown>>): void {
    for (const [key, value] of Object.entries(properties)) {
      this.#key(key);
      this.#file.write(JSON.stringify(value));
    }
  }

  /** An array whose items are made one after another. */
  array(key: string, length: number, item: (at: number) => unknown): void {
    this.#key(key);
    this.#file.write('[');
    for (let at = 0; at < length; at++) this.#file.write(`${at === 0 ? '' : ','}${JSON.stringify(item(at))}`);
    this.#file.write(']');
  }

  end(): void {
    this.#file.write('}');
  }

  #key(key: string): void {
    this.#file.write(`${this.#isFirst ? '' : ','}${JSON.stringify(key)}:`);
    this.#isFirst = false;
  }
}
