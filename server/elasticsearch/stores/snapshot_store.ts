import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { estypes } from '@elastic/elasticsearch';
import { DetectionError } from '../../../common/detection_error';
import { sentenceError } from '../../../common/sentences/failure_sentences';
import { SUMMARY_PATHS } from '../../../common/evaluation';
import type { ModelRecord, SnapshotStore } from '../../detection/ports';
import { attempt } from '../transport/attempt';
import type { BulkOperation } from '../transport/bulk';
import type { ElasticsearchClient } from '../transport/client';
import { statusOf } from '../transport/errors';
import {
  createModelDocuments,
  type ModelDocuments,
  type ModelDocumentsOptions,
  type StoredModel,
  type StoredPromotion,
} from './model_documents';

/** One document holds at most so many characters of a snapshot: few enough to be read and written in some milliseconds. */
const PART_CHARACTERS = 1_000_000;
const MAXIMUM_MODELS = 10_000;
/** Promotions that are remembered for each detector. */
const HISTORY = 100;

/** Of an evaluation, which may be large, all but `record` reads a summary. */
export const WITHOUT_DETAILS = [
  ...['type', 'space', 'detector_id', 'version', 'created_at', 'threshold', 'rows', 'note', 'gate', 'sha256'],
  ...['parts', 'promoted_at', 'history'],
  ...SUMMARY_PATHS.map((path) => `evaluation.${path}`),
];

export interface SnapshotStoreOptions extends ModelDocumentsOptions {
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

/** Model snapshots in `log-anomalies-models.<space>`. Needs `read`, `index`, `create_index`, `view_index_metadata`; `delete` to delete. */
export function createSnapshotStore(
  client: ElasticsearchClient,
  { now = Date.now, ...options }: SnapshotStoreOptions = {},
): SnapshotStore {
  const documents = createModelDocuments(client, options);
  return {
    ...textsOf(documents),
    ...recordsOf(documents),
    promote: promoteIn(documents, now),
    ...changesOf(documents),
  };
}

/** Saves and loads models with their texts. */
function textsOf(documents: ModelDocuments): Pick<SnapshotStore, 'save' | 'load'> {
  const { space, index, ids, get, write, model: stored } = documents;

  const save: SnapshotStore['save'] = async (detectorId, version, text, record) => {
    const what = `save model "${version}"`;
    await documents.ensureIndex();
    const hash = await sha256(text);
    const existing = await get<StoredModel>(ids.model(detectorId, version), what);
    if (existing?._source !== undefined) {
      if (existing._source.sha256 === hash) return;
      throw new DetectionError('conflict', `Model "${version}" exists already with other content.`);
    }
    const parts = Math.max(1, Math.ceil(text.length / PART_CHARACTERS));
    const contents = Array.from({ length: parts }, (_, part): BulkOperation => ({
      action: 'index',
      index,
      id: ids.part(detectorId, version, part),
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
    await write([{ action: 'create', index, id: ids.model(detectorId, version), document: model }], what);
  };

  const load: SnapshotStore['load'] = async (detectorId, version) => {
    const model = await stored(detectorId, version, ['sha256', 'parts']);
    let text = '';
    for (let part = 0; part < model.parts; part++) {
      const found = await get<{ content: { text: string } }>(
        ids.part(detectorId, version, part),
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

  return { save, load };
}

/** Lists models, with what became of each. */
function recordsOf(documents: ModelDocuments): Pick<SnapshotStore, 'list' | 'active' | 'record'> {
  const { client, space, index, model: stored, promotion: promotionOf, request } = documents;

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
          { signal: request.signal },
        ),
      { what: 'list models', ...request },
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

  return { list, active, record };
}

function promoteIn(documents: ModelDocuments, now: () => number): SnapshotStore['promote'] {
  const { client, space, index, ids, model: stored, promotion: promotionOf, request } = documents;
  return async (detectorId, version, note, { isBack = false, over } = {}) => {
    const what = `promote model "${version}"`;
    const conflict = (current: StoredPromotion | undefined): DetectionError =>
      new DetectionError(
        'conflict',
        `Could not ${what}: somebody else has promoted "${current?.version}" meanwhile. Look at it, then try again.`,
      );
    await stored(detectorId, version);
    const found = await promotionOf(detectorId);
    const previous = found?._source?.version;
    if (previous === version) return { previous };
    if (over !== undefined && over !== (found?._source?.promoted_at ?? null)) throw conflict(found?._source);
    const promotedAt = new Date(now()).toISOString();
    const document: StoredPromotion = {
      type: 'active',
      space,
      detector_id: detectorId,
      version,
      promoted_at: promotedAt,
      history: [
        ...(found?._source?.history ?? []),
        {
          version,
          promoted_at: promotedAt,
          ...(note === undefined ? {} : { note }),
          ...(isBack && { is_back: true }),
        },
      ].slice(-HISTORY),
    };
    const condition =
      found === undefined
        ? { op_type: 'create' as const }
        : { if_seq_no: found._seq_no, if_primary_term: found._primary_term };
    await attempt(
      () =>
        client
          .index(
            { index, id: ids.active(detectorId), document, refresh: true, ...condition },
            { signal: request.signal },
          )
          .catch(async (error: unknown) => {
            if (statusOf(error) !== 409) throw error;
            const current = (await promotionOf(detectorId))?._source;
            // An answer that was lost on the way is repeated: then the conflict is with ourselves.
            if (current?.version === version && current.promoted_at === promotedAt) return;
            throw conflict(current);
          }),
      { what, ...request },
    );
    return previous === undefined ? {} : { previous };
  };
}

function changesOf(documents: ModelDocuments): Pick<SnapshotStore, 'delete' | 'keepGate'> {
  const { index, ids, write, model: stored, promotion: promotionOf } = documents;

  const remove: SnapshotStore['delete'] = async (detectorId, version) => {
    const model = await stored(detectorId, version);
    if ((await promotionOf(detectorId))?._source?.version === version) {
      throw sentenceError('refused', 'model_active', { id: detectorId, version });
    }
    await write(
      [
        { action: 'delete', index, id: ids.model(detectorId, version) },
        ...Array.from({ length: model.parts }, (_, part): BulkOperation => ({
          action: 'delete',
          index,
          id: ids.part(detectorId, version, part),
        })),
      ],
      `delete model "${version}"`,
    );
  };

  const keepGate: SnapshotStore['keepGate'] = async (detectorId, version, gate) => {
    const model = await stored(detectorId, version);
    await write(
      [{ action: 'index', index, id: ids.model(detectorId, version), document: { ...model, gate } }],
      `keep the gate report of model "${version}"`,
    );
  };

  return { delete: remove, keepGate };
}

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

/** @param promotion that of its detector */
export function recordOf(model: StoredModel, promotion: StoredPromotion | undefined): ModelRecord {
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
    ...(status === 'active'
      ? {
          promotions: promotion?.history.map(({ version, is_back = false }) => ({
            version,
            isBack: is_back,
          })),
        }
      : {}),
    threshold: model.threshold,
    rows: model.rows,
    ...(model.evaluation === undefined ? {} : { evaluation: model.evaluation }),
    ...(note === undefined ? {} : { note }),
    ...(model.gate === undefined ? {} : { gate: model.gate }),
    sha256: model.sha256,
  };
}
