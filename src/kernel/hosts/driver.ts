/**
 * What every host runs, as the body of a function of `pages` and `slots`: it links WebAssembly printed from checked graphs and
 * WebAssembly printed from no program at all. Text, because an isolate takes nothing else; one text, so that hosts cannot
 * differ.
 */
export const DRIVER = `
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const kernels = new WebAssembly.Table({ initial: slots, maximum: slots, element: 'anyfunc' });
  const env = { memory, kernels, pow: (x, y) => x ** y };
  const link = (bytes) => new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(bytes)), { env }).exports;
  const libraries = [];
  return {
    buffer: memory.buffer,
    compile: (bytes) => { link(bytes); },
    library: (n, bytes) => { libraries[n] = link(bytes); },
    forget: (first, count) => { for (let k = 0; k < count; k++) kernels.set(first + k, null); },
    run: (kernel, start, end) => libraries[0].run(kernel, start, end),
    passes: (n, a, b, c, d, e, f, g, h, i) => libraries[n].passes(a, b, c, d, e, f, g, h, i),
  };
`;

/** The functions of the driver. */
export const DRIVER_CALLS = ['compile', 'library', 'forget', 'run', 'passes'] as const;
export type DriverCall = (typeof DRIVER_CALLS)[number];
