import { createFeature } from './feature';

const RULE_TYPES = ['logAnomalies.logAnomaly', 'logAnomalies.incident', 'logAnomalies.detectorHealth'];
const WITH_CONSUMERS = RULE_TYPES.map((ruleTypeId) => ({
  ruleTypeId,
  consumers: ['logAnomalies', 'alerts', 'stackAlerts'],
}));

describe('createFeature', () => {
  it.each([
    ['8.12.2', RULE_TYPES],
    ['8.17.9', RULE_TYPES],
    ['8.18.0', WITH_CONSUMERS],
    ['9.0.0', WITH_CONSUMERS],
    ['9.4.3', WITH_CONSUMERS],
  ])('names the rule types the way Kibana %s wants them, everywhere', (version, expected) => {
    const { alerting, privileges } = createFeature(version);
    expect(alerting).toEqual(expected);
    expect(privileges.all.alerting).toEqual({ rule: { all: expected }, alert: { all: expected } });
    expect(privileges.read.alerting).toEqual({ rule: { read: expected }, alert: { read: expected } });
  });

  it('gives a reader nothing that changes anything', () => {
    const { all, read } = createFeature('8.12.2').privileges;
    expect(read.api).toEqual(['logAnomalies-read']);
    expect(read.ui).toEqual(['show']);
    expect(read.savedObject.all).toEqual([]);
    expect(all.api).toEqual(['logAnomalies-read', 'logAnomalies-write']);
    expect(all.ui).toEqual(['show', 'save']);
  });

  it('keeps the API keys of owners from readers', () => {
    const { all, read } = createFeature('8.12.2').privileges;
    expect(all.savedObject.all).toContain('log-anomalies-api-key');
    expect(read.savedObject.read).not.toContain('log-anomalies-api-key');
  });
});
