import fc from 'fast-check';
import { defangLinks } from '../../../common/defang_links';
import { detectorSchema } from '../../../common/detector';
import { getField, suggestingSteps } from '../../../common/log_features';
import { logFieldsOf } from '../../../common/log_features/fields/log_fields';
import type { LogDocument } from '../../../common/log_document';
import { createRecordParser, detectFormat, NAMED_FORMATS } from '../../../common/log_parsing';
import { createModelScorer } from '../../../common/model_snapshot';
import { printable, UNPRINTABLE } from '../../../common/printable';
import { resultDocument } from '../../../server/detection/scoring/result_documents';
import { trainModel } from '../../../server/detection/training/train_model';
import { summarise } from '../../../server/notifications/messages/alert_message';
import { renderEmail } from '../../../server/notifications/channels/email_channel';
import { renderSlack } from '../../../server/notifications/channels/slack_channel';
import { cleanText, escapeHtml, escapeMrkdwn } from '../../../server/notifications/messages/untrusted_text';
import { logAnomalyAlert } from '../../../server/kibana/rules/log_anomaly_context';
import { terminalJson, terminalText } from '../../../scripts/command_line/terminal';
import { bounded, boundedSteps, holds, hostileJson, hostileText, reportLongest, RUNS } from './fuzzing';

jest.setTimeout(600_000);
afterAll(reportLongest);

const START = Date.parse('2026-03-02T10:00:00Z');
const trainingLogs = Array.from({ length: 400 }, (_, row): LogDocument => ({
  '@timestamp': new Date(START + row * 1_000).toISOString(),
  message: `GET /item/${row} took ${row % 90} ms ${'b'.repeat(row % 20)}`,
  url: { original: `/item/${row % 70}?page=${row % 5}` },
  http: { request: { method: row % 9 ? 'GET' : 'POST' }, response: { status_code: row % 30 ? 200 : 500 } },
  service: { name: `service-${row % 3}` },
  user: { name: `user-${row % 40}` },
  event: { duration: 1_000 + (row % 90) * 1_000 },
  log: { level: row % 20 ? 'info' : 'error' },
}));
const detector = detectorSchema.parse({
  name: 'Web',
  source: { index: 'logs' },
  entity_field: 'service.name',
  features: [
    { type: 'number', field: 'event.duration' },
    {
      type: 'deviation',
      field: 'event.duration',
      by: ['service.name', { route: 'url.original' }],
      name: 'slow',
    },
    { type: 'category', field: 'user.name', encoding: 'rarity' },
    { type: 'category', field: 'message', masked: true, name: 'masked' },
    { type: 'combination', fields: ['user.name', { masked: 'message' }] },
    { type: 'severity', field: 'log.level', by: ['service.name'] },
    { type: 'severity', field: 'http.response.status_code', name: 'status' },
    { type: 'route', field: 'url.original', method: 'http.request.method' },
    { type: 'attack_signs', field: 'url.original', name: 'attacks' },
    { type: 'attack_signs', field: 'message', name: 'attacks of messages' },
    { type: 'message_numbers', field: 'message', name: 'numbers of messages' },
    { type: 'template', field: 'message', name: 'template' },
    {
      type: 'text',
      field: 'message',
      name: 'text',
      patterns: [{ name: 'ip', regex: '\\b\\d{1,3}(\\.\\d{1,3}){3}\\b' }],
    },
    { type: 'hour_of_day', field: '@timestamp' },
  ],
  forest: { tree_count: 10 },
});
const { snapshot } = trainModel({
  detector,
  documents: trainingLogs,
  source: 'logs',
  window: { from: START, to: START + 400_000 },
  clock: { now: () => START },
});
const scorer = createModelScorer(snapshot);

const value = fc.oneof({ weight: 3, arbitrary: hostileText }, { weight: 1, arbitrary: hostileJson });
/** Fields as they are, with dots in their names, missing, or of any kind. */
const hostileLog = fc
  .record(
    {
      '@timestamp': fc.oneof(value, fc.constant(new Date(START).toISOString())),
      message: value,
      url: fc.oneof(
        value.map((original) => ({ original })),
        value,
      ),
      'url.original': value,
      http: fc.record({ request: fc.record({ method: value }), response: fc.record({ status_code: value }) }),
      service: value.map((name) => ({ name })),
      user: value.map((name) => ({ name })),
      event: value.map((duration) => ({ duration })),
      log: fc.oneof(
        value.map((level) => ({ level })),
        value,
      ),
      anything: value,
    },
    { requiredKeys: ['message'] },
  )
  .map((log) => log as LogDocument);

