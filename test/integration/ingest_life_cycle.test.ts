import type { LogDocument } from '../../common/log_document';
import type { ModelSnapshot } from '../../common/model_snapshot';
import type { LogRange } from '../../server/detection/ports';
import { connect, type ElasticsearchClient } from '../../server/elasticsearch';
import { sleep } from '../../server/elasticsearch/transport/attempt';
import {
  attachPipeline,
  cancelBackfill,
  componentTemplatesOf,
  deletePipeline,
  deployPipeline,
  detachPipeline,
  followBackfill,
  formerPipelineName,
  livePipeline,
  namesOfPipeline,
  pipelineName,
  planAttachment,
  renamePipeline,
  revertPipeline,
  startBackfill,
  tryPipeline,
} from '../../server/elasticsearch/ingest';
import { demoDocuments, trainOn } from './fixtures/ingest_models';

const DETECTOR = 'life-cycle';
const PIPELINE = pipelineName(DETECTOR);
/** As version 0.1.0 named it. */
const FORMER = formerPipelineName(DETECTOR);
const INDEX = 'ingest-life-cycle';
const COPY = `${INDEX}-copy`;

interface ScoredSource {
  anomaly?: { score?: number };
  model?: { version: string };
}

describe('the life cycle of an ingest pipeline', () => {
  jest.setTimeout(300_000);
  const client = connect();
  const wide: ElasticsearchClient = client;
  const clock = { now: () => Date.now(), sleep };
  const documents = demoDocuments(0.015, 0.05);
  const features = [
    { type: 'number', field: 'response_time' },
    { type: 'number', field: 'request_size' },
    { type: 'category', field: 'status_code' },
    { type: 'hour_of_day', field: 'hour_of_day' },
  ] as const;
  const train = (seed: number): ModelSnapshot => trainOn(documents, [...features], { forest: { seed } });
  const first = train(1);
  const second = train(2);
  const options = {
    detectorId: DETECTOR,
    trial: { now: () => performance.now(), documents: documents.slice(0, 200) },
  };
  const range: LogRange = {
    index: INDEX,
    timestampField: '@timestamp',
    ingestedField: 'event.ingested',
    from: Date.UTC(2026, 10, 1),
    to: Date.UTC(2026, 10, 3),
  };

  const index = async (logs: readonly LogDocument[]): Promise<void> => {
    const answer = await client.bulk({
      index: INDEX,
      operations: logs.flatMap((log) => [{ index: {} }, log]),
    });
    expect(answer.errors).toBe(false);
  };
  /** Logs of an index by version, `none` for those without a score. */
  const versions = async (name: string): Promise<Record<string, number>> => {
    await client.indices.refresh({ index: name });
    const { hits } = await client.search<ScoredSource>({
      index: name,
      size: 10_000,
      _source: ['anomaly', 'model'],
    });
    const found: Record<string, number> = {};
    for (const { _source } of hits.hits) {
      const version = (_source?.anomaly?.score === undefined ? undefined : _source.model?.version) ?? 'none';
      found[version] = (found[version] ?? 0) + 1;
    }
    return found;
  };
  const clean = async (): Promise<void> => {
    await client.indices.delete({ index: [INDEX, COPY], ignore_unavailable: true });
    for (const id of [`${FORMER}*`, `${PIPELINE}*`]) {
      await client.ingest.deletePipeline({ id }).catch(() => undefined);
    }
    await client.cluster.deleteComponentTemplate({ name: `${PIPELINE}*` }).catch(() => undefined);
  };

  beforeEach(async () => {
    await clean();
    await client.indices.create({
      index: INDEX,
      mappings: { dynamic: false, properties: { '@timestamp': { type: 'date' } } },
    });
  });
  afterAll(async () => {
    await clean();
    await client.close();
  });

  it('deploys, swaps under load with no log unscored, reverts, detaches and deletes', async () => {
    const deployed = await deployPipeline(wide, first, options);
    expect(deployed.live).toEqual({
      name: PIPELINE,
      version: first.version,
      threshold: first.threshold,
      notesThreshold: true,
    });
    expect(deployed.bytes).toBeLessThan(300 * 1_024);
    expect(deployed.simulation).toMatchObject({ logs: 200 });
    expect(Object.keys(await client.ingest.getPipeline({ id: `${PIPELINE}*` }))).toEqual([PIPELINE]);

    const plan = await planAttachment(wide, [PIPELINE], INDEX);
    await index(documents.slice(0, 10));
    expect(await versions(INDEX)).toEqual({ none: 10 });
    await attachPipeline(wide, plan);
    await attachPipeline(wide, plan);

    let deploying = true;
    const swap = deployPipeline(wide, second, options).finally(() => (deploying = false));
    let indexed = 0;
    for (let from = 0; deploying || from < 300; from += 100) {
      await index(documents.slice(from % 1_000, (from % 1_000) + 100));
      indexed += 100;
    }
    expect((await swap).live).toMatchObject({ version: second.version, previousVersion: first.version });
    await index(documents.slice(0, 100));
    const found = await versions(INDEX);
    expect(found.none).toBe(10);
    expect(found[second.version]).toBeGreaterThanOrEqual(100);
    expect(found[first.version] + found[second.version]).toBe(indexed + 100);

    const load = (version: string): Promise<ModelSnapshot> => {
      expect(version).toBe(first.version);
      return Promise.resolve(first);
    };
    const { live } = await revertPipeline(wide, load, options);
    expect(live.version).toBe(first.version);
    // Once more would swap the two versions back.
    await expect(revertPipeline(wide, load, options)).rejects.toThrow(/no version before/);

    await expect(deletePipeline(wide, DETECTOR)).rejects.toThrow(/final pipeline/);
    expect(await detachPipeline(wide, [PIPELINE], INDEX)).toEqual([INDEX]);
    expect(await detachPipeline(wide, [PIPELINE], INDEX)).toEqual([]);
    await index(documents.slice(0, 7));
    expect((await versions(INDEX)).none).toBe(17);
    expect(await deletePipeline(wide, DETECTOR)).toBe(true);
    expect(await livePipeline(wide, DETECTOR)).toBeUndefined();
  });

  describe('of version 0.1.0', () => {
    /** The pipeline has the name of 0.1.0 alone, and the logs go through it. */
    const asOf010 = async (): Promise<void> => {
      await deployPipeline(wide, first, options);
      const { description, processors, _meta } = (await client.ingest.getPipeline({ id: PIPELINE }))[
        PIPELINE
      ];
      await client.ingest.putPipeline({ id: FORMER, description, processors, _meta });
      await client.ingest.deletePipeline({ id: PIPELINE });
      await attachPipeline(wide, await planAttachment(wide, [FORMER], INDEX));
    };
    const finalPipeline = async (): Promise<string | undefined> =>
      (await client.indices.getSettings({ index: INDEX }))[INDEX].settings?.index?.final_pipeline;

    it('is known by its old name, gets that of today with the next version, and goes on for what refers to it', async () => {
      await asOf010();
      expect(await livePipeline(wide, DETECTOR)).toMatchObject({ name: FORMER, version: first.version });
      const { live } = await deployPipeline(wide, second, options);
      expect(live).toMatchObject({
        name: PIPELINE,
        version: second.version,
        previousVersion: first.version,
      });
      expect(await finalPipeline()).toBe(FORMER);
      await index(documents.slice(0, 20));
      expect(await versions(INDEX)).toEqual({ [second.version]: 20 });
      // An index attached by the old name is attached by the current name afterwards.
      await attachPipeline(wide, await planAttachment(wide, await namesOfPipeline(wide, DETECTOR), INDEX));
      expect(await finalPipeline()).toBe(PIPELINE);
      expect(await detachPipeline(wide, await namesOfPipeline(wide, DETECTOR), INDEX)).toEqual([INDEX]);
      expect(await deletePipeline(wide, DETECTOR)).toBe(true);
      expect(await client.ingest.getPipeline({ id: FORMER }, { ignore: [404] })).toEqual({});
    });

    it('is not deleted by either name while an index refers to the old one', async () => {
      await asOf010();
      expect(await renamePipeline(wide, DETECTOR)).toMatchObject({ name: PIPELINE, version: first.version });
      await index(documents.slice(0, 5));
      expect(await versions(INDEX)).toEqual({ [first.version]: 5 });
      await expect(deletePipeline(wide, DETECTOR)).rejects.toThrow(/final pipeline/);
      expect(await livePipeline(wide, DETECTOR)).toMatchObject({ name: PIPELINE });
      expect(await detachPipeline(wide, await namesOfPipeline(wide, DETECTOR), INDEX)).toEqual([INDEX]);
      expect(await deletePipeline(wide, DETECTOR)).toBe(true);
    });

    it('is of one detector alone, though its name may be that of another one in another space', async () => {
      const [space, detectorId] = ['default-life', 'cycle'];
      expect(formerPipelineName(detectorId, space)).toBe(FORMER);
      await asOf010();
      expect(await livePipeline(wide, detectorId, { space })).toBeUndefined();
      expect(await deletePipeline(wide, detectorId, { space })).toBe(false);
      expect(await namesOfPipeline(wide, detectorId, { space })).toEqual([pipelineName(detectorId, space)]);
      const { live } = await deployPipeline(wide, second, { ...options, detectorId, space });
      expect(live.name).not.toBe(PIPELINE);
      expect(await livePipeline(wide, DETECTOR)).toMatchObject({ name: FORMER, version: first.version });
      await deletePipeline(wide, detectorId, { space });
    });
  });

  it('leaves the live version alone when the trial is too dear or fails', async () => {
    await deployPipeline(wide, first, options);
    // Time as the trial takes it: the three rounds are longer with the pipeline than without.
    let looks = 0;
    const now = (): number => 10 * Math.floor(looks / 3) * 3 + [0, 20, 21][looks++ % 3];
    const dear = { ...options, trial: { ...options.trial, now, maxMicrosecondsPerLog: 0.000_001 } };
    await expect(deployPipeline(wide, second, dear)).rejects.toMatchObject({ code: 'refused' });
    const empty = { ...options, trial: { ...options.trial, documents: [] } };
    await expect(deployPipeline(wide, second, empty)).rejects.toMatchObject({ code: 'too_few_logs' });
    expect(await livePipeline(wide, DETECTOR)).toMatchObject({ version: first.version });
    expect(Object.keys(await client.ingest.getPipeline({ id: `${PIPELINE}*` }))).toEqual([PIPELINE]);
    await expect(revertPipeline(wide, () => Promise.resolve(first), options)).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('is tried out side by side, and what a dead process left behind goes with the next trial', async () => {
    const { description, processors } = { description: 'left behind', processors: [] };
    const left = (hours: number) => ({
      managed_by: 'log-anomalies',
      put_at: new Date(Date.now() - hours * 3_600_000).toISOString(),
    });
    await client.ingest.putPipeline({ id: `${PIPELINE}.trial.old`, description, processors, _meta: left(2) });
    await client.ingest.putPipeline({ id: `${PIPELINE}.trial.now`, description, processors, _meta: left(0) });
    const [one, other] = await Promise.all([
      tryPipeline(wide, first, options),
      tryPipeline(wide, second, options),
    ]);
    expect([one.simulation.logs, other.simulation.logs]).toEqual([200, 200]);
    const names = async () => Object.keys(await client.ingest.getPipeline({ id: `${PIPELINE}*` }));
    expect(await names()).toEqual([`${PIPELINE}.trial.now`]);
    await deployPipeline(wide, first, options);
    await deletePipeline(wide, DETECTOR);
    expect(await client.ingest.getPipeline({ id: `${PIPELINE}*` }, { ignore: [404] })).toEqual({});
  });

  it('plans without changing anything, and shows all three ways', async () => {
    await deployPipeline(wide, first, options);
    const before = await client.indices.get({ index: INDEX });
    const plan = await planAttachment(wide, [PIPELINE], INDEX);
    expect(await client.indices.get({ index: INDEX })).toEqual(before);
    expect(plan.requests.map(({ path }) => path)).toEqual([`/${INDEX}/_mapping`, `/${INDEX}/_settings`]);
    expect(plan.processor).toEqual({ pipeline: { name: PIPELINE } });

    await attachPipeline(wide, plan, { componentTemplate: true });
    const { component_templates: templates } = await client.cluster.getComponentTemplate({
      name: `${PIPELINE}*`,
    });
    expect(templates[0].component_template.template.settings?.index?.final_pipeline).toBe(PIPELINE);
  });

  it('is not deleted while indices to come would look for it; then its component template goes, too', async () => {
    const [component, template] = [`${PIPELINE}.component`, `${INDEX}-template`];
    await deployPipeline(wide, first, options);
    const plan = await planAttachment(wide, [PIPELINE], INDEX);
    await attachPipeline(wide, plan, { componentTemplate: true });
    await client.indices.putIndexTemplate({
      name: template,
      index_patterns: [`${INDEX}-next-*`],
      composed_of: [component],
    });
    try {
      await detachPipeline(wide, [PIPELINE], INDEX);
      expect(await componentTemplatesOf(wide, [PIPELINE])).toEqual([{ name: component, usedBy: [template] }]);
      await expect(deletePipeline(wide, DETECTOR)).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining(`"${template}"`),
      });
      // The next index of the template takes logs, as before.
      const next = await client.index({ index: `${INDEX}-next-1`, document: documents[0] });
      expect(next.result).toBe('created');
    } finally {
      await client.indices.delete({ index: `${INDEX}-next-1`, ignore_unavailable: true });
      await client.indices.deleteIndexTemplate({ name: template });
    }
    expect(await deletePipeline(wide, DETECTOR)).toBe(true);
    expect(await client.cluster.existsComponentTemplate({ name: component })).toBe(false);
    expect(await livePipeline(wide, DETECTOR)).toBeUndefined();
    // A template that an interrupted deletion or an earlier version has left goes with the next one.
    const settings = { index: { final_pipeline: PIPELINE } };
    await client.cluster.putComponentTemplate({ name: component, template: { settings } });
    expect(await deletePipeline(wide, DETECTOR)).toBe(true);
    expect(await client.cluster.existsComponentTemplate({ name: component })).toBe(false);
    expect(await deletePipeline(wide, DETECTOR)).toBe(false);
  });

  it('refuses an index with another final pipeline or with other fields of our names', async () => {
    await client.ingest.putPipeline({ id: `${PIPELINE}-other`, processors: [] });
    await client.indices.putSettings({
      index: INDEX,
      settings: { index: { final_pipeline: `${PIPELINE}-other` } },
    });
    await expect(planAttachment(wide, [PIPELINE], INDEX)).rejects.toThrow(/has the final pipeline .*-other/);
    await client.indices.putSettings({ index: INDEX, settings: { index: { final_pipeline: '_none' } } });
    await client.indices.putMapping({ index: INDEX, properties: { model: { type: 'keyword' } } });
    await expect(planAttachment(wide, [PIPELINE], INDEX)).rejects.toThrow(/maps "model" as keyword/);
  });

  it('scores history where it lies, and again only what is open', async () => {
    await index(documents);
    await client.indices.refresh({ index: INDEX });
    let { live } = await deployPipeline(wide, first, options);
    const half = { ...range, to: Date.UTC(2026, 10, 2) };
    const seen: number[] = [];
    const run = async (chosen: LogRange): Promise<number> => {
      const task = await startBackfill(wide, { range: chosen, pipeline: live, slices: 2 });
      const state = await followBackfill(wide, task, { clock, progress: (done) => seen.push(done) });
      await client.indices.refresh({ index: INDEX });
      return state.done;
    };
    const inHalf = documents.filter((log) => Date.parse(String(log['@timestamp'])) < half.to).length;
    expect(await run(half)).toBe(inHalf);
    expect(await run(range)).toBe(documents.length - inHalf);
    expect(await run(range)).toBe(0);
    expect(seen).toContain(inHalf);
    expect(await versions(INDEX)).toEqual({ [first.version]: documents.length });

    // another threshold makes other verdicts of the same scores
    const anomalies = () => client.count({ index: INDEX, query: { term: { 'anomaly.is_anomaly': true } } });
    const { count: before } = await anomalies();
    ({ live } = await deployPipeline(wide, first, { ...options, threshold: 0.99 }));
    expect(await run(range)).toBe(documents.length);
    expect(await run(range)).toBe(0);
    expect((await anomalies()).count).toBeLessThan(before);

    // an attached index sends its logs through the pipeline by itself, once
    await attachPipeline(wide, await planAttachment(wide, [PIPELINE], INDEX));
    const { live: next } = await deployPipeline(wide, second, options);
    const task = await startBackfill(wide, { range, pipeline: next });
    await followBackfill(wide, task, { clock });
    expect(await versions(INDEX)).toEqual({ [second.version]: documents.length });
  });

  it('is cancelled and goes on where it was, also into a new index', async () => {
    await index(documents);
    await client.indices.refresh({ index: INDEX });
    const { live } = await deployPipeline(wide, first, options);
    const backfill = { range, pipeline: live, into: COPY };
    const slow = await startBackfill(wide, { ...backfill, slices: 1, logsPerSecond: 500 });
    await sleep(1_000);
    await cancelBackfill(wide, slow);
    await expect(followBackfill(wide, slow, { clock })).rejects.toMatchObject({ code: 'interrupted' });
    await client.indices.refresh({ index: COPY });
    const { count } = await client.count({ index: COPY });
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThan(documents.length);

    const task = await startBackfill(wide, { ...backfill, slices: 2 });
    const state = await followBackfill(wide, task, { clock });
    expect(state.done).toBe(documents.length - count);
    expect(state.conflicts).toBe(count);
    expect(await versions(COPY)).toEqual({ [first.version]: documents.length });
    expect(await versions(INDEX)).toEqual({ none: documents.length });
    await cancelBackfill(wide, task);
    await expect(
      startBackfill(wide, { ...backfill, range: { ...range, to: range.from } }),
    ).rejects.toMatchObject({ code: 'invalid_input' });
  });

  it('copies logs of several indices that have the same id, each once', async () => {
    const names = [INDEX, `${INDEX}-b`];
    for (const name of names) {
      await client.index({ index: name, id: '1', document: documents[0], refresh: true });
    }
    const { live } = await deployPipeline(wide, first, options);
    const backfill = { range: { ...range, index: names.join(',') }, pipeline: live, into: COPY };
    for (const done of [2, 0]) {
      const task = await startBackfill(wide, backfill);
      expect(await followBackfill(wide, task, { clock })).toMatchObject({ done, conflicts: 2 - done });
    }
    expect(await versions(COPY)).toEqual({ [first.version]: 2 });
    await client.indices.delete({ index: names[1] });
  });

  it('copies no log again whichever way the copies that are there got their ids', async () => {
    const names = [INDEX, `${INDEX}-b`];
    for (const [place, name] of names.entries()) {
      await client.index({ index: name, id: `log-${place}`, document: documents[place], refresh: true });
    }
    const { live } = await deployPipeline(wide, first, options);
    const copied = async (logs: string): Promise<number> => {
      const backfill = { range: { ...range, index: logs }, pipeline: live, into: COPY };
      const { done } = await followBackfill(wide, await startBackfill(wide, backfill), { clock });
      await client.indices.refresh({ index: COPY });
      return done;
    };
    // Of one index, and of several by an earlier version: as they are in the logs.
    expect([await copied(INDEX), await copied(names.join(',')), await copied(names.join(','))]).toEqual([
      1, 1, 0,
    ]);
    await client.indices.delete({ index: COPY });
    // Of several: with the name of the index, whatever is copied later.
    expect([await copied(names.join(',')), await copied(INDEX)]).toEqual([2, 0]);
    const { mappings } = (await client.indices.getMapping({ index: COPY }))[COPY];
    expect(mappings._meta).toEqual({ log_anomalies_ids: 'by_index' });
    // Earlier builds noted nothing.
    await client.indices.putMapping({ index: COPY, _meta: {} });
    expect([await copied(names.join(',')), await copied(INDEX)]).toEqual([0, 0]);
    await client.indices.delete({ index: COPY });
    // An index that somebody has made before is empty.
    await client.indices.create({ index: COPY });
    await client.index({ index: names[1], id: 'log-0', document: documents[2], refresh: true });
    expect([await copied(names.join(',')), await copied(names.join(','))]).toEqual([3, 0]);
    await client.indices.delete({ index: names[1] });
  });

  it('copies logs with the fields of an older index and the analyzers that only it has', async () => {
    const names = [INDEX, `${INDEX}-b`];
    await client.indices.delete({ index: INDEX });
    const stack = { type: 'text', analyzer: 'code', similarity: 'by_words' } as const;
    await client.indices.create({
      index: INDEX,
      mappings: { properties: { '@timestamp': { type: 'date' }, stack } },
      settings: {
        max_ngram_diff: 3,
        analysis: {
          analyzer: { code: { type: 'custom', tokenizer: 'parts' } },
          tokenizer: { parts: { type: 'ngram', min_gram: 1, max_gram: 4 } },
        },
        similarity: { by_words: { type: 'boolean' } },
      },
    });
    await client.indices.create({
      index: names[1],
      mappings: { properties: { '@timestamp': { type: 'date' } } },
    });
    await client.index({ index: INDEX, id: '1', document: documents[0], refresh: true });
    const { live } = await deployPipeline(wide, first, options);
    const logs = { ...range, index: names.join(',') };
    const task = await startBackfill(wide, { range: logs, pipeline: live, into: COPY });
    expect(await followBackfill(wide, task, { clock })).toMatchObject({ done: 1 });
    const copies = await client.indices.getMapping({ index: COPY });
    expect(copies[COPY].mappings.properties).toMatchObject({ stack });
    await client.indices.delete({ index: names[1] });
  });
});
