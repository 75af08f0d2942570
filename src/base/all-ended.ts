/** What all promises come to, once every one of them has come to an end. @throws the error of the first that failed */
export async function allEnded<T>(promises: readonly Promise<T>[]): Promise<readonly T[]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}
