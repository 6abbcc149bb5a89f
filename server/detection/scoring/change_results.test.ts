import { parseDetector, type DetectorInput } from '../../../common/detector';
import { emptyProfile, type PatternFinding, type PatternModel, NO_ENTITY } from '../../../common/patterns';
import type { ModelSnapshot } from '../../../common/model_snapshot';
import type { FoundChange } from '../ports/patterns';
import { changeResult, severityOfChange } from './change_results';

const TIME = Date.UTC(2026, 0, 5, 12);
const SPAN = 15 * 60_000;

const pattern = (change: Partial<PatternModel> = {}): PatternModel => ({
  id: 'a'.repeat(24),
  tokens: ['Disk', ' <*>', ' is', ' full'],
  firstSeen: TIME,
  lastSeen: TIME,
  since: TIME,
  example: 'Disk sda is full',
  members: [],
  profile: emptyProfile(TIME),
  series: new Map(),
  ...change,
});

const found = (change: Partial<PatternFinding> = {}, of: Partial<PatternModel> = {}): FoundChange => ({
  finding: {
    ...{ patternId: 'a'.repeat(24), change: 'surging', time: TIME, count: 30, usual: 4, chance: 1e-5 },
    ...change,
  },
  pattern: pattern(of),
  span: SPAN,
  field: 'message',
  search: 'words',
});

const originOf = (settings: Partial<DetectorInput> = {}) => ({
  detectorId: 'till',
  runId: 'run',
  now: TIME + SPAN,
  snapshot: {
    version: '1',
    detector: parseDetector({
      name: 'Till',
      source: { index: 'weblogs' },
      entity_field: 'host.name',
      features: [{ type: 'hour_of_day', field: '@timestamp' }],
      patterns: { field: 'message' },
      ...settings,
    }),
  } as unknown as ModelSnapshot,
});

it('a change of a pattern is a result of its bucket and entity, in words and with its logs', () => {
  const result = changeResult(originOf(), found({ entity: 'web-1' }, { level: 'warn' }));
  expect(result).toMatchObject({
    '@timestamp': '2026-01-05T12:00:00.000Z',
    event: { start: '2026-01-05T12:00:00.000Z', end: '2026-01-05T12:15:00.000Z' },
    message: 'Disk <*> is full',
    log: { level: 'warn' },
    anomaly: {
      entity: 'web-1',
      entity_field: 'host.name',
      pattern: 'Disk <*> is full',
      severity: 'minor',
      reason: 'pattern “Disk <*> is full” came more often, 30 logs, usually 4',
      change: {
        ...{ kind: 'surging', pattern_id: 'a'.repeat(24), count: 30, expected: 4, chance: 1e-5 },
        kql: 'message : "Disk" and message : "is full"',
      },
    },
    result: { type: 'log' },
  });
  expect(result.source).toEqual(changeResult(originOf(), found({ entity: 'web-1', count: 31 })).source);
  expect(result.source).not.toEqual(changeResult(originOf(), found({ entity: 'web-2' })).source);
  expect(result.source).not.toEqual(changeResult(originOf(), found({ entity: 'web-1', time: 0 })).source);
});

it('logs without an entity have none in the result', () => {
  const { anomaly } = changeResult(originOf(), found({ entity: '\u0000none' }));
  expect(anomaly.entity).toBeUndefined();
  expect(anomaly.entity_field).toBeUndefined();
});

it.each([
  ['new', undefined, {}, 'minor'],
  ['new', 'ERROR', {}, 'major'],
  ['surging', 'info', {}, 'minor'],
  ['surging', 'info', { count: 40 }, 'major'],
  ['surging', 'fatal', { count: 40 }, 'critical'],
  ['surging', 'info', { count: 4, usual: 0.1 }, 'minor'],
  ['surging', 'info', { count: 10, usual: 0.1 }, 'major'],
  ['dropping', 'info', { count: 1 }, 'warning'],
  ['dropping', 'info', { count: 1, usual: 10 }, 'minor'],
  ['vanished', 'error', { count: 0, usual: 40 }, 'minor'],
  ['returned', 'info', { chance: undefined }, 'warning'],
  ['returned', 'error', { chance: undefined }, 'minor'],
] as const)('a pattern that is %s with level %s and %j is %s', (change, level, figures, severity) => {
  const given = found({ change, ...figures }, level === undefined ? {} : { level });
  expect(severityOfChange(given)).toBe(severity);
  const sure = changeResult(originOf(), { ...given, finding: { ...given.finding, chance: 1e-290 } });
  // However sure, the band stays that of the change.
  expect(sure.anomaly.severity).toBe(severity);
  expect(sure.anomaly.confidence).toBeGreaterThanOrEqual(changeResult(originOf(), given).anomaly.confidence);
});

it('a detector that may not repeat the message names the pattern by its id', () => {
  const text = JSON.stringify(changeResult(originOf({ copy_fields: 'none' }), found()));
  expect(text).not.toMatch(/Disk|full/);
  expect(text).toContain('a'.repeat(24));
  const chosen = originOf({ copy_fields: 'chosen', context_fields: ['message'] });
  expect(changeResult(chosen, found()).anomaly.pattern).toBe('Disk <*> is full');
});

it('repeats the level, and all of a message, only where results of logs would', () => {
  const of = (settings: Partial<DetectorInput>) =>
    JSON.parse(JSON.stringify(changeResult(originOf(settings), found({}, { level: 'error' })))) as {
      log?: { level: string };
      message?: string;
    };
  expect(of({ copy_fields: 'none' }).log).toBeUndefined();
  expect(of({ copy_fields: 'chosen', context_fields: ['message'] }).log).toBeUndefined();
  expect(of({ copy_fields: 'chosen', context_fields: ['log.level'] }).log).toEqual({ level: 'error' });
  expect(of({ copy_fields: 'all', context_fields: ['url.path'] }).message).toBeUndefined();
});

it('has an id that can be read, also without an entity', () => {
  expect(changeResult(originOf(), found({ entity: NO_ENTITY })).source.id).toContain('/(none)/');
});
