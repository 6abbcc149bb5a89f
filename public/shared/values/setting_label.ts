import { i18n } from '@kbn/i18n';

/**
 * Returns the name of a setting as the form has it, for a list of problems.
 *
 * @param path as in the document, e.g. `source.index`; a setting that is not in the form keeps its path
 */
export function settingLabel(
  path: string,
  draft: { readonly features: readonly { readonly field?: string }[] },
): string {
  const [, place, setting] = /^features\.(\d+)\.?(.*)$/.exec(path) ?? [];
  if (place !== undefined) {
    const field = draft.features[Number(place)]?.field;
    return i18n.translate('logAnomalies.form.featureLabel', {
      defaultMessage:
        'Field {place}{isNamed, select, yes { ({field})} other {}}{hasSetting, select, yes {, {setting}} other {}}',
      values: {
        place: Number(place) + 1,
        isNamed: field ? 'yes' : 'no',
        field: field ?? '',
        hasSetting: setting ? 'yes' : 'no',
        setting,
      },
    });
  }
  return labelOf(path) ?? path;
}

/** Settings as the API, files and the command line call them; those of buckets may be names of features as well. */
const PATH =
  /(?<![\w.])((source|training|schedule|forest|drift|promotion|threshold)\.[a-z_]+|entity_fields?|copy_fields|context_fields|hour_of_day|day_of_week)(?![\w.]*\w)/g;

/** Returns a text that names settings by their path with the names that the form has for them. */
export const withSettingLabels = (text: string): string =>
  text.replace(PATH, (path) => {
    const label = labelOf(path);
    return label === undefined
      ? path
      : i18n.translate('logAnomalies.form.namedSetting', {
          defaultMessage: '“{label}”',
          values: { label },
        });
  });

