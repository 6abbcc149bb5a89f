import { randomUUID } from 'node:crypto';
import type { ImportedDetector, NameConflict } from '../../../common/api';
import type { Detector } from '../../../common/detector';
import { newDetectorSchema } from '../../../common/detector/query_limits';
import { describeZodIssues } from '../../../common/validation';
import { DetectionError } from '../../../common/detection_error';
import { sentenceError } from '../../../common/sentences/failure_sentences';
import { readsOf } from '../../../common/model_snapshot/model_reads';
import { printable } from '../../../common/printable';
import { createTurns } from '../../detection/ports/in_turns';
import type { AuditEntry } from '../../../common/audit';
import { createAuditTrail } from '../../elasticsearch';
import { missingPrivilegesOf } from '../../elasticsearch/indices/missing_privileges';
import { auditIndex, checkpointsIndex } from '../../elasticsearch/indices/names';
import { revokeApiKey, usesApiKeys } from '../keys/api_key';
import {
  createDetectorRepository,
  type DetectorRepository,
  type StoredDetector,
} from '../records/detector_repository';
import { needsTraining } from '../records/effective_snapshot';
import { createStatusStore } from '../records/status_store';
import { withEditNoted } from '../records/untrained_edit';
import { endBackfill } from '../tasks/backfill_service';
import { detectorTaskIds } from '../contracts/identifiers';
import { checkDetectorCount, intervalProblem, type UsageLimits } from '../limits/usage_limits';
import type { RequestScope, Services } from '../contracts/services';
import type { YamlDocument } from '../../../common/yaml_documents';
import { readYaml } from './read_yaml';

/** Detectors of one file. */
const MOST_DETECTORS = 500;
/** Problems that a refusal lists. */
const LISTED_PROBLEMS = 50;
const LONGEST_NAME = 200;

interface Order {
  readonly yaml: string;
  readonly onConflict: NameConflict;
  readonly dryRun: boolean;
}

/** A detector of the file, with the one that it replaces. */
interface Planned {
  readonly document: number;
  readonly detector: Detector;
  readonly replaces?: StoredDetector;
}

/**
 * Saves the detectors of a file, all or none as far as their settings and names go. Nothing of a file is trusted: each is
 * stopped, and without key and owner until somebody whose rights suffice saves or starts it. Importing therefore takes no
 * rights on the logs.
 *
 * @throws DetectionError `invalid_input` naming document and setting, `conflict` naming the detectors that are there already
 */
export async function importDetectors(
  services: Services,
  scope: RequestScope,
  { yaml, onConflict, dryRun }: Order,
): Promise<ImportedDetector[]> {
  const detectors = await detectorsOf(await readYaml(yaml), services.usage);
  const repository = createDetectorRepository(scope.savedObjects);
  const planned = plan(detectors, (await repository.list()).detectors, onConflict);
  const added = planned.filter(({ replaces }) => replaces === undefined).length;
  checkDetectorCount(await repository.count(), added, services.usage);
  if (!dryRun) await checkRightToRecord(services, scope, planned.some(isEdit));
  const done: ImportedDetector[] = [];
  for (const each of planned) {
    const { document, detector, replaces } = each;
    const id = dryRun
      ? replaces?.id
      : await saveOnRecord(services, scope, repository, each).catch(tellWhatIsDone(done));
    done.push({
      document,
      name: detector.name,
      action: replaces === undefined ? 'created' : 'overwritten',
      ...(id !== undefined && { id }),
      warnings: warningsOf(each),
    });
  }
  return done;
}

/**
 * Puts a detector on record and then saves it: where Kibana ends between the two there is an entry too many, and never one too few.
 *
 * @returns the id that it is saved under
 */
async function saveOnRecord(
  services: Services,
  scope: RequestScope,
  repository: DetectorRepository,
  each: Planned,
): Promise<string> {
  const id = each.replaces?.id ?? randomUUID();
  const trail = createAuditTrail(scope.elasticsearch, { space: scope.space });
  const entry = entryOf(services, scope, id, each);
  await trail.append([entry]);
  try {
    const now = services.clock.now();
    const work = () =>
      save(repository, id, each, { at: new Date(now).toISOString(), by: scope.user ?? null });
    const { detector, replaces } = each;
    // Whoever starts it, or saves it as it is, has it trained for what the file says.
    await (replaces === undefined
      ? work()
      : withEditNoted(
          createStatusStore(scope.elasticsearch, scope),
          id,
          { before: replaces.detector, after: detector, now },
          work,
        ));
  } catch (error) {
    const reason = (await hasChangedNothing(repository, id, each, error))
      ? 'This import failed after it was put on record; the detector is as it was before.'
      : 'This import failed after it was put on record; it may have changed the detector all the same.';
    await trail
      .append([{ ...entry, reason }])
      .catch(({ message }: Error) => services.log.warn(`Detector ${id}: ${reason} ${message}`));
    throw error;
  }
  await stop(services, scope, id, each);
  return id;
}

