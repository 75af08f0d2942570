/** Last parts of the paths that answer prompts: an address that ends in one of them is taken as it is. */
const ENDPOINTS: readonly string[] = ['/chat/completions', '/responses', '/messages'];

/**
 * The address of an endpoint below a base address. The endpoint goes into the path, before a query such as Azure's
 * `?api-version=…`; slashes at the end do not double, and a base that names an endpoint already is led to the one that is wanted.
 *
 * @param endpoint e.g. `/chat/completions`
 */
export function endpointUrl(base: string, endpoint: string): URL {
  const url = new URL(base);
  const path = url.pathname.replace(/\/+$/, '');
  const named = ENDPOINTS.find((ending) => path.endsWith(ending));
  const root = named === undefined ? path : path.slice(0, -named.length);
  // The version that an endpoint begins with may stand in the base too.
  const ending = root.endsWith('/v1') && endpoint.startsWith('/v1/') ? endpoint.slice('/v1'.length) : endpoint;
  url.pathname = root + ending;
  url.hash = '';
  return url;
}

/** Whether the address names that endpoint itself. */
export function namesEndpoint(base: string | undefined, endpoint: string): boolean {
  return base !== undefined && new URL(base).pathname.replace(/\/+$/, '').endsWith(endpoint);
}

const AZURE_HOST = /\.(?:openai\.azure\.com|cognitiveservices\.azure\.com|services\.ai\.azure\.com)$/;

/** Whether a server takes its key as Azure does, in a header of its own. */
export function isAzure(base: string | undefined): boolean {
  if (base === undefined) return false;
  const { hostname, pathname } = new URL(base);
  return AZURE_HOST.test(hostname) || pathname.includes('/openai/deployments/');
}
