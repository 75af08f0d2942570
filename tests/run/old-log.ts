/** The text of a log as versions before checksums wrote it. */
export function withoutChecksums(log: string): string {
  return log.replaceAll(/,"checksum":"[0-9a-f]{64}"\}\n/g, '}\n');
}