/** An error says that saving was not answered, and not that it was not done. */
async function hasChangedNothing(
  repository: DetectorRepository,
  id: string,
  { replaces }: Planned,
  error: unknown,
): Promise<boolean> {
  if (error instanceof DetectionError && error.code === 'conflict') return true;
  try {
    const { version } = await repository.get(id);
    return version === replaces?.version;
  } catch (failure) {
    return replaces === undefined && failure instanceof DetectionError && failure.code === 'not_found';
  }
}

const isEdit = ({ replaces, detector }: Planned): boolean =>
  replaces !== undefined && needsTraining(replaces.detector, detector);

/**
 * @param mayEdit is true where detectors get settings that take a new model, which is put on record as well
 * @throws DetectionError `forbidden`: what could not be put on record is not done
 */
async function checkRightToRecord(
  services: Services,
  { elasticsearch, space }: RequestScope,
  mayEdit: boolean,
): Promise<void> {
  if (!(await usesApiKeys(services.apiKeys))) return;
  const making = ['create_index', 'view_index_metadata'];
  const missing = await missingPrivilegesOf(elasticsearch, {
    cluster: [],
    indices: [
      { names: [auditIndex(space)], privileges: [...making, 'create_doc'] },
      ...(mayEdit ? [{ names: [checkpointsIndex(space)], privileges: [...making, 'read', 'index'] }] : []),
    ],
  });
  if (missing.length === 0) return;
  const where = mayEdit ? 'in the audit trail and the status of its detectors' : 'in the audit trail';
  throw new DetectionError(
    'forbidden',
    `An import is put on record ${where}, and you lack: ${missing.join('; ')}. Nothing was saved. Ask for a role that has them.`,
    { details: { missing_privileges: missing } },
  );
}

function entryOf(
  { clock }: Services,
  { user }: RequestScope,
  id: string,
  { document, detector, replaces }: Planned,
): AuditEntry {
  const what =
    replaces === undefined
      ? 'A file has made this detector'
      : `The settings of a file have taken the place of those of this detector${replaces.enabled ? ', which was running' : ''}`;
  return {
    detectorId: id,
    at: new Date(clock.now()).toISOString(),
    ...(user !== undefined && { by: user }),
    action: 'detector_imported',
    reason: `${what}; it is stopped, and has neither key nor owner until somebody starts it.`,
    details: {
      document,
      name: detector.name,
      source: detector.source.index,
      reads: readsOf(detector),
      ...(replaces && { name_before: replaces.detector.name, source_before: replaces.detector.source.index }),
    },
  };
}

async function detectorsOf(documents: readonly YamlDocument[], usage: UsageLimits): Promise<Detector[]> {
  if (documents.length === 0) {
    throw sentenceError('invalid_input', 'file_without_detector');
  }
  if (documents.length > MOST_DETECTORS) {
    throw new DetectionError(
      'invalid_input',
      `The file holds ${documents.length} detectors; at most ${MOST_DETECTORS} are allowed. Split it.`,
    );
  }
  const turns = createTurns();
  const detectors: Detector[] = [];
  const issues: string[] = [];
  for (const [i, { value, line }] of documents.entries()) {
    const parsed = newDetectorSchema.safeParse(value);
    const where = `document ${i + 1} (line ${line}${nameIn(value)})`;
    if (parsed.success) {
      const problem = intervalProblem(parsed.data, usage);
      if (problem !== undefined) issues.push(`${where}: ${problem}`);
      detectors.push(parsed.data);
    } else issues.push(...describeZodIssues(parsed.error, value).map((issue) => `${where}: ${issue}`));
    await turns.next();
  }
  if (issues.length > 0) throw invalid('The file is not valid, so nothing was saved', issues);
  return detectors;
}

function nameIn(value: unknown): string {
  const { name } = (value ?? {}) as { name?: unknown };
  return typeof name === 'string' ? `, "${printable(name, 60)}"` : '';
}

function invalid(
  what: string,
  issues: readonly string[],
  code: 'invalid_input' | 'conflict' = 'invalid_input',
) {
  const more = issues.length - LISTED_PROBLEMS;
  const listed = [...issues.slice(0, LISTED_PROBLEMS), ...(more > 0 ? [`and ${more} more`] : [])];
  return new DetectionError(code, `${what}: ${listed.join('; ')}`, { details: { issues: listed } });
}

