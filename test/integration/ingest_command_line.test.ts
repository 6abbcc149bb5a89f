import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LogDocument } from '../../common/log_document';
import { createAuditTrail, ownerRole, pipelineRole, resultsPattern } from '../../server/elasticsearch';
import { livePipeline, pipelineName } from '../../server/elasticsearch/ingest';
import { outcomeOf, start, type Outcome } from './fixtures/command_line_fixture';
import { administrator, uniqueName, userWith } from './fixtures/elasticsearch_fixture';
import { demoDocuments } from './fixtures/ingest_models';

const HOUR = 3_600_000;

/** Demo logs of the last hours, arriving now. */
function recentLogs(): LogDocument[] {
  const documents = demoDocuments(0.01, 0.02);
  const end = Date.parse(String(documents[documents.length - 1]['@timestamp']));
  const shift = Date.now() - end;
  return documents.map((document) => ({
    ...document,
    '@timestamp': new Date(
      end + shift - (end - Date.parse(String(document['@timestamp']))) / 48,
    ).toISOString(),
  }));
}

describe('from a trained model to a live pipeline, with the least rights', () => {
  jest.setTimeout(240_000);
  const admin = administrator();
  const detectorId = uniqueName('shell').toLowerCase();
  const index = `${detectorId}-logs`;
  const documents = recentLogs();
  const half = Math.floor(documents.length / 2);
  let folder: string;
  let environment: NodeJS.ProcessEnv;
  let removeUser: () => Promise<unknown>;

  const run = (...parameters: string[]): Promise<Outcome> =>
    outcomeOf(start(folder, parameters, environment));
  const succeed = async (...parameters: string[]): Promise<string> => {
    const outcome = await run(...parameters);
    if (outcome.code !== 0) throw new Error(`${parameters.join(' ')}: ${outcome.code} ${outcome.stderr}`);
    return outcome.stdout;
  };
  const indexLogs = async (logs: readonly LogDocument[]): Promise<void> => {
    const answer = await admin.bulk({
      index,
      refresh: true,
      operations: logs.flatMap((log) => [{ index: {} }, log]),
    });
    expect(answer.errors).toBe(false);
  };
  const train = async (seed: number): Promise<string> => {
    const file = `model-${seed}.json`;
    const output = await succeed(
      ...['train-model', '--input', 'training.json', '--detector', 'detector.yml'],
      ...['--seed', String(seed), '--output', file, '--json'],
    );
    expect(JSON.parse(output)).toBeDefined();
    return file;
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'log-anomalies-ingest-'));
    const owner = ownerRole([index], 'default', 'ingest');
    const pipelines = pipelineRole([index]);
    const user = await userWith(admin, {
      cluster: [...new Set([...owner.cluster, ...pipelines.cluster])],
      indices: [...owner.indices, ...pipelines.indices],
    });
    removeUser = user.remove;
    environment = { ELASTICSEARCH_USERNAME: user.username, ELASTICSEARCH_PASSWORD: user.password };
    await writeFile(
      join(folder, 'detector.yml'),
      `name: ${detectorId}
scoring: ingest
source: { index: ${index} }
entity_field: service.name
features:
  - { type: number, field: response_time }
  - { type: category, field: status_code }
  - { type: text, field: url.original }
schedule: { query_delay: 1s }
`,
    );
    await admin.indices.create({
      index,
      mappings: {
        dynamic: false,
        properties: {
          '@timestamp': { type: 'date' },
          service: { properties: { name: { type: 'keyword' } } },
        },
      },
    });
    await indexLogs(documents.slice(0, half));
    await succeed('collect-training-data', '--days', '1', '--index', index, '--output', 'training.json');
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
    await admin.indices.delete({ index });
    await admin.ingest.deletePipeline({ id: `${pipelineName(detectorId)}*` }).catch(() => undefined);
    await admin.deleteByQuery({
      index: resultsPattern('default'),
      query: { term: { 'detector.id': detectorId } },
      conflicts: 'proceed',
    });
    await removeUser();
    await admin.close();
  });

  it('is one command; logs flow through it, history follows, versions are swapped and refused', async () => {
    const first = await train(1);
    const deployed = JSON.parse(
      await succeed(
        'deploy-model',
        '--model',
        first,
        '--attach',
        '--max-cost',
        '100000',
        '--force',
        '--json',
      ),
    ) as { model: string; attached: boolean; ingest: { live: { version: string } } };
    expect(deployed).toMatchObject({ attached: true, ingest: { live: { version: deployed.model } } });

    await indexLogs(documents.slice(half));
    await new Promise((wake) => setTimeout(wake, 1_500));
    const found = (await succeed('detect', '--detector-id', detectorId, '--once', '--from', '2h', '--json'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { anomaly?: object; summary?: { logs: number; anomalies: number } });
    const { summary } = found[found.length - 1];
    expect(summary!.logs).toBe(documents.length - half);
    expect(summary!.anomalies).toBeGreaterThan(0);
    expect(found.filter(({ anomaly }) => anomaly !== undefined)).toHaveLength(summary!.anomalies);

    const times = ['--from', new Date(Date.now() - 3 * HOUR).toISOString(), '--to', new Date().toISOString()];
    const filled = JSON.parse(await succeed('backfill', '--detector-id', detectorId, ...times, '--json')) as {
      done: number;
      results: { logs: number; anomalies: number; created: number };
    };
    expect(filled).toMatchObject({ done: half, results: { logs: documents.length } });
    expect(filled.results.created).toBe(filled.results.anomalies - summary!.anomalies);

    const second = await train(2);
    const dear = await run('deploy-model', '--model', second, '--max-cost', '0.001', '--force');
    expect(dear).toMatchObject({ code: 7, stderr: expect.stringContaining('microseconds a log') });
    expect(await livePipeline(admin, detectorId)).toMatchObject({ version: deployed.model });
    expect(await succeed('list-models', '--detector-id', detectorId)).toMatch(
      new RegExp(`active .*${deployed.model}`),
    );

    const next = JSON.parse(
      await succeed('deploy-model', '--model', second, '--max-cost', '100000', '--force', '--json'),
    ) as { model: string };
    expect(await livePipeline(admin, detectorId)).toMatchObject({
      version: next.model,
      previousVersion: deployed.model,
    });
    await succeed('rollback-model', '--detector-id', detectorId);
    expect(await livePipeline(admin, detectorId)).toMatchObject({ version: deployed.model });
    await succeed('attach-pipeline', '--detector-id', detectorId, '--revert');
    expect(await livePipeline(admin, detectorId)).toMatchObject({ version: next.model });
    const { entries } = await createAuditTrail(admin).list(detectorId);
    expect(entries.slice(0, 3).map(({ action, from, to }) => [action, from, to])).toEqual([
      ['model_reverted', deployed.model, next.model],
      ['model_reverted', next.model, deployed.model],
      ['model_promoted', deployed.model, next.model],
    ]);
    await succeed('rollback-model', '--detector-id', detectorId);
    expect(
      (await run('detect', '--detector-id', detectorId, '--once', '--threshold', '0.5')).stderr,
    ).toContain('the pipeline holds the threshold');
  });
});
