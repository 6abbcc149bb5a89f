import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { estypes } from '@elastic/elasticsearch';
import { DetectionError } from '../../../common/detection_error';
import type { CandidateGate } from '../../../common/api/gate';
import { SUMMARY_PATHS } from '../../../common/evaluation';
import type { ModelRecord, SnapshotStore } from '../../detection/ports';
import { attempt, type RetryPolicy } from '../transport/attempt';
import { bulkWriteAll, type BulkOperation } from '../transport/bulk';
import type { ElasticsearchClient } from '../transport/client';
import { statusOf } from '../transport/errors';
import { ensureIndex, guardOf } from '../indices/index_resources';
import { DEFAULT_SPACE, documentId, modelsIndex } from '../indices/names';

/** One document holds at most so many characters of a snapshot: few enough to be read and written in some milliseconds. */
const PART_CHARACTERS = 1_000_000;
const MAXIMUM_MODELS = 10_000;
/** Promotions that are remembered for each detector. */
const HISTORY = 100;

interface StoredModel {
  type: 'model';
  space: string;
  detector_id: string;
  version: string;
  created_at: string;
  threshold: number;
  rows: number;
  evaluation?: unknown;
  note?: string;
  gate?: CandidateGate;
  sha256: string;
  parts: number;
}

/** Active version of a detector: one document each, so that a promotion is one atomic write. */
interface StoredPromotion {
  type: 'active';
  space: string;
  detector_id: string;
  version: string;
  promoted_at: string;
  history: { version: string; promoted_at: string; note?: string }[];
}