function plan(
  detectors: readonly Detector[],
  existing: readonly StoredDetector[],
  onConflict: NameConflict,
): Planned[] {
  const byName = new Map<string, StoredDetector[]>();
  for (const stored of existing) {
    byName.set(stored.detector.name, [...(byName.get(stored.detector.name) ?? []), stored]);
  }
  const taken = new Set(byName.keys());
  const seenAt = new Map<string, number>();
  const invalidNames: string[] = [];
  const conflicts: string[] = [];
  const planned = detectors.map((detector, i): Planned => {
    const document = i + 1;
    const { name } = detector;
    const shown = `document ${document}: name: "${printable(name, LONGEST_NAME)}"`;
    const found = byName.get(name) ?? [];
    if (onConflict === 'create') {
      const free = freeName(name, taken);
      taken.add(free);
      return { document, detector: { ...detector, name: free } };
    }
    const before = seenAt.get(name);
    seenAt.set(name, document);
    if (before !== undefined) {
      invalidNames.push(
        `${shown} is that of document ${before} as well; allowed: each once, or on_conflict: create`,
      );
    } else if (found.length > 1 && onConflict === 'overwrite') {
      invalidNames.push(
        `${shown} is that of ${found.length} detectors of the space, so none can be overwritten`,
      );
    } else if (found.length > 0 && onConflict === 'refuse') {
      conflicts.push(`${shown} is that of the detector ${found[0].id}`);
    }
    return { document, detector, ...(found.length === 1 && { replaces: found[0] }) };
  });
  if (invalidNames.length > 0) throw invalid('The names do not fit, so nothing was saved', invalidNames);
  if (conflicts.length > 0) {
    throw invalid(
      'There are detectors of these names already, so nothing was saved (on_conflict: overwrite gives them the settings of the file, on_conflict: create saves new ones beside them)',
      conflicts,
      'conflict',
    );
  }
  return planned;
}

/** @example freeName('Web', new Set(['Web'])) // 'Web (2)' */
function freeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  for (let i = 2; ; i++) {
    const ending = ` (${i})`;
    const other = name.slice(0, LONGEST_NAME - ending.length) + ending;
    if (!taken.has(other)) return other;
  }
}

async function save(
  repository: DetectorRepository,
  id: string,
  { detector, replaces }: Planned,
  { at, by }: { readonly at: string; readonly by: string | null },
): Promise<void> {
  const imported = {
    name: detector.name,
    detector,
    model_reads: readsOf(detector),
    enabled: false,
    api_key_object: null,
    owner: null,
    updated_at: at,
    updated_by: by,
  };
  if (replaces === undefined) {
    await repository.create(id, { ...imported, created_at: at, created_by: by });
    return;
  }
  await repository.update(id, imported, replaces.version);
}

/** Ends the work of a detector that a file has overwritten, once that is done. Without a key what is left of it does nothing. */
async function stop(
  services: Services,
  scope: RequestScope,
  detectorId: string,
  { replaces }: Planned,
): Promise<void> {
  if (replaces === undefined) return;
  const { apiKeyObject } = replaces;
  const target = { space: scope.space, detectorId };
  for (const task of detectorTaskIds(target)) {
    await services.taskManager.removeIfExists(task);
  }
  if (apiKeyObject !== undefined) {
    await revokeApiKey(services.apiKeys, scope.savedObjects, apiKeyObject, target);
  }
  // After that: a piece at work writes nothing over its end.
  const backfill = await createStatusStore(scope.elasticsearch, scope)
    .readPart(detectorId, 'backfill')
    .catch(() => undefined);
  await endBackfill(services, scope, detectorId, backfill).catch(({ message }: Error) =>
    services.log.warn(`Detector ${detectorId}: the end of its backfill is not on record: ${message}`),
  );
}

/** Names are looked up once, so somebody may have been faster; what was saved before that stays. */
function tellWhatIsDone(done: readonly ImportedDetector[]) {
  return (error: unknown): never => {
    if (!(error instanceof DetectionError) || done.length === 0) throw error;
    const names = done.map(({ name }) => `"${printable(name, 60)}"`).join(', ');
    throw new DetectionError(error.code, `${error.message} Saved before that: ${names}.`, { cause: error });
  };
}

const WARNINGS: Readonly<Record<ImportedDetector['warnings'][number]['code'], string>> = {
  was_running: 'It was running and is stopped until somebody starts it.',
  has_pipeline:
    'Its ingest pipeline goes on scoring logs with the settings of before; take it off, or put a new one live once the detector runs again.',
  needs_training: 'Its model was made for other features or logs; a new one is trained when it is started.',
};

function warningsOf({ replaces, detector }: Planned): ImportedDetector['warnings'] {
  if (replaces === undefined) return [];
  const codes = [
    ...(replaces.enabled ? (['was_running'] as const) : []),
    ...(replaces.detector.scoring === 'ingest' ? (['has_pipeline'] as const) : []),
    ...(needsTraining(replaces.detector, detector) ? (['needs_training'] as const) : []),
  ];
  return codes.map((code) => ({ code, message: WARNINGS[code] }));
}
