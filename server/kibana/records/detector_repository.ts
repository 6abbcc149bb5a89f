import type { DetectorRecord } from '../../../common/api';
import { detectorSchema, parseDetector } from '../../../common/detector';
import { DetectionError } from '../../../common/detection_error';
import { pageSentence, sentenceError } from '../../../common/sentences/failure_sentences';
import { readsOf } from '../../../common/model_snapshot/model_reads';
import { allObjects, IN_ORDER } from '../contracts/all_objects';
import { DETECTOR_TYPE, namespaceOf } from '../contracts/identifiers';
import { steeringOf } from '../keys/key_binding';
import type { SavedObject, SavedObjectsClient } from '../contracts/saved_object_contracts';
import type { DetectorAttributes } from '../contracts/saved_object_types';

/** A detector with what only the server knows of it. */
export interface StoredDetector extends DetectorRecord {
  readonly apiKeyObject: string | undefined;
  /** Fields that its models may have a run read: see `readsOf`. */
  readonly modelReads: readonly string[];
  /** Saved last by version 0.1.0, whose keys are not used. */
  readonly isOf010: boolean;
  /** Hash of what steers its work, as it is stored: see `steeringOf`. */
  readonly steering: string;
}

/**
 * Detectors of one space: the saved-objects client that is passed in decides which, and who may. It must include hidden
 * types.
 */
export interface DetectorRepository {
  /** @param options `page`, from 1: that one alone; absent: all that there are */
  list(options?: { page?: number; perPage?: number; search?: string }): Promise<{
    total: number;
    detectors: StoredDetector[];
    broken: { id: string; problem: string }[];
  }>;
  /** Those that cannot be read are counted, too. */
  count(): Promise<number>;
  get(id: string): Promise<StoredDetector>;
  /** @param id a random UUID: the API key of a detector is bound to it before the detector is saved */
  create(id: string, attributes: DetectorAttributes): Promise<StoredDetector>;
  /** @param version when given, `conflict` unless the detector is still at it */
  update(id: string, change: Partial<DetectorAttributes>, version?: string): Promise<StoredDetector>;
  delete(id: string): Promise<void>;
}

export function createDetectorRepository(savedObjects: SavedObjectsClient): DetectorRepository {
  const get = async (id: string): Promise<StoredDetector> =>
    recordOf(
      await savedObjects
        .get<DetectorAttributes>(DETECTOR_TYPE, id)
        .catch((error: unknown) => rethrow(error, id)),
    );
  return {
    get,
    count: async () => {
      const { total } = await savedObjects
        .find({ type: DETECTOR_TYPE, page: 1, perPage: 1 })
        .catch((error: unknown) => rethrow(error));
      return total;
    },
    list: async ({ page, perPage, search } = {}) => {
      const asked = {
        type: DETECTOR_TYPE,
        ...(perPage !== undefined && { perPage }),
        ...(search ? { search: `${escapeSearch(search)}*`, searchFields: ['name'] } : {}),
      };
      const work =
        page === undefined
          ? allObjects<DetectorAttributes>(savedObjects, asked).then((objects) => ({
              total: objects.length,
              saved_objects: objects,
            }))
          : savedObjects.find<DetectorAttributes>({ ...asked, ...IN_ORDER, page });
      const found = await work.catch((error: unknown) => rethrow(error));
      const detectors: StoredDetector[] = [];
      const broken: { id: string; problem: string }[] = [];
      for (const object of found.saved_objects) {
        try {
          detectors.push(recordOf(object));
        } catch (error) {
          broken.push({ id: object.id, problem: (error as Error).message });
        }
      }
      return { total: found.total - broken.length, detectors, broken };
    },
    create: async (id, attributes) =>
      recordOf(
        await savedObjects
          .create(DETECTOR_TYPE, attributes, { id })
          .catch((error: unknown) => rethrow(error)),
      ),
    update: async (id, change, version) => {
      const current = await savedObjects
        .get<DetectorAttributes>(DETECTOR_TYPE, id)
        .catch((error: unknown) => rethrow(error, id));
      // Not `update`: that merges nested objects, and a setting that was removed would stay.
      return recordOf(
        await savedObjects
          .create<DetectorAttributes>(
            DETECTOR_TYPE,
            { ...current.attributes, ...change },
            { id, overwrite: true, version: version ?? current.version },
          )
          .catch((error: unknown) => rethrow(error, id)),
      );
    },
    delete: async (id) => {
      await savedObjects.delete(DETECTOR_TYPE, id).catch((error: unknown) => rethrow(error, id));
    },
  };
}

/** The saved objects of one space, through a client that belongs to none. */
export function inSpace(savedObjects: SavedObjectsClient, space: string): SavedObjectsClient {
  const namespace = namespaceOf(space);
  return {
    create: (type, attributes, options) => savedObjects.create(type, attributes, { ...options, namespace }),
    get: (type, id) => savedObjects.get(type, id, { namespace }),
    delete: (type, id) => savedObjects.delete(type, id, { namespace }),
    find: (options) => savedObjects.find({ ...options, namespaces: [space] }),
  };
}

/** Words of a name, without the operators of Elasticsearch's simple query syntax. */
const escapeSearch = (text: string): string => text.replace(/[+|\-"*()~\\]/g, ' ').trim();

/** A detector that was imported or edited outside is checked like any input. */
export function recordOf(object: SavedObject<DetectorAttributes>): StoredDetector {
  const { attributes } = object;
  const detector = parseDetector(attributes.detector);
  return {
    id: object.id,
    version: object.version ?? '',
    detector,
    enabled: attributes.enabled === true,
    created_at: attributes.created_at,
    created_by: attributes.created_by ?? undefined,
    updated_at: attributes.updated_at,
    updated_by: attributes.updated_by ?? undefined,
    owner: attributes.owner ?? undefined,
    apiKeyObject: attributes.api_key_object ?? undefined,
    modelReads: attributes.model_reads ?? readsOf(detector),
    isOf010: attributes.model_reads === undefined,
    steering: steeringOf(attributes),
  };
}

/** Returns the part of a detector that leaves the server. */
export function publicRecordOf({
  apiKeyObject: _key,
  modelReads: _reads,
  isOf010: _old,
  steering: _steering,
  ...record
}: StoredDetector): DetectorRecord {
  return { ...record, detector: detectorSchema.parse(record.detector) };
}

export const changedMeanwhile = (id: string, cause?: unknown): DetectionError =>
  sentenceError('conflict', 'detector_changed', { id }, { cause });

/** Errors of saved objects are Boom errors with a status of their own. @param id of the detector, where it is about a known one */
function rethrow(error: unknown, id?: string): never {
  const { output, message } = error as { output?: { statusCode?: number }; message: string };
  const what = id === undefined ? 'the detectors' : `the detector "${id}"`;
  switch (output?.statusCode) {
    case 404:
      throw sentenceError('not_found', 'detector_missing', { id: id ?? '' }, { cause: error });
    case 403:
      throw new DetectionError(
        'forbidden',
        `Kibana does not let you touch ${what}: ${message}. Ask for the Kibana privilege "Log Anomalies: All" in this space.`,
        { cause: error, said: pageSentence('kibana_forbidden', { reason: message }) },
      );
    case 409:
      throw changedMeanwhile(id ?? '', error);
    case 400:
      throw new DetectionError('invalid_input', `Kibana refuses ${what}: ${message}`, { cause: error });
    case 503:
      throw new DetectionError('unavailable', `Kibana cannot reach ${what}: ${message}`, {
        cause: error,
        said: pageSentence('kibana_unavailable', { reason: message }),
      });
    default:
      throw error;
  }
}
