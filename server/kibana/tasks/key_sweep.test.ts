import { smallKibana } from '../../../test/fakes/small_kibana';
import { HOUR } from '../../../common/duration';
import { API_KEY_TYPE, DETECTOR_TYPE } from '../contracts/identifiers';
import { sweepKeys } from './key_sweep';

it('asks for the detector that a key names before it revokes it, though no page had it', async () => {
  const { kibana, services, create } = smallKibana();
  const id = await create();
  const keys = () => [...kibana.savedObjects.objects.values()].filter(({ type }) => type === API_KEY_TYPE);
  const { internalSavedObjects: all } = services;
  services.internalSavedObjects = {
    ...all,
    find: async (options) => {
      if (options.type !== DETECTOR_TYPE) return all.find(options);
      // A detector that is saved while pages are read moves from one to another.
      return { total: 1, saved_objects: [] };
    },
  };
  const now = kibana.now();
  kibana.now = () => now + 2 * HOUR;
  expect(await sweepKeys(services)).toBe(0);
  expect(keys()).toHaveLength(1);
  kibana.savedObjects.objects.delete(`${DETECTOR_TYPE}/${id}`);
  expect(await sweepKeys(services)).toBe(1);
  expect(keys()).toEqual([]);
});

it('keeps a key where nobody can tell what its detector names', async () => {
  const { kibana, services, create } = smallKibana();
  const id = await create();
  kibana.savedObjects.objects.delete(`${DETECTOR_TYPE}/${id}`);
  const { internalSavedObjects: all } = services;
  services.internalSavedObjects = { ...all, get: () => Promise.reject(new Error('no connection')) };
  const now = kibana.now();
  kibana.now = () => now + 2 * HOUR;
  expect(await sweepKeys(services)).toBe(0);
  services.internalSavedObjects = all;
  expect(await sweepKeys(services)).toBe(1);
});
