import assert from 'node:assert/strict';
import type { KibanaClient } from '../kibana_client';
import { detectorFor, type World } from '../world';
import type { DetectorMade } from './detector';

const status = async (answer: ReturnType<KibanaClient['request']>): Promise<number> => (await answer).status;

/** Checks that spaces do not see each other's data, a reader changes nothing, and an owner gives no more than they have. */
export async function rightsJourney(world: World, { id, sample }: DetectorMade): Promise<void> {
  const { report, admin, owner, reader } = world;
  const params = { id };
  const space = `${world.name}-space`;
  await report.journey('Spaces', async () => {
    await report.step('a second space is made', () =>
      admin.expect('post', '/api/spaces/space', { id: space, name: space, disabledFeatures: [] }),
    );
    const elsewhere = admin.inSpace(space);
    try {
      await report.step('it sees no detector, no status and no result of the first', async () => {
        assert.equal((await elsewhere.call('listDetectors')).total, 0);
        assert.deepEqual((await elsewhere.call('listStatus')).statuses, []);
        assert.equal((await elsewhere.call('searchResults')).total, 0);
        assert.equal((await elsewhere.call('searchResults', { query: { detector_id: id } })).total, 0);
        assert.ok((await admin.call('searchResults', { query: { detector_id: id } })).total > 0);
      });
      await report.step('it can neither read, start nor delete it by its id', async () => {
        assert.equal(await status(elsewhere.try('getDetector', { params })), 404);
        assert.equal(await status(elsewhere.try('getStatus', { params })), 404);
        assert.equal(await status(elsewhere.try('startDetector', { params })), 404);
        assert.equal(await status(elsewhere.try('listModels', { params })), 404);
        assert.equal(await status(elsewhere.try('deleteDetector', { params })), 404);
      });
    } finally {
      await admin.request('delete', `/api/spaces/space/${space}`);
    }
  });
  await report.journey('Rights', async () => {
    if (reader === undefined) return report.skip('roles', 'security is off');
    await report.step('a reader sees detectors, status and results', async () => {
      assert.equal((await reader.call('getDetector', { params })).id, id);
      assert.equal((await reader.call('getStatus', { params })).id, id);
      assert.ok((await reader.call('searchResults', { query: { detector_id: id } })).total > 0);
      assert.ok((await reader.call('listModels', { params })).models.length > 0);
    });
    await report.step('a reader changes nothing', async () => {
      const detector = detectorFor('not allowed', world.indices.web, [sample]);
      assert.equal(await status(reader.try('createDetector', { body: { detector } })), 403);
      assert.equal(await status(reader.try('startDetector', { params })), 403);
      assert.equal(await status(reader.try('stopDetector', { params })), 403);
      assert.equal(await status(reader.try('trainDetector', { params })), 403);
      assert.equal(await status(reader.try('deleteDetector', { params })), 403);
      assert.equal(await status(reader.try('cloneDetector', { params, body: {} })), 403);
    });
    await report.step('neither owner nor reader gets into another space', async () => {
      for (const user of [owner, reader]) {
        assert.equal(await status(user.inSpace('other').try('listDetectors')), 403);
      }
    });
    await report.step(
      'an owner cannot have logs read that they may not read, and is told which',
      async () => {
        const detector = detectorFor('not allowed', `${world.name}-secret`, [sample]);
        const answer = await owner.try('createDetector', { body: { detector } });
        assert.equal(answer.status, 403, JSON.stringify(answer.body));
        assert.match(JSON.stringify(answer.body), new RegExp(`read on .*${world.name}-secret`));
      },
    );
    await report.step('the API key of a detector never leaves Kibana', async () => {
      const record = await admin.request('get', `/api/log_anomalies/detectors/${id}`);
      assert.equal(record.status, 200);
      assert.doesNotMatch(JSON.stringify(record.body), /api_key/);
      for (const type of ['log-anomalies-detector', 'log-anomalies-api-key']) {
        const exported = await admin.request('post', '/api/saved_objects/_export', { type: [type] });
        assert.equal(exported.status, 400, JSON.stringify(exported.body));
        for (const user of [admin, owner]) {
          const written = await user.request('post', `/api/saved_objects/${type}`, {
            attributes: { name: 'forged', detector: {}, enabled: true },
          });
          assert.equal(written.status, 400, JSON.stringify(written.body));
        }
      }
    });
  });
}
