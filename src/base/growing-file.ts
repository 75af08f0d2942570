import { closeSync, existsSync, fstatSync, fsyncSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { withFile } from './file-error.ts';

/** A file that is open to be added to; what was added is on the disk when `append` returns, or not in the file at all. */
export class GrowingFile {
  readonly #path: string;
  readonly #handle: number;
  #bytes: number;

  /**
   * Opens or makes a file; what lies beyond `bytes` is cut off.
   *
   * @throws UserError that names the file where it cannot be opened.
   */
  constructor(path: string, bytes: number) {
    this.#path = path;
    this.#bytes = bytes;
    this.#handle = withFile(path, () => openSync(path, existsSync(path) ? 'r+' : 'w+'));
    withFile(path, () => this.#cut());
  }

  /** Its length. */
  get bytes(): number {
    return this.#bytes;
  }

  /** @throws UserError that names the file where it cannot be written; the file then ends where it did before. */
  append(text: string): void {
    const buffer = Buffer.from(text, 'utf8');
    withFile(this.#path, () => {
      try {
        for (let written = 0; written < buffer.length; ) {
          written += writeSync(this.#handle, buffer, written, buffer.length - written, this.#bytes + written);
        }
        fsyncSync(this.#handle);
      } catch (error) {
        this.#cutIfPossible();
        throw error;
      }
    });
    this.#bytes += buffer.length;
  }

  close(): void {
    closeSync(this.#handle);
  }

  #cut(): void {
    if (fstatSync(this.#handle).size <= this.#bytes) return;
    ftruncateSync(this.#handle, this.#bytes);
    fsyncSync(this.#handle);
  }

  /** A part of a text takes the room that others need. Whoever opens the file again cuts it off anyway. */
  #cutIfPossible(): void {
    try {
      this.#cut();
    } catch {
      // The error that led here says more.
    }
  }
}
