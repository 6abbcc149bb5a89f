import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolder, mixAttacks, parseCsv, readWebSources } from '../real_logs/web_attack_logs';
import { measureWebAttacks, TARGET_AVERAGE_PRECISION, TARGET_ROC_AUC, WEB_ATTACK_CASES } from './web_attacks';

it('parses quoted CSV fields', () => {
  expect(parseCsv('a,b\r\n"x, ""y""\nz",2\n')).toEqual([
    ['a', 'b'],
    ['x, "y"\nz', '2'],
  ]);
});

const present = ['apache_access.log.gz', 'http_params.csv'].every((file) =>
  existsSync(join(dataFolder(), file)),
);
if (!present) {
  console.warn(
    `SKIPPED: the accuracy on web attacks is not tested, ${dataFolder()} holds no apache_access.log.gz and http_params.csv; set LOG_ANOMALIES_DATA`,
  );
}

(present ? describe : describe.skip)('defaults for web logs', () => {
  const sources = present ? readWebSources() : undefined!;

  it('mixes in different attacks at the given share, everything else as in real requests', () => {
    const { documents, labels } = mixAttacks(sources, {
      seed: 1,
      attackShare: 0.02,
      normalParameterShare: 0.5,
    });
    const attacks = documents.filter((_, row) => labels[row] === 1);
    expect(attacks.length / documents.length).toBeCloseTo(0.02, 3);
    const urls = new Set(attacks.map((document) => (document.url as { original: string }).original));
    expect(urls.size).toBeGreaterThan(0.95 * attacks.length);
    const again = mixAttacks(sources, { seed: 1, attackShare: 0.02, normalParameterShare: 0.5 });
    expect(again.documents.slice(0, 50)).toEqual(documents.slice(0, 50));
  });

  it.each(WEB_ATTACK_CASES.map((webCase) => [webCase.name, webCase] as const))(
    'find attacks: %s',
    (_, webCase) => {
      const accuracy = measureWebAttacks(sources, webCase, 1);
      expect(accuracy.rocAuc).toBeGreaterThanOrEqual(TARGET_ROC_AUC);
      expect(accuracy.averagePrecision).toBeGreaterThanOrEqual(TARGET_AVERAGE_PRECISION);
    },
  );
});
