import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnomalyResult } from '../../common/anomaly';
import { connect } from '../../server/elasticsearch';
import { outcomeOf, run, start } from './fixtures/command_line_fixture';

/** Logs that are followed by the command line: found, told of and remembered once each. */

jest.setTimeout(180_000);

const INDEX = `test-detect-command-${process.pid}`;
const DETECTOR = `${INDEX}-live`;
let folder: string;
const client = connect();

/** `event.ingested` of the last log has to lie behind the query delay of a second before a run reads it. */
const AFTER_DELAY_MS = 1_100;
const sleep = (milliseconds: number): Promise<void> =>
  new Promise((settle) => setTimeout(settle, milliseconds));

const json = <Value>(text: string): Value => JSON.parse(text) as Value;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'log-anomalies-test-'));
  for (const line of [
    'generate-logs --backfill 1d --rate 0.05 --anomaly-rate 0.03 --seed 3 --output training_data.ndjson',
    'train-model --input training_data.ndjson --name Live --contamination 0.03 --features response_time,status_code,url.original --seed 5 --output model.json',
  ]) {
    const { code, stderr } = await run(folder, ...line.split(' '));
    if (code !== 0) throw new Error(stderr);
  }
});
afterAll(async () => {
  await client.indices.delete({ index: INDEX, ignore_unavailable: true });
  await client.close();
  await rm(folder, { recursive: true, force: true });
});

async function resultsOf(detectorId: string): Promise<{ id: string; source: string }[]> {
  await client.indices.refresh({ index: 'log-anomalies-results.*' });
  const answer = await client.search<AnomalyResult>({
    index: 'log-anomalies-results.*',
    size: 10_000,
    query: {
      bool: { filter: [{ term: { 'detector.id': detectorId } }, { term: { 'result.type': 'log' } }] },
    },
  });
  return answer.hits.hits
    .map((hit) => ({ id: hit._id!, source: hit._source!.source.id }))
    .sort((left, right) => (left.id < right.id ? -1 : 1));
}

it('detects in real time; a restart at any point loses and doubles nothing, and late logs are found', async () => {
  expect(
    (
      await run(
        folder,
        'generate-logs',
        '--backfill',
        '6h',
        '--rate',
        '0.5',
        '--anomaly-rate',
        '0.05',
        '--seed',
        '9',
        '--index',
        INDEX,
      )
    ).code,
  ).toBe(0);
  await sleep(AFTER_DELAY_MS);
  const detect = [
    'detect',
    '--model',
    'model.json',
    '--detector-id',
    DETECTOR,
    '--index',
    INDEX,
    '--from',
    '1d',
    '--delay',
    '1s',
    '--interval',
    '1s',
    '--checkpoint',
    'live.json',
    '--json',
  ];
  // Killed hard in the middle of its first run, then started again.
  const victim = start(folder, detect);
  const dead = outcomeOf(victim);
  victim.stdout!.once('data', () => victim.kill('SIGKILL'));
  await dead;
  const first = await run(folder, ...detect, '--once');
  expect(first.code).toBe(0);
  const results = await resultsOf(DETECTOR);
  const expected = await run(
    folder,
    'collect-training-data',
    '--days',
    '2',
    '--index',
    INDEX,
    '--max-rows',
    '100000',
    '--output',
    'all.ndjson',
    '--json',
  );
  expect(json<{ rows: number }>(expected.stdout).rows).toBeGreaterThan(5_000);
  const scored = await run(
    folder,
    'score-logs',
    '--model',
    'model.json',
    '--input',
    'all.ndjson',
    '--output',
    'all_scored.ndjson',
    '--json',
  );
  expect(results).toHaveLength(json<{ anomalies: number }>(scored.stdout).anomalies);
  expect(new Set(results.map(({ source }) => source)).size).toBe(results.length);

  // Late: an hour old, indexed now.
  const late = {
    '@timestamp': new Date(Date.now() - 3_600_000).toISOString(),
    event: { ingested: new Date().toISOString() },
    response_time: 90_000,
    status_code: 599,
    url: { original: "/?q=1' UNION SELECT password FROM users--" },
  };
  await client.index({ index: INDEX, id: 'late', document: late, refresh: true });
  await sleep(AFTER_DELAY_MS);
  const second = await run(folder, ...detect, '--once');
  const found = second.stdout
    .trimEnd()
    .split('\n')
    .map((line) => json<Partial<AnomalyResult>>(line));
  expect(found.filter((line) => line.source !== undefined).map((line) => line.source!.id)).toEqual(['late']);
  expect(found[0].anomaly!.confidence).toBeGreaterThan(0.5);
  expect(await resultsOf(DETECTOR)).toHaveLength(results.length + 1);

  // Ctrl-C ends it with the checkpoint in order; nothing is new afterwards.
  const following = start(
    folder,
    detect.filter((parameter) => parameter !== '--json'),
  );
  const stopped = outcomeOf(following);
  following.stderr!.once('data', () => setTimeout(() => following.kill('SIGINT'), 1_500));
  expect((await stopped).code).toBe(0);
  expect(await resultsOf(DETECTOR)).toHaveLength(results.length + 1);
});

it('alerts once for each result', async () => {
  const received: string[] = [];
  const receiver: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (data: Buffer) => (body += data.toString()));
    request.on('end', () => {
      received.push(body);
      response.end('ok');
    });
  });
  await new Promise<void>((settle) => receiver.listen(0, '127.0.0.1', settle));
  const { port } = receiver.address() as AddressInfo;
  try {
    await writeFile(
      join(folder, 'alerts.yaml'),
      `alerts:\n  notify: anomalies\n  slack:\n    webhook_url: http://127.0.0.1:${port}/hook\n    channel: '#ops'\n`,
    );
    const detect = [
      'detect',
      '--model',
      'model.json',
      '--detector-id',
      `${INDEX}-alerts`,
      '--index',
      INDEX,
      '--from',
      '1d',
      '--delay',
      '1s',
      '--once',
      '--checkpoint',
      'alerts.json',
      '--config',
      'alerts.yaml',
      '--quiet',
    ];
    expect((await run(folder, ...detect)).code).toBe(0);
    expect(received).toHaveLength(1);
    expect(received[0]).toContain('#ops');
    // The checkpoint is gone, as after a crash before it was written: results are found again but not told again.
    await rm(join(folder, 'alerts.json'));
    expect((await run(folder, ...detect)).code).toBe(0);
    expect(received).toHaveLength(1);
  } finally {
    receiver.close();
  }
});
