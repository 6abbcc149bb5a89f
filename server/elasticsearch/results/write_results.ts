import { DetectionError } from '../../../common/detection_error';
import { ensureIndex, guardOf, mappingsOf } from '../indices/index_resources';
import { checkpointsIndex, documentId } from '../indices/names';
import type { RetryPolicy } from '../transport/attempt';
import { bulkWrite, bulkWriteAll, type BulkOperation, type BulkRefusal } from '../transport/bulk';
import type { ElasticsearchClient } from '../transport/client';
import { fitShapes } from './fit_shapes';

const REASON_CHARACTERS = 300;
/** Parts of a result beside the fields of its log. */
const OWN_FIELDS = ['@timestamp', 'detector', 'model', 'anomaly', 'run', 'result', 'page', 'bucket'] as const;
/** Fields that results take over from logs. */
const OF_LOGS = Object.fromEntries(
  Object.entries(mappingsOf('results').properties ?? {}).filter(
    ([name]) => !(OWN_FIELDS as readonly string[]).includes(name),
  ),
);
/** Parts of `anomaly` that are left where the whole of it is refused. */
const FIGURES = ['score', 'confidence', 'severity', 'threshold', 'entity'] as const;
/** Parts of `result` that are left with them: what hides it, and what was said of it. */
const STATE = ['type', 'space', 'suppressed_by', 'suppressed_because', 'verdict', 'history'] as const;
const picked = (from: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(names.filter((name) => name in from).map((name) => [name, from[name]]));
/** Of status 400, but for what an index is, not for what a document holds: a later run may succeed. */
const OF_THE_INDEX: ReadonlySet<string> = new Set([
  'index_closed_exception',
  'index_not_found_exception',
  'invalid_index_name_exception',
  'validation_exception',
  'cluster_block_exception',
]);

export interface WriteResultsOptions {
  readonly space: string;
  readonly what: string;
  readonly policy?: RetryPolicy;
  readonly signal?: AbortSignal;
  readonly refresh?: boolean | 'wait_for';
  /** Called with one sentence for each result that could not be written whole. */
  readonly warn?: (message: string) => void;
}

type Document = Record<string, Record<string, unknown>>;

/** A form of a result that asks less of the mapping than the one before. */
interface Form {
  readonly named: string;
  of(document: Document): Record<string, unknown>;
}

const FORMS: readonly Form[] = [
  {
    named: "without the log's own fields",
    of: (document) =>
      Object.fromEntries(OWN_FIELDS.filter((name) => name in document).map((name) => [name, document[name]])),
  },
  {
    named: 'with its figures alone, at the time of writing',
    of: ({ event, detector, model, anomaly = {}, run, result, page, bucket }) => ({
      '@timestamp': event.ingested,
      detector,
      model: { version: model.version },
      // Readers find of a result what each has, empty.
      anomaly: {
        ...picked(anomaly, FIGURES),
        ...('attribution' in anomaly && { attribution: [], reason: '' }),
      },
      run,
      result: picked(result, STATE),
      ...(page && { page }),
      ...(bucket && { bucket }),
    }),
  },
];

function reducedTo({ of }: Form, document: Document, because: string): Record<string, unknown> {
  const { event, source } = document;
  const form = of(document);
  return {
    ...form,
    event: { ingested: event.ingested, kind: event.kind },
    ...(source ? { source: { index: source.index, id: source.id } } : {}),
    result: {
      ...(form.result as object),
      reduced: true,
      reduced_because: because.slice(0, REASON_CHARACTERS),
    },
  };
}

const isChanged = ({ status }: BulkRefusal): boolean => status === 409;
const isForContent = ({ status, type }: BulkRefusal): boolean => status === 400 && !OF_THE_INDEX.has(type);

/**
 * Writes results and summaries, each value of a log where the mapping has a place for it ({@link fitShapes}). One that Elasticsearch refuses for its content is written again with less of it; one that
 * is refused in every form is put aside beside the checkpoints, whole and not indexed, so that no log stops a run.
 *
 * @returns operations that made a new document, how many results were put aside, and the ids of documents that were left alone: those
 *   to create that were there, and those that somebody has changed since they were read
 * @throws DetectionError `unavailable` where load refuses some until the tries run out, `forbidden`, or `refused` for what
 *   the index is; the details say how many were written
 */
export async function writeResults(
  client: ElasticsearchClient,
  given: readonly BulkOperation[],
  { space, warn = () => {}, ...settings }: WriteResultsOptions,
): Promise<{ created: readonly BulkOperation[]; putAside: number; leftAlone: ReadonlySet<string> }> {
  const operations = given.map((operation) => ({
    ...operation,
    document: fitShapes(operation.document as Document, OF_LOGS),
  }));
  const created: BulkOperation[] = [];
  const unwritten: BulkRefusal[] = [];
  const lost: BulkRefusal[] = [];
  const changed: BulkRefusal[] = [];
  const whole = new Map(operations.map((operation) => [operation.id, operation]));
  const reasons = new Map<string, string>();

  /** @returns what was refused for its content */
  const write = async (these: readonly BulkOperation[]): Promise<BulkRefusal[]> => {
    const outcome = await bulkWrite(client, these, {
      ...settings,
      guard: guardOf(client, 'results', settings),
    });
    created.push(...outcome.created);
    unwritten.push(...outcome.unwritten);
    changed.push(...outcome.refused.filter(isChanged));
    lost.push(...outcome.refused.filter((refusal) => !isForContent(refusal) && !isChanged(refusal)));
    const refused = outcome.refused.filter(isForContent);
    for (const { operation, type, reason } of refused) {
      if (!reasons.has(operation.id)) reasons.set(operation.id, `${type}: ${reason}`);
    }
    return refused;
  };
  let refused = await write(operations);
  for (const form of FORMS) {
    if (refused.length === 0) break;
    const again = refused.map(({ operation: { id } }): BulkOperation => {
      const operation = whole.get(id) as BulkOperation;
      return {
        ...operation,
        document: reducedTo(form, operation.document as Document, reasons.get(id) as string),
      };
    });
    const still = await write(again);
    const isStill = new Set(
      [...still, ...unwritten, ...lost, ...changed].map(({ operation }) => operation.id),
    );
    for (const { operation } of refused) {
      if (!isStill.has(operation.id))
        warn(`${nameOf(operation)} is stored ${form.named}: ${reasons.get(operation.id)}`);
    }
    refused = still;
  }
  failIfIncomplete(operations.length, unwritten, lost);
  if (refused.length > 0) {
    const aside = refused.map(({ operation: { id } }) => whole.get(id) as BulkOperation);
    await putAside(client, aside, reasons, { space, ...settings });
    for (const operation of aside) {
      warn(`${nameOf(operation)} is refused in every form and put aside: ${reasons.get(operation.id)}`);
    }
  }
  const isMade = new Set([...created, ...refused.map(({ operation }) => operation)].map(({ id }) => id));
  const wasThere = operations.filter(({ action, id }) => action === 'create' && !isMade.has(id));
  const leftAlone = new Set([...wasThere, ...changed.map(({ operation }) => operation)].map(({ id }) => id));
  return { created, putAside: refused.length, leftAlone };
}

const nameOf = ({ document, id }: BulkOperation): string => {
  const { source } = document as { source?: { index: string; id: string } };
  return source === undefined ? `The summary ${id}` : `The result of log ${source.id} of "${source.index}"`;
};

/** Keeps results where no mapping looks at them; a repeated run replaces what it has put there before. */
async function putAside(
  client: ElasticsearchClient,
  operations: readonly BulkOperation[],
  reasons: ReadonlyMap<string, string>,
  { space, ...settings }: WriteResultsOptions,
): Promise<void> {
  const index = checkpointsIndex(space);
  await ensureIndex(client, index, 'checkpoints', settings);
  const documents = operations.map(({ id, index: wanted, document }): BulkOperation => {
    const { event, detector } = document as Document;
    return {
      action: 'index',
      index,
      id: documentId('put_aside', space, id),
      document: {
        type: 'put_aside',
        detector_id: detector.id,
        at: event.ingested,
        status: { index: wanted, id, because: reasons.get(id), document },
      },
    };
  });
  await bulkWriteAll(client, documents, { ...settings, guard: guardOf(client, 'checkpoints', settings) });
}

function failIfIncomplete(
  total: number,
  unwritten: readonly BulkRefusal[],
  lost: readonly BulkRefusal[],
): void {
  const missing = [...unwritten, ...lost];
  if (missing.length === 0) return;
  const written = total - missing.length;
  const { status, reason } = missing[0];
  const forbidden = lost.some((refusal) => refusal.status === 403);
  throw new DetectionError(
    forbidden ? 'forbidden' : unwritten.length > 0 ? 'unavailable' : 'refused',
    `${written} of ${total} results were written; Elasticsearch refused the others with status ${status}: ${reason}`,
    {
      details: {
        written,
        total,
        refused: missing.slice(0, 10).map(({ operation: { id }, reason: why }) => ({ id, why })),
      },
    },
  );
}