function labelOf(path: string): string | undefined {
  switch (path) {
    case 'name':
      return i18n.translate('logAnomalies.form.name', { defaultMessage: 'Name' });
    case 'description':
      return i18n.translate('logAnomalies.form.description', { defaultMessage: 'Description' });
    case 'source.index':
      return i18n.translate('logAnomalies.form.index', { defaultMessage: 'Data view or index' });
    case 'source.query':
    case 'source.kql':
      return i18n.translate('logAnomalies.form.query', { defaultMessage: 'Only logs that match' });
    case 'source.timestamp_field':
      return i18n.translate('logAnomalies.form.timestamp', { defaultMessage: 'Time of a log' });
    case 'source.ingested_field':
      return i18n.translate('logAnomalies.rare.ingested', {
        defaultMessage: 'Field with the time of indexing',
      });
    case 'entity_field':
    case 'entity_fields':
      return i18n.translate('logAnomalies.form.entity', { defaultMessage: 'Group results by' });
    case 'features':
      return i18n.translate('logAnomalies.form.stepFeatures', { defaultMessage: '2. What to look at' });
    case 'threshold.alerts_per_day':
    case 'threshold.contamination':
      return i18n.translate('logAnomalies.form.sensitivity', { defaultMessage: 'How much to flag' });
    case 'training.window':
      return i18n.translate('logAnomalies.form.window', { defaultMessage: 'Learn from the last' });
    case 'training.retrain_every':
      return i18n.translate('logAnomalies.form.retrain', { defaultMessage: 'Learn again every' });
    case 'training.max_rows':
      return i18n.translate('logAnomalies.rare.maxRows', {
        defaultMessage: 'Maximum number of logs for training',
      });
    case 'training.min_rows':
      return i18n.translate('logAnomalies.rare.minRows', { defaultMessage: 'Do not learn from fewer than' });
    case 'training.holdout':
      return i18n.translate('logAnomalies.rare.holdout', { defaultMessage: 'Keep back to check a model on' });
    case 'schedule.interval':
      return i18n.translate('logAnomalies.form.interval', { defaultMessage: 'Look for new logs every' });
    case 'schedule.query_delay':
      return i18n.translate('logAnomalies.form.delay', { defaultMessage: 'Stay behind now by' });
    case 'schedule.idle_interval':
      return i18n.translate('logAnomalies.rare.idle', {
        defaultMessage: 'While no log comes, look at least every',
      });
    case 'schedule.late_window':
      return i18n.translate('logAnomalies.rare.late', { defaultMessage: 'Logs may come late by' });
    case 'scoring':
      return i18n.translate('logAnomalies.form.scoring', { defaultMessage: 'Logs are scored by' });
    case 'forest.tree_count':
      return i18n.translate('logAnomalies.rare.trees', { defaultMessage: 'Trees of the forest' });
    case 'forest.subsample_size':
      return i18n.translate('logAnomalies.rare.subsample', { defaultMessage: 'Logs that each tree sees' });
    case 'forest.max_depth':
      return i18n.translate('logAnomalies.rare.depth', {
        defaultMessage: 'Questions that a tree asks at most',
      });
    case 'forest.seed':
      return i18n.translate('logAnomalies.rare.seed', { defaultMessage: 'Seed of chance' });
    case 'drift.every':
      return i18n.translate('logAnomalies.upkeep.every', {
        defaultMessage: 'Look whether logs have changed every',
      });
    case 'drift.limit':
      return i18n.translate('logAnomalies.upkeep.limit', {
        defaultMessage: 'They count as changed from a drift of',
      });
    case 'drift.window':
      return i18n.translate('logAnomalies.rare.driftWindow', {
        defaultMessage: 'Time range for measuring drift',
      });
    case 'promotion.watch':
      return i18n.translate('logAnomalies.upkeep.watch', { defaultMessage: 'It is watched after that for' });
    case 'promotion.shadow':
      return i18n.translate('logAnomalies.rare.shadow', {
        defaultMessage: 'Try a new model in shadow, beside the active one, for',
      });
    case 'time_zone':
      return i18n.translate('logAnomalies.form.timeZone', {
        defaultMessage: 'Time zone of hours and days',
      });
    case 'copy_fields':
      return i18n.translate('logAnomalies.rare.copyFields', {
        defaultMessage: 'Fields copied from logs to results (all, chosen or none)',
      });

    case 'hour_of_day':
      return i18n.translate('logAnomalies.feature.hourOfDay', { defaultMessage: 'Hour of the day' });
    case 'day_of_week':
      return i18n.translate('logAnomalies.feature.dayOfWeek', { defaultMessage: 'Day of the week' });
    default:
      if (path.startsWith('bucket.')) return bucketLabelOf(path);
      return path.startsWith('context_fields')
        ? i18n.translate('logAnomalies.rare.context', {
            defaultMessage: 'Other fields that a result carries along',
          })
        : undefined;
  }
}

function bucketLabelOf(path: string): string | undefined {
  switch (path) {
    case 'bucket.span':
      return i18n.translate('logAnomalies.bucket.span', { defaultMessage: 'In spans of' });
    case 'bucket.errors':
      return i18n.translate('logAnomalies.bucket.errors', { defaultMessage: 'Errors are logs that match' });
    case 'bucket.latency':
      return i18n.translate('logAnomalies.bucket.latency', { defaultMessage: 'How long it took' });
    case 'bucket.distinct':
      return i18n.translate('logAnomalies.bucket.distinct', { defaultMessage: 'Count different values of' });
    case 'bucket.rare':
      return i18n.translate('logAnomalies.bucket.rare', {
        defaultMessage: 'Count logs with a rare value of',
      });
    case 'bucket.look_back':
      return i18n.translate('logAnomalies.rare.lookBack', {
        defaultMessage: 'After its last log, remember who logged for',
      });
    case 'bucket.max_entities':
      return i18n.translate('logAnomalies.rare.maxEntities', {
        defaultMessage: 'Different values to group by, at most',
      });
    default:
      return undefined;
  }
}
