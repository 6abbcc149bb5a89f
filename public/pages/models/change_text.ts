import { i18n } from '@kbn/i18n';
import { readPhrases, type ChangePhrase } from '../../../common/threshold/change_phrases';
import { formatCount } from '../../shared/values/format';

/** Returns the translated reason for a change of the threshold; a reason without known phrases is returned as it is. */
export function changeText(reason: string): string {
  return (
    readPhrases(reason)
      ?.map(({ phrase, numbers }) => phraseText(phrase, numbers.map(formatCount)))
      .join('; ') ?? reason
  );
}

function phraseText(phrase: ChangePhrase, [first, second]: readonly string[]): string {
  switch (phrase) {
    case 'started':
      return i18n.translate('logAnomalies.change.started', {
        defaultMessage: 'start, from the training sample',
      });
    case 'rateKnown':
      return i18n.translate('logAnomalies.change.rateKnown', {
        defaultMessage: 'the rate of logs is known now',
      });
    case 'tooMany':
      return i18n.translate('logAnomalies.change.tooMany', {
        defaultMessage: 'more alerts than the budget allows',
      });
    case 'tooFew':
      return i18n.translate('logAnomalies.change.tooFew', {
        defaultMessage: 'fewer alerts than the budget allows',
      });
    case 'highest':
      return i18n.translate('logAnomalies.change.highest', {
        defaultMessage: 'at its upper limit, time to train again',
      });
    case 'lowest':
      return i18n.translate('logAnomalies.change.lowest', { defaultMessage: 'at its lower limit' });
    case 'burst':
      return i18n.translate('logAnomalies.change.burst', {
        defaultMessage: '{logs} logs of a burst were not learned from',
        values: { logs: first },
      });
    case 'frozen':
      return i18n.translate('logAnomalies.change.frozen', {
        defaultMessage: 'frozen: {alerts} alerts within an hour are {times} times the budget',
        values: { alerts: first, times: second },
      });
    case 'thawed':
      return i18n.translate('logAnomalies.change.thawed', {
        defaultMessage: 'the incident is over; the threshold follows the logs again',
      });
    case 'recurring':
      return i18n.translate('logAnomalies.change.recurring', {
        defaultMessage:
          'about {logs} unusual logs come every day from {hour}:00 on; that hour has a threshold of its own',
        values: { logs: first, hour: second },
      });
    case 'recurringOver':
      return i18n.translate('logAnomalies.change.recurringOver', {
        defaultMessage:
          'the unusual logs from {hour}:00 on come no more; that hour has the threshold of all again',
        values: { hour: first },
      });
    case 'incident':
      return i18n.translate('logAnomalies.change.incident', {
        defaultMessage: 'many times the budget of alerts: an incident is going on',
      });
  }
}
