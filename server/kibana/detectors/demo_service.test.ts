import type { SampleReport } from '../../../common/api';
import { smallKibana } from '../../../test/fakes/small_kibana';
import { DETECTOR_TYPE } from '../contracts/identifiers';

it('makes one detector where several ask at once for the sample logs', async () => {
  const { kibana, call, ok } = smallKibana();
  const replies = await Promise.all([call('installSample'), call('installSample'), call('installSample')]);
  expect(replies.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
  const detectors = [...kibana.savedObjects.objects.values()].filter(({ type }) => type === DETECTOR_TYPE);
  const { detector_id: id, state } = await ok<SampleReport>('getSample');
  expect(state).toBe('writing');
  expect(detectors.map((each) => each.id)).toEqual([id]);
  await ok('removeSample');
  expect(await ok('installSample')).toMatchObject({ state: 'writing' });
});

it('can be asked for again where they could not be made', async () => {
  const { call, ok, services } = smallKibana();
  const { apiKeys } = services;
  services.apiKeys = { ...apiKeys, canEncrypt: false };
  expect(await call('installSample')).toMatchObject({ status: 422 });
  services.apiKeys = apiKeys;
  expect(await ok('getSample')).toMatchObject({ state: 'none' });
  expect(await ok('installSample')).toMatchObject({ state: 'writing' });
});
