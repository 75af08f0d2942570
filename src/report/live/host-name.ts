/**
 * The name of a `Host` header or an address to listen on, as one spelling: lower case, without port and without the dot that may
 * end a full name; numeric addresses in their shortest form, IPv6 in brackets. Undefined where it is none.
 */
export function hostName(text: string): string | undefined {
  // Nothing that would make a URL of another shape of it: a user, a path, white space.
  if (!/^[^\s/\\?#@]+$/.test(text)) return undefined;
  const bare = /^[0-9a-f.]*:[0-9a-f.:]*:[0-9a-f.:]*$/i.test(text) ? `[${text}]` : text;
  if (!URL.canParse(`http://${bare}/`)) return undefined;
  const { hostname } = new URL(`http://${bare}/`);
  return hostname.replace(/\.$/, '') || undefined;
}
