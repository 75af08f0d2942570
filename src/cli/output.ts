/** Prints one JSON document on stdout. */
export function printJson(document: unknown): void {
  process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
}

/** Prints text on stdout. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Prints a line of progress or a note on stderr. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}