export interface SnapshotStoreOptions {
  readonly space?: string;
  readonly policy?: RetryPolicy;
  readonly signal?: AbortSignal;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

/** Of an evaluation, which may be large, all but `record` reads a summary. */
const WITHOUT_DETAILS = [
  ...['type', 'space', 'detector_id', 'version', 'created_at', 'threshold', 'rows', 'note', 'gate', 'sha256'],
  ...['parts', 'promoted_at', 'history'],
  ...SUMMARY_PATHS.map((path) => `evaluation.${path}`),
];

/** SHA-256 of a text, in turns: a large one takes longer than others should wait. */
async function sha256(text: string): Promise<string> {
  const hash = createHash('sha256');
  let start = 0;
  while (start < text.length) {
    let end = Math.min(start + PART_CHARACTERS, text.length);
    // Both halves of a character go together, or they would be hashed as none.
    if (isHighSurrogate(text.charCodeAt(end - 1))) end += 1;
    hash.update(text.slice(start, end));
    start = end;
    await setImmediate();
  }
  return hash.digest('hex');
}

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;

/** Model snapshots in `log-anomalies-models.<space>`. Needs `read`, `index`, `create_index`, `view_index_metadata`; `delete` to delete. */
export function createSnapshotStore(
  client: ElasticsearchClient,
  options: SnapshotStoreOptions = {},
): SnapshotStore {
  const { space = DEFAULT_SPACE, policy, signal, now = Date.now } = options;
  const index = modelsIndex(space);
  const guard = guardOf(client, 'models', { policy, signal });
  const modelId = (detectorId: string, version: string): string =>
    documentId('model', space, detectorId, version);
  const partId = (detectorId: string, version: string, part: number): string =>
    documentId('part', space, detectorId, version, String(part));
  const activeId = (detectorId: string): string => documentId('active', space, detectorId);

  const get = async <Document>(id: string, what: string, includes?: string[]) =>
    attempt(
      () =>
        client
          .get<Document>({ index, id, ...(includes && { _source_includes: includes }) }, { signal })
          .catch((error: unknown) => {
            if (statusOf(error) === 404) return undefined;
            throw error;
          }),
      { what, policy, signal },
    );

  const write = async (operations: BulkOperation[], what: string, refresh = true): Promise<void> => {
    await bulkWriteAll(client, operations, { what, guard, refresh, policy, signal });
  };

  const stored = async (detectorId: string, version: string, includes?: string[]): Promise<StoredModel> => {
    const found = await get<StoredModel>(modelId(detectorId, version), `read model "${version}"`, includes);
    if (found?._source === undefined) {
      throw new DetectionError('not_found', `Detector "${detectorId}" has no model "${version}".`);
    }
    return found._source;
  };

  const promotionOf = (detectorId: string) =>
    get<StoredPromotion>(activeId(detectorId), `read the active model of "${detectorId}"`);

  const save: SnapshotStore['save'] = async (detectorId, version, text, record) => {
    const what = `save model "${version}"`;
    await ensureIndex(client, index, 'models', { policy, signal });
    const hash = await sha256(text);
    const existing = await get<StoredModel>(modelId(detectorId, version), what);
    if (existing?._source !== undefined) {
      if (existing._source.sha256 === hash) return;
      throw new DetectionError('conflict', `Model "${version}" exists already with other content.`);
    }
    const parts = Math.max(1, Math.ceil(text.length / PART_CHARACTERS));
    const contents = Array.from({ length: parts }, (_, part): BulkOperation => ({
      action: 'index',
      index,
      id: partId(detectorId, version, part),
      document: {
        type: 'part',
        space,
        detector_id: detectorId,
        version,
        part,
        content: { text: text.slice(part * PART_CHARACTERS, (part + 1) * PART_CHARACTERS) },
      },
    }));
    const model: StoredModel = {
      type: 'model',
      space,
      detector_id: detectorId,
      version,
      created_at: record.createdAt,
      threshold: record.threshold,
      rows: record.rows,
      evaluation: record.evaluation,
      note: record.note,
      sha256: hash,
      parts,
    };
    // The record comes last: a model that is listed is complete.
    // One at a time: each is made into a request while others wait.
    for (const content of contents) await write([content], what, false);
    await write([{ action: 'create', index, id: modelId(detectorId, version), document: model }], what);
  };

  const load: SnapshotStore['load'] = async (detectorId, version) => {
    const model = await stored(detectorId, version, ['sha256', 'parts']);
    let text = '';
    for (let part = 0; part < model.parts; part++) {
      const found = await get<{ content: { text: string } }>(
        partId(detectorId, version, part),
        `read model "${version}"`,
      );
      text += found?._source?.content.text ?? '';
    }
    if ((await sha256(text)) !== model.sha256) {
      throw new DetectionError(
        'refused',
        `Model "${version}" in "${index}" is damaged: its hash does not match.`,
      );
    }
    return text;
  };

  const list: SnapshotStore['list'] = async (detectorId) => {
    const filter: estypes.QueryDslQueryContainer[] = [
      { term: { space } },
      { terms: { type: ['model', 'active'] } },
      ...(detectorId === undefined ? [] : [{ term: { detector_id: detectorId } }]),
    ];
    const answer = await attempt(
      () =>
        client.search<StoredModel | StoredPromotion>(
          {
            index,
            ignore_unavailable: true,
            allow_no_indices: true,
            size: MAXIMUM_MODELS,
            query: { bool: { filter } },
            _source: WITHOUT_DETAILS,
            sort: [{ created_at: { order: 'desc', unmapped_type: 'date' } }],
          },
          { signal },
        ),
      { what: 'list models', policy, signal },
    );
    const documents = answer.hits.hits.flatMap(({ _source }) => (_source === undefined ? [] : [_source]));
    const promotions = new Map(
      documents.flatMap((document) =>
        document.type === 'active' ? [[document.detector_id, document] as const] : [],
      ),
    );
    return documents.flatMap((document) =>
      document.type === 'model' ? [recordOf(document, promotions.get(document.detector_id))] : [],
    );
  };

  const active: SnapshotStore['active'] = async (detectorId) => {
    const promotion = (await promotionOf(detectorId))?._source;
    if (promotion === undefined) return undefined;
    return recordOf(await stored(detectorId, promotion.version, WITHOUT_DETAILS), promotion);
  };

  const record: SnapshotStore['record'] = async (detectorId, version) => {
    const [model, promotion] = await Promise.all([stored(detectorId, version), promotionOf(detectorId)]);
    return recordOf(model, promotion?._source);
  };

  const promote: SnapshotStore['promote'] = async (detectorId, version, note) => {
    const what = `promote model "${version}"`;
    await stored(detectorId, version);
    const found = await promotionOf(detectorId);
    const previous = found?._source?.version;
    if (previous === version) return { previous };
    const promotedAt = new Date(now()).toISOString();
    const document: StoredPromotion = {
      type: 'active',
      space,
      detector_id: detectorId,
      version,
      promoted_at: promotedAt,
      history: [
        ...(found?._source?.history ?? []),
        { version, promoted_at: promotedAt, ...(note === undefined ? {} : { note }) },
      ].slice(-HISTORY),
    };
    const condition =
      found === undefined
        ? { op_type: 'create' as const }
        : { if_seq_no: found._seq_no, if_primary_term: found._primary_term };
    await attempt(
      () =>
        client
          .index({ index, id: activeId(detectorId), document, refresh: true, ...condition }, { signal })
          .catch(async (error: unknown) => {
            if (statusOf(error) !== 409) throw error;
            const current = (await promotionOf(detectorId))?._source;
            // An answer that was lost on the way is repeated: then the conflict is with ourselves.
            if (current?.version === version && current.promoted_at === promotedAt) return;
            throw new DetectionError(
              'conflict',
              `Could not ${what}: somebody else has promoted "${current?.version}" meanwhile. Look at it, then try again.`,
            );
          }),
      { what, policy, signal },
    );
    return previous === undefined ? {} : { previous };
  };

  const remove: SnapshotStore['delete'] = async (detectorId, version) => {
    const model = await stored(detectorId, version);
    if ((await promotionOf(detectorId))?._source?.version === version) {
      throw new DetectionError(
        'refused',
        `Model "${version}" is the active one of "${detectorId}" and is not deleted; promote another first.`,
      );
    }
    await write(
      [
        { action: 'delete', index, id: modelId(detectorId, version) },
        ...Array.from({ length: model.parts }, (_, part): BulkOperation => ({
          action: 'delete',
          index,
          id: partId(detectorId, version, part),
        })),
      ],
      `delete model "${version}"`,
    );
  };

  const keepGate: SnapshotStore['keepGate'] = async (detectorId, version, gate) => {
    const model = await stored(detectorId, version);
    await write(
      [{ action: 'index', index, id: modelId(detectorId, version), document: { ...model, gate } }],
      `keep the gate report of model "${version}"`,
    );
  };

  return { save, load, record, list, active, promote, delete: remove, keepGate };
}

function recordOf(model: StoredModel, promotion: StoredPromotion | undefined): ModelRecord {
  const promotions = promotion?.history.filter(({ version }) => version === model.version) ?? [];
  const latest = promotions[promotions.length - 1];
  const status =
    promotion?.version === model.version ? 'active' : latest === undefined ? 'candidate' : 'retired';
  const note = latest?.note ?? model.note;
  return {
    version: model.version,
    detectorId: model.detector_id,
    status,
    createdAt: model.created_at,
    ...(latest === undefined ? {} : { promotedAt: latest.promoted_at }),
    threshold: model.threshold,
    rows: model.rows,
    ...(model.evaluation === undefined ? {} : { evaluation: model.evaluation }),
    ...(note === undefined ? {} : { note }),
    ...(model.gate === undefined ? {} : { gate: model.gate }),
    sha256: model.sha256,
  };
}
