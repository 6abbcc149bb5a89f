import colors from 'picocolors';
import { DetectionError } from '../../common/detection_error';
import { failedChecks, type GateCheck, type GateReport } from '../../server/detection/promotion/gate_report';

const isPassed = ({ verdict }: Pick<GateCheck, 'verdict'>): boolean => verdict !== 'fail';

/** A person runs the command: what a person should look at is shown, and only what fails is refused. */
const messageOf = ({ message, verdict }: GateCheck): string =>
  verdict === 'ask' ? `${message} (worth a look)` : message;

export const gateText = ({ checks }: GateReport): string =>
  checks
    .map((check) => `  ${isPassed(check) ? colors.green('pass') : colors.red('FAIL')}  ${messageOf(check)}`)
    .join('\n');

/** Returns a report as `--json` prints it. */
export const gateBody = <Report extends GateReport>(report: Report) => ({
  ...report,
  passed: isPassed(report),
  checks: report.checks.map((check) => ({ ...check, passed: isPassed(check), message: messageOf(check) })),
});

/** @throws DetectionError `refused` naming every limit that was broken */
export function insist(report: GateReport, what: string): void {
  if (isPassed(report)) return;
  const broken = failedChecks(report.checks).map(({ message }) => message);
  throw new DetectionError('refused', `${what}: ${broken.join('; ')}.`, {
    details: { checks: gateBody(report).checks },
  });
}
