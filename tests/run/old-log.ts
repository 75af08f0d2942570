/** The text of a log as versions before checksums wrote it. */
export const withoutChecksums = (log: string): string => log.replaceAll(/,"checksum":"[0-9a-f]{64}"\}\n/g, '}\n');