const origin = { detectorId: 'd', snapshot, runId: 'r', now: START, reached: START };
const base = { publicBaseUrl: 'https://kibana.test', space: 'default', kibanaVersion: '8.12.2' };
const SHOWN = /[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069]|\p{Cs}/u;

it('a log of anything is scored, explained, stored and told', () => {
  const texts = (told: unknown): string => JSON.stringify(told);
  holds(hostileLog, (log) => {
    const scored = boundedSteps('scoring a log', () => scorer.scoreInSteps([log]));
    const score = scored!.scores[0];
    if (!(score > 0 && score <= 1)) throw new Error(`The score is ${score}.`);
    const { attribution, reason } = boundedSteps('explaining a log', () =>
      scorer.explainInSteps(log, scored!.matrix, 0),
    )!;
    const { confidence, severity } = scorer.verdict(score);
    const result = bounded('a result', () =>
      resultDocument(origin, {
        log: { index: 'logs', id: '1' },
        document: log,
        modelVersion: snapshot.version,
        anomaly: { score, confidence, severity, threshold: 0.01, attribution, reason },
      }),
    )!;
    bounded('writing a result', () => JSON.stringify(result));
    const group = {
      id: 'd:x',
      name: String(result.anomaly.entity),
      count: 1,
      newCount: 1,
      entityCount: 1,
      top: [{ id: 'r', result }],
    };
    const alert = bounded('the context of an alert', () => logAnomalyAlert(group, '5m', base))!;
    expect(
      SHOWN.test(
        Object.values(alert.context)
          .filter((each) => typeof each === 'string')
          .join(''),
      ),
    ).toBe(false);
    const message = bounded('a message', () =>
      summarise(
        { detector: { id: 'd', name: 'Web' }, run: { id: 'r' }, results: [result] },
        { results_per_message: 5 },
      ),
    )!;
    expect(texts(message)).not.toMatch(/https?:\/\/evil/);
    bounded('a mail', () => renderEmail(message, undefined, undefined));
    bounded('a message for Slack', () => renderSlack(message, undefined, undefined));
    bounded('what a terminal shows', () =>
      terminalText(reason + terminalJson(JSON.stringify(result)), false),
    );
  });
});

it('any text is cleaned', () => {
  holds(hostileText, (text) => {
    const cleaned = bounded('cleaning', () => cleanText(text, 1_000))!;
    expect(cleaned.length).toBeLessThanOrEqual(1_000);
    expect(cleaned.match(UNPRINTABLE)).toBeNull();
    const shown = bounded('printing', () => printable(text, 4_000))!;
    expect(shown.match(UNPRINTABLE)).toBeNull();
    const defanged = bounded('defanging', () => defangLinks(shown))!;
    expect(defanged).not.toMatch(/https?:\/\//i);
    expect(bounded('defanging', () => defangLinks(defanged))).toBe(defanged);
    expect(bounded('escaping', () => escapeHtml(cleaned))).not.toMatch(/[<>"']/);
    expect(bounded('escaping', () => escapeMrkdwn(cleaned))).not.toMatch(/[<>`*~]/);
    expect(SHOWN.test(bounded('a terminal', () => terminalText(text, true))!.replace(/\t/g, ''))).toBe(false);
    expect(JSON.parse(bounded('a terminal', () => terminalJson(JSON.stringify({ text })))!)).toEqual({
      text,
    });
  });
});

it('any line is read, in any format', () => {
  const format = fc.constantFrom(...NAMED_FORMATS);
  holds(fc.tuple(format, fc.array(hostileText, { minLength: 1, maxLength: 4 })), ([format, lines]) => {
    bounded('finding a format', () => detectFormat(lines));
    const parser = createRecordParser(format);
    for (const [row, line] of lines.entries())
      bounded(`a line of ${format}`, () => parser.read(line, row + 1));
    bounded('the end of a file', () => parser.end());
  });
});

it('features are suggested for any logs, and trained on them', () => {
  const some = fc.array(hostileLog, { minLength: 1, maxLength: 20 });
  holds(
    some,
    (logs) => {
      boundedSteps('suggesting features', () => suggestingSteps(logs, { timestampField: '@timestamp' }));
      bounded('naming fields', () => logFieldsOf(logs, () => undefined));
      for (const log of logs) getField(log, 'a.b.__proto__.c');
    },
    Math.ceil(RUNS / 10),
  );
  holds(
    some,
    (logs) => {
      try {
        trainModel({
          detector,
          documents: [...trainingLogs.slice(0, 100), ...logs],
          source: 'logs',
          clock: { now: () => START },
        });
      } catch (error) {
        if ((error as { code?: string }).code === undefined) throw error;
      }
    },
    Math.ceil(RUNS / 200),
  );
});
