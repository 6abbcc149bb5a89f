import { errors } from '@elastic/elasticsearch';
import { DetectionError } from '../../../common/detection_error';
import { isWorthRetrying, reasonOf, toDetectionError } from './errors';

const answered = (statusCode: number, error: unknown): Error =>
  new errors.ResponseError({
    statusCode,
    body: { error, status: statusCode },
    headers: {},
    warnings: null,
    meta: {
      context: null,
      name: 'test',
      request: { params: { headers: { authorization: 'Basic c2VjcmV0' } }, options: {}, id: 1 } as never,
      connection: null,
      attempts: 0,
      aborted: false,
    },
  });

test('a shard of a new index that is just being started is asked again, whatever the status', () => {
  const error = answered(404, {
    type: 'illegal_index_shard_state_exception',
    reason: 'CurrentState[RECOVERING] operations only allowed when shard state is one of [STARTED]',
  });
  expect(isWorthRetrying(error)).toBe(true);
  expect(toDetectionError(error, 'read the fields').code).toBe('unavailable');
  expect(isWorthRetrying(answered(404, { type: 'index_not_found_exception', reason: 'no such index' }))).toBe(
    false,
  );
});

describe('toDetectionError', () => {
  test.each([
    [400, 'invalid_input'],
    [401, 'unauthenticated'],
    [403, 'forbidden'],
    [404, 'not_found'],
    [409, 'conflict'],
    [429, 'unavailable'],
    [500, 'internal'],
    [502, 'unavailable'],
    [503, 'unavailable'],
    [504, 'unavailable'],
  ])('maps status %i to %s', (status, code) => {
    expect(toDetectionError(answered(status, { type: 'some_exception', reason: 'why' }), 'do it').code).toBe(
      code,
    );
  });

  test('maps lost connections, timeouts and aborted requests', () => {
    expect(toDetectionError(new errors.ConnectionError('refused'), 'do it').code).toBe('unavailable');
    expect(toDetectionError(new errors.TimeoutError('too long'), 'do it').code).toBe('unavailable');
    const cut = new errors.DeserializationError('Unexpected end of JSON input', '{"hits":');
    expect(toDetectionError(cut, 'do it').code).toBe('unavailable');
    expect(isWorthRetrying(cut)).toBe(true);
    expect(toDetectionError(new errors.RequestAbortedError('aborted'), 'do it').code).toBe('interrupted');
    expect(toDetectionError('a string', 'do it').code).toBe('internal');
  });

  test('names the script that has failed, and the index that is closed', () => {
    const said = (status: number, error: object): string =>
      toDetectionError(answered(status, error), 'read logs').message;
    const inner = {
      type: 'script_exception',
      reason: 'runtime error',
      script: "emit(doc['n'].value)",
      caused_by: { type: 'illegal_state_exception', reason: 'no value for a field!' },
    };
    const outer = { type: 'script_exception', reason: 'runtime error', script: 'ours', caused_by: inner };
    expect(said(400, { type: 'search_phase_execution_exception', failed_shards: [{ reason: outer }] })).toBe(
      "Could not read logs: no value for a field! (in the script emit(doc['n'].value)).",
    );
    const calledOff = { type: 'task_cancelled_exception', reason: 'task cancelled [Fatal failure]' };
    const cause = { type: 'illegal_argument_exception', reason: 'Fielddata is disabled on [a].' };
    expect(
      said(400, {
        root_cause: [calledOff, cause],
        failed_shards: [{ reason: calledOff }, { reason: cause }],
      }),
    ).toBe('Could not read logs: Fielddata is disabled on [a].');
    const closed = { type: 'index_closed_exception', reason: 'closed', index: 'logs-1' };
    expect(said(400, { root_cause: [closed], ...closed })).toBe(
      'Could not read logs: the index "logs-1" is closed.',
    );
  });

  test('names what helps where one of our indices has lost its mapping', () => {
    const fielddata = (index: string) =>
      toDetectionError(
        answered(400, {
          type: 'illegal_argument_exception',
          reason: `Fielddata is disabled on [anomaly.entity] in [${index}]. Text fields are not optimised for operations`,
        }),
        'sum up',
      );
    const { message, details } = fielddata('log-anomalies-results.default.2026.11');
    expect(message).toContain('has lost its mapping');
    // Pages show the message; the command is for who works with commands.
    expect(message).not.toContain('repair-indices');
    expect(details?.hint).toContain('"log-anomalies repair-indices"');
    expect(fielddata('weblogs').details?.hint).toBeUndefined();
  });

  test('keeps our own errors, gives the innermost reason and no secret', () => {
    const own = new DetectionError('refused', 'own');
    expect(toDetectionError(own, 'do it')).toBe(own);
    const error = toDetectionError(
      answered(400, {
        type: 'search_phase_execution_exception',
        reason: 'all shards failed',
        failed_shards: [
          {
            reason: {
              type: 'query_shard_exception',
              reason: 'outer',
              caused_by: { type: 'x', reason: 'the real one' },
            },
          },
        ],
      }),
      'count logs',
    );
    expect(error.message).toBe('Could not count logs: the real one.');
    expect(error.details).toEqual({
      status: 400,
      types: ['search_phase_execution_exception', 'query_shard_exception', 'x'],
    });
    expect(JSON.stringify({ ...error, cause: { ...(error.cause as object) } })).not.toContain('c2VjcmV0');
  });

  test('a reason is cut to a length that people read', () => {
    expect(reasonOf({ type: 'x', reason: 'y'.repeat(10_000) })).toHaveLength(500);
  });
});

describe('isWorthRetrying', () => {
  test('says yes to load inside of a 500 and no to anything else in it', () => {
    expect(isWorthRetrying(answered(500, { type: 'es_rejected_execution_exception', reason: 'queue' }))).toBe(
      true,
    );
    expect(isWorthRetrying(answered(500, { type: 'null_pointer_exception', reason: 'bug' }))).toBe(false);
    expect(isWorthRetrying(answered(404, { type: 'index_not_found_exception', reason: 'no' }))).toBe(false);
    expect(isWorthRetrying(new Error('ours'))).toBe(false);
  });
});
