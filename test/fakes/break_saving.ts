import { DETECTOR_TYPE } from '../../server/kibana/contracts/identifiers';
import type { smallKibana } from './small_kibana';

/** Returns an error as Kibana's saved objects throw it. */
export const boom = (statusCode: number): Error =>
  Object.assign(new Error('no answer'), { output: { statusCode } });

/** Makes Kibana's saved objects answer `error` to a change of detectors, once, before or after they do it. */
export function breakSaving(
  world: ReturnType<typeof smallKibana>,
  when: 'before' | 'after',
  error: Error,
): void {
  const { savedObjects } = world.kibana;
  const clientOf = savedObjects.client.bind(savedObjects);
  let isBroken = false;
  savedObjects.client = (...access) => {
    const client = clientOf(...access);
    return {
      ...client,
      create: async (type, attributes, options) => {
        if (type !== DETECTOR_TYPE || isBroken) return client.create(type, attributes, options);
        isBroken = true;
        if (when === 'after') await client.create(type, attributes, options);
        throw error;
      },
    };
  };
}
