import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '../../server/elasticsearch';
import { run } from './fixtures/command_line_fixture';

jest.setTimeout(180_000);

const INDEX = `test-command-line-${process.pid}`;
let folder: string;
const client = connect();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'log-anomalies-test-'));
});
afterAll(async () => {
  await client.indices.delete({ index: INDEX, ignore_unavailable: true });
  await client.close();
  await rm(folder, { recursive: true, force: true });
});

const json = <Value>(text: string): Value => JSON.parse(text) as Value;

describe('the command line, in the order of a newcomer', () => {
  it('checks the connection', async () => {
    const { code, stdout } = await run(folder, 'check-connection', '--index', INDEX, '--json');
    expect(code).toBe(0);
    expect(json(stdout)).toMatchObject({ security: true, missingPrivileges: [] });
  });

  it('generates history, draws a sample and trains', async () => {
    expect(
      (
        await run(
          folder,
          'generate-logs',
          '--backfill',
          '2d',
          '--rate',
          '0.05',
          '--anomaly-rate',
          '0.03',
          '--seed',
          '3',
          '--index',
          INDEX,
        )
      ).code,
    ).toBe(0);
    const collected = await run(
      folder,
      'collect-training-data',
      '--days',
      '3',
      '--index',
      INDEX,
      '--max-rows',
      '3000',
      '--output',
      'training_data.json',
      '--json',
    );
    expect(json(collected.stdout)).toMatchObject({ rows: 3_000 });
    const documents = json<Record<string, unknown>[]>(
      await readFile(join(folder, 'training_data.json'), 'utf8'),
    );
    expect(documents).toHaveLength(3_000);
    expect(documents[0]).toHaveProperty('labels');
    const trained = await run(
      folder,
      'train-model',
      '--input',
      'training_data.json',
      '--name',
      'Test HTTP',
      '--contamination',
      '0.03',
      '--features',
      'response_time,status_code,url.original',
      '--seed',
      '5',
      '--output',
      'model.json',
      '--json',
    );
    expect(trained.code).toBe(0);
    expect(json(trained.stdout)).toMatchObject({ output: 'model.json', rows: 2_400, heldOutRows: 600 });
    const again = await run(
      folder,
      'train-model',
      '--input',
      'training_data.json',
      '--name',
      'Test HTTP',
      '--contamination',
      '0.03',
      '--features',
      'response_time,status_code,url.original',
      '--seed',
      '5',
      '--output',
      'again.json',
      '--json',
    );
    expect(json<{ threshold: number }>(again.stdout).threshold).toBe(
      json<{ threshold: number }>(trained.stdout).threshold,
    );
  });

  it('evaluates on labelled logs and writes a page', async () => {
    expect(
      (
        await run(
          folder,
          'generate-logs',
          '--backfill',
          '1d',
          '--rate',
          '0.05',
          '--anomaly-rate',
          '0.05',
          '--seed',
          '4',
          '--output',
          'test_logs.ndjson',
        )
      ).code,
    ).toBe(0);
    const { code, stdout } = await run(
      folder,
      'evaluate-model',
      '--model',
      'model.json',
      '--test-data',
      'test_logs.ndjson',
      '--html',
      'page.html',
      '--json',
    );
    expect(code).toBe(0);
    const { labelled } = json<{ labelled: Record<string, number> }>(stdout);
    expect(labelled.roc_auc).toBeGreaterThan(0.85);
    expect(labelled.average_precision).toBeGreaterThan(0.4);
    const page = await readFile(join(folder, 'page.html'), 'utf8');
    expect(page).toContain('<svg');
    expect(page).not.toMatch(/<script|src="http/);
  });

  it('scores files', async () => {
    expect(
      (
        await run(
          folder,
          'score-logs',
          '--model',
          'model.json',
          '--input',
          'test_logs.ndjson',
          '--output',
          'scored.ndjson',
        )
      ).code,
    ).toBe(0);
    const lines = (await readFile(join(folder, 'scored.ndjson'), 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) =>
        json<{
          anomaly: {
            score: number;
            is_anomaly: boolean;
            threshold: number;
            attribution?: { share: number }[];
          };
        }>(line),
      );
    for (const { anomaly } of lines) expect(anomaly.is_anomaly).toBe(anomaly.score >= anomaly.threshold);
    const anomalous = lines.filter(({ anomaly }) => anomaly.is_anomaly);
    expect(anomalous.length).toBeGreaterThan(10);
    for (const { anomaly } of anomalous) {
      expect(anomaly.attribution!.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 6);
    }
  });

  it('validates, deploys, and keeps a bad model out', async () => {
    await writeFile(
      join(folder, 'easy.yaml'),
      'limits: { min_precision: 0.1, min_recall: 0.1, min_f1: 0.1, min_roc_auc: 0.5, min_average_precision: 0.1, max_alert_share: 0.3 }\n',
    );
    await writeFile(join(folder, 'hard.yaml'), 'limits: { min_precision: 0.999, min_recall: 0.999 }\n');
    const deploy = (config: string) =>
      run(
        folder,
        'deploy-model',
        '--model',
        'model.json',
        '--detector-id',
        INDEX,
        '--test-data',
        'test_logs.ndjson',
        '--config',
        config,
        '--json',
      );
    const refused = await deploy('hard.yaml');
    expect(refused.code).toBe(7);
    expect(refused.stderr).toContain('precision');
    expect((await run(folder, 'detect', '--detector-id', INDEX, '--once')).code).toBe(3);
    const passed = await deploy('easy.yaml');
    expect(passed.code).toBe(0);
    expect(json(passed.stdout)).toMatchObject({ active: true, gate: { passed: true } });
    const watched = await run(
      folder,
      'validate-deployment',
      '--detector-id',
      INDEX,
      '--window',
      '1d',
      '--config',
      'easy.yaml',
      '--json',
    );
    expect(watched.code).toBe(3); // the model reads the index of the configuration, which does not exist here
  });

  it('takes feedback and gives it back', async () => {
    const source = ['--index', 'logs', '--id', 'a1'];
    expect(
      (await run(folder, 'feedback', '--detector-id', INDEX, ...source, '--verdict', 'wrong')).code,
    ).toBe(2);
    expect(
      (
        await run(
          folder,
          'feedback',
          '--detector-id',
          INDEX,
          ...source,
          '--verdict',
          'not_an_anomaly',
          '--comment',
          'nightly job',
        )
      ).code,
    ).toBe(0);
    await client.indices.refresh({ index: 'log-anomalies-feedback.*' });
    expect((await run(folder, 'feedback', '--detector-id', INDEX)).stdout).toContain('nightly job');
  });
});

describe('bad input', () => {
  it.each([
    [['train-model', '--input', 'missing.json', '--output', 'x.json'], 2, 'missing.json'],
    [['train-model', '--input', 'model.json', '--output', 'x.json'], 6, 'fit to be a feature'],
    [
      ['score-logs', '--model', 'test_logs.ndjson', '--input', 'test_logs.ndjson', '--output', 'x.json'],
      7,
      'test_logs.ndjson',
    ],
    [['detect', '--model', 'model.json', '--threshold', '1.5'], 2, 'from 0.000001 to 1'],
    [['detect'], 2, '--model nor --detector-id'],
    [['nonsense'], 2, 'nonsense'],
    [['collect-training-data', '--output', 'x.json', '--index', 'no-such-index'], 3, 'no-such-index'],
  ])('%j ends with %i and says why', async (parameters, code, words) => {
    const outcome = await run(folder, ...parameters);
    expect(outcome.stderr).toContain(words);
    expect(outcome.code).toBe(code);
  });

  it('names the wrong setting of a configuration, but no secret', async () => {
    await writeFile(
      join(folder, 'wrong.yaml'),
      'limits: { min_recall: 7 }\nalerts: { slack: { webhook_url: "ftp://secret-token" } }\nelasticsearch: { api_key: 12345 }\n',
    );
    const { code, stderr } = await run(folder, 'list-models', '--config', 'wrong.yaml');
    expect(code).toBe(2);
    expect(stderr).toContain('limits.min_recall');
    expect(stderr).toContain('alerts.slack.webhook_url');
    expect(stderr).not.toMatch(/secret-token|12345/);
  });
});
