import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { connect, createSnapshotStore } from '../../server/elasticsearch';
import { run, runScript } from './fixtures/command_line_fixture';

jest.setTimeout(240_000);

const client = connect();
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'log-anomalies-pipeline-'));
});
afterAll(async () => {
  await client.indices.delete({ index: 'demo-http-logs', ignore_unavailable: true });
  await client.close();
  await rm(folder, { recursive: true, force: true });
});

describe('the workflow', () => {
  it('trains on fixed data, validates, deploys, watches and rolls back', async () => {
    const environment = { MODEL_FOLDER: folder, WATCH_WINDOW: '1h', WATCH_DURATION: '1s' };
    const step = async (name: string): Promise<string> => {
      const outcome = await runScript(`scripts/pipeline/${name}.sh`, environment);
      expect(`${name}: ${outcome.code === 0 ? 'ok' : outcome.stderr}`).toBe(`${name}: ok`);
      return outcome.stdout;
    };
    await step('generate');
    await step('train');
    expect(await readFile(join(folder, 'evaluation.html'), 'utf8')).toContain('<svg');
    expect(await step('validate')).toContain('pass');
    // Production, as far as the deployment can see it: an hour of traffic.
    expect(
      (
        await run(
          folder,
          'generate-logs',
          '--backfill',
          '2h',
          '--rate',
          '1',
          '--anomaly-rate',
          '0.01',
          '--seed',
          '11',
          '--index',
          'demo-http-logs',
        )
      ).code,
    ).toBe(0);
    await step('deploy');
    expect(await step('validate_deployment')).toContain('pass');
    const store = createSnapshotStore(client);
    const first = await store.active('http-services');
    expect(first).toBeDefined();

    // A second version, and back again.
    await run(
      folder,
      'train-model',
      '--input',
      'training_data.ndjson',
      '--detector',
      resolve(__dirname, '../../scripts/pipeline/detector.yml'),
      '--seed',
      '77',
      '--output',
      'model.json',
    );
    await step('deploy');
    const second = await store.active('http-services');
    expect(second!.version).not.toBe(first!.version);
    await step('rollback');
    expect((await store.active('http-services'))!.version).toBe(first!.version);
    // Once more finds nothing to go back to: the second version was taken back.
    const again = await runScript('scripts/pipeline/rollback.sh', environment);
    expect(again).toMatchObject({ code: 3, stderr: expect.stringContaining('no earlier model') });
    expect((await store.active('http-services'))!.version).toBe(first!.version);
  });
});
