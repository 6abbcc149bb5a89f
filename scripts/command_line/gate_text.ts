import colors from 'picocolors';
import { DetectionError } from '../../common/detection_error';
import type { GateReport } from '../../server/detection/promotion/model_gate';

export const gateText = (report: GateReport): string =>
  report.checks
    .map((check) => `  ${check.passed ? colors.green('pass') : colors.red('FAIL')}  ${check.message}`)
    .join('\n');

/** @throws DetectionError `refused` naming every limit that was broken */
export function insist(report: GateReport, what: string): void {
  if (report.passed) return;
  const broken = report.checks.filter((check) => !check.passed).map((check) => check.message);
  throw new DetectionError('refused', `${what}: ${broken.join('; ')}.`, {
    details: { checks: report.checks },
  });
}
