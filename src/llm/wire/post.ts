import { type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { pipeline } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

/** An answer whose body is still to come. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly parts: AsyncIterable<Uint8Array>;
  /** Whether the body came to its end as HTTP says it, once `parts` are read. */
  readonly isWhole: () => boolean;
}

/** Routers forget a connection on which nothing moves; a model may think for longer than that. */
const PROBE_MS = 30_000;

const UNPACK: Readonly<Record<string, () => NodeJS.ReadWriteStream>> = {
  gzip: createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/**
 * Sends JSON and answers as soon as the headers are there. `node:http` and not `fetch`: the latter gives up after 300 s without
 * headers or without a part of the body, and that limit cannot be lifted without a package of its own. Here the signal is the only
 * limit.
 */
export function post(
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: unknown,
  signal: AbortSignal,
): Promise<Answer> {
  const content = Buffer.from(JSON.stringify(body));
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    const request = send(url, {
      method: 'POST',
      signal,
      headers: {
        accept: 'application/json, text/event-stream',
        'accept-encoding': 'identity',
        'content-type': 'application/json',
        'content-length': content.length,
        'user-agent': 'evolve-steptime',
        ...headers,
      },
    });
    request.on('socket', (socket) => socket.setKeepAlive(true, PROBE_MS));
    request.on('error', reject);
    request.on('response', (response) => {
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        parts: unpacked(response),
        isWhole: () => response.complete,
      });
    });
    request.end(content);
  });
}

/** Some proxies pack what they were asked not to. */
function unpacked(response: IncomingMessage): AsyncIterable<Uint8Array> {
  const unpack = UNPACK[response.headers['content-encoding'] ?? ''];
  if (unpack === undefined) return response;
  const plain = unpack();
  // A fault shows where the parts are read.
  pipeline(response, plain, () => {});
  return plain as unknown as AsyncIterable<Uint8Array>;
}
