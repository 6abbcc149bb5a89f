import { i18n } from '@kbn/i18n';
import { MODEL_NOTES } from '../../../common/model_snapshot/model_notes';

/** Returns the note of a model in the language of the reader; what a person wrote stays. */
export function noteText(note: string): string {
  switch (note) {
    case MODEL_NOTES.first:
      return i18n.translate('logAnomalies.models.noteFirst', { defaultMessage: 'first model' });
    case MODEL_NOTES.imported:
      return i18n.translate('logAnomalies.models.noteImported', { defaultMessage: 'imported' });
    case MODEL_NOTES.by_hand:
      return i18n.translate('logAnomalies.models.noteByHand', { defaultMessage: 'promoted by hand' });
    case MODEL_NOTES.reverted:
      return i18n.translate('logAnomalies.models.noteReverted', { defaultMessage: 'reverted' });
    case MODEL_NOTES.with_pipeline:
      return i18n.translate('logAnomalies.models.noteWithPipeline', {
        defaultMessage: 'reverted with the pipeline',
      });
    case MODEL_NOTES.passed:
      return i18n.translate('logAnomalies.models.notePassed', { defaultMessage: 'passed its gate' });
    default:
      return note;
  }
}
