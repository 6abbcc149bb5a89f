import { rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { Session, type HeapProfiler } from 'node:inspector';
import { isMainThread } from 'node:worker_threads';

/*
 * Loaded into Kibana before its own code: answers, on the socket that HEAP_PROBE names, what is still alive once garbage was
 * collected. With HEAP_PROBE_PLACES it also tells what has been allocated since the first answer and lives, by who allocated it;
 * the profile that this takes costs memory of its own, so a measurement of the process's memory goes without it.
 */

/** Bytes in use after a collection of garbage. */
export interface LiveMemory {
  readonly heap: number;
  /** Outside of the heap, held by objects in it: buffers, typed arrays, strings of the outside. */
  readonly external: number;
  readonly rss: number;
  /** Absent unless places were asked for. */
  readonly allocations?: Allocations;
}

/** Allocated since the first answer and alive, in bytes, estimated from samples. */
export interface Allocations {
  readonly plugin: number;
  readonly all: number;
  /** The largest of these, with the place in the code that allocated them. */
  readonly places: readonly { readonly place: string; readonly bytes: number; readonly isPlugin: boolean }[];
}

const PLUGIN = '/plugins/logAnomalies/';
const SAMPLE_EVERY_BYTES = 65_536;
const MOST_PLACES = 40;

function byPlace(root: HeapProfiler.SamplingHeapProfileNode): Allocations {
  const bytes = new Map<string, { bytes: number; isPlugin: boolean }>();
  const sums = { plugin: 0, all: 0 };
  const visit = (node: HeapProfiler.SamplingHeapProfileNode, isWithin: boolean): void => {
    const { functionName, url, lineNumber } = node.callFrame;
    const isPlugin = isWithin || url.includes(PLUGIN);
    if (node.selfSize > 0) {
      const place = `${functionName || '(anonymous)'} ${url}:${lineNumber + 1}${isPlugin ? ' (plugin)' : ''}`;
      const known = bytes.get(place) ?? { bytes: 0, isPlugin };
      bytes.set(place, { bytes: known.bytes + node.selfSize, isPlugin });
      sums.all += node.selfSize;
      if (isPlugin) sums.plugin += node.selfSize;
    }
    for (const child of node.children) visit(child, isPlugin);
  };
  visit(root, false);
  const places = [...bytes].map(([place, each]) => ({ place, ...each }));
  const largest = (isPlugin: boolean) =>
    places
      .filter((each) => each.isPlugin === isPlugin)
      .sort((one, other) => other.bytes - one.bytes)
      .slice(0, MOST_PLACES);
  return { ...sums, places: [...largest(true), ...largest(false)] };
}

function serve(path: string, hasPlaces: boolean): void {
  const session = new Session();
  session.connect();
  let isSampling = false;
  const post = (method: string, params = {}): Promise<unknown> =>
    new Promise((done, failed) =>
      session.post(method, params, (error, answer) => (error ? failed(error) : done(answer))),
    );
  const look = async (): Promise<LiveMemory> => {
    await post('HeapProfiler.collectGarbage');
    // Finalizers of the first collection let go of more.
    await new Promise((done) => setTimeout(done, 100));
    await post('HeapProfiler.collectGarbage');
    const { heapUsed: heap, external, rss } = process.memoryUsage();
    if (!hasPlaces) return { heap, external, rss };
    if (!isSampling) {
      await post('HeapProfiler.startSampling', { samplingInterval: SAMPLE_EVERY_BYTES });
      isSampling = true;
    }
    const { profile } = (await post(
      'HeapProfiler.getSamplingProfile',
    )) as HeapProfiler.GetSamplingProfileReturnType;
    return { heap, external, rss, allocations: byPlace(profile.head) };
  };
  rmSync(path, { force: true });
  createServer((_request, response) => {
    look().then(
      (memory) => response.end(JSON.stringify(memory)),
      (error: Error) => response.writeHead(500).end(error.message),
    );
  })
    .listen(path)
    .unref();
}

if (isMainThread && process.env.HEAP_PROBE !== undefined) {
  serve(process.env.HEAP_PROBE, process.env.HEAP_PROBE_PLACES !== undefined);
}
