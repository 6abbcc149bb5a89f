import { createModelDocuments } from '../../elasticsearch/stores/model_documents';
import { smallKibana } from '../../../test/fakes/small_kibana';

it('a model is promoted though the document of the active one is gone', async () => {
  const { services, client, space, ok, create, giveModel } = smallKibana();
  const params = { id: await create() };
  await giveModel(params.id, 'v1');
  await giveModel(params.id, 'v2');
  const { index, ids, write } = createModelDocuments(client, { space });
  await write([{ action: 'delete', index, id: ids.model(params.id, 'v2') }], 'delete a model');
  const { detector } = await ok<{ detector: object }>('getDetector', { params });
  const load = async () => ({ version: 'v1', encoder: { fields: [] }, detector });
  services.models = { ...services.models, load } as never;
  expect(await ok('promoteModel', { params: { ...params, version: 'v1' }, body: {} })).toEqual({
    active: 'v1',
    previous: 'v2',
  });
  expect(await ok('listModels', { params })).toMatchObject({ models: [{ version: 'v1', status: 'active' }] });
});
