import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { withFile } from './file-error.ts';
import { syncFolder } from './write-file.ts';

/** Text is gathered up to this length before it is written. */
const BATCH_CHARACTERS = 1 << 20;

/** A file of a {@link StagedFolder}, written from its beginning to its end. */
export class StagedFile {
  readonly #handle: number;
  /** For errors: where the file will be. */
  readonly #shown: string;
  #parts: string[] = [];
  #gathered = 0;
  #bytes = 0;
  #isOpen = true;

  constructor(path: string, shown: string) {
    this.#shown = shown;
    this.#handle = withFile(shown, () => openSync(path, 'wx'));
  }

  /** Length of what was written so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** @throws UserError that names the file where it cannot be written. */
  write(content: string | Uint8Array): void {
    if (typeof content !== 'string') {
      this.#flush();
      this.#put(content);
      return;
    }
    this.#parts.push(content);
    this.#gathered += content.length;
    if (this.#gathered >= BATCH_CHARACTERS) this.#flush();
  }

  /** Ends the file; it is on the disk then. @throws UserError that names the file where it cannot be written. */
  close(): void {
    this.#flush();
    withFile(this.#shown, () => fsyncSync(this.#handle));
    this.abandon();
  }

  /** Lets go of the file as it is. */
  abandon(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    closeSync(this.#handle);
  }

  #flush(): void {
    if (this.#gathered === 0) return;
    const text = this.#parts.join('');
    this.#parts = [];
    this.#gathered = 0;
    this.#put(Buffer.from(text, 'utf8'));
  }

  #put(content: Uint8Array): void {
    withFile(this.#shown, () => {
      for (let written = 0; written < content.length; ) written += writeSync(this.#handle, content, written);
    });
    this.#bytes += content.length;
  }
}

/** A folder that is being written beside the one that it will become, its files one after another or at the same time. */
export class StagedFolder {
  readonly #place: string;
  readonly #shown: string;
  readonly #files: StagedFile[] = [];
  readonly #paths: string[] = [];
  readonly #folders: Set<string>;

  /** @param shown the folder that it will become, for errors. */
  constructor(place: string, shown: string) {
    this.#place = place;
    this.#shown = shown;
    this.#folders = new Set([place]);
    withFile(shown, () => mkdirSync(place));
  }

  /** Paths of the files so far, with `/`, in the order in which they were opened. */
  get paths(): readonly string[] {
    return [...this.#paths];
  }

  /** Total length of what was written so far. */
  get bytes(): number {
    return this.#files.reduce((sum, file) => sum + file.bytes, 0);
  }

  /**
   * Begins a file; whoever opens it closes it.
   *
   * @param path inside the folder, with `/`.
   * @throws UserError that names the file where it cannot be made.
   */
  open(path: string): StagedFile {
    const shown = join(this.#shown, path);
    const folder = dirname(join(this.#place, path));
    withFile(shown, () => mkdirSync(folder, { recursive: true }));
    this.#folders.add(folder);
    const file = new StagedFile(join(this.#place, path), shown);
    this.#files.push(file);
    this.#paths.push(path);
    return file;
  }

  /** Writes a whole file. @throws UserError that names the file where it cannot be written. */
  write(path: string, content: string): void {
    const file = this.open(path);
    file.write(content);
    file.close();
  }

  /** Makes the names of the files last through a power cut. */
  sync(): void {
    for (const folder of this.#folders) withFile(this.#shown, () => syncFolder(folder));
  }

  /** Lets go of files that are still open. */
  abandon(): void {
    for (const file of this.#files) file.abandon();
  }
}
