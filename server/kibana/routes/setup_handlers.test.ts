import { smallKibana } from '../../../test/fakes/small_kibana';

it('tells that there are no API keys as a problem among others', async () => {
  const { services, ok } = smallKibana();
  services.apiKeys = { ...services.apiKeys, security: undefined };
  expect(await ok('checkSetup')).toMatchObject({
    api_keys: false,
    problems: expect.arrayContaining([expect.stringMatching(/xpack\.security\.authc\.api_key\.enabled/)]),
  });
});
