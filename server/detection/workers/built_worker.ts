import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';

/**
 * Finds the built code of a worker thread: beside its caller in Kibana's own build, below the bundled server in ours.
 *
 * @param directory where the caller runs
 * @param path of the worker below `server`, e.g. `detection/feedback/calendar_worker.js`
 * @returns its path; undefined where the sources run unbuilt
 */
export const findBuiltWorker = (directory: string, path: string): string | undefined =>
  [basename(path), path].map((name) => join(directory, name)).find((found) => existsSync(found));
