import React, { type ReactElement } from 'react';
import type { DraftFieldsProps } from '../draft/draft';
import type { DraftFeature } from '../draft/feature_parts';
import { FeatureSettings, type FeatureSettingsProps } from './feature_settings';

/** Changes and problems of the features of a draft, for tables with a row for each. */
export function editedFeatures({ draft: { features }, change, problem }: DraftFieldsProps) {
  const put = (place: number, changed: DraftFeature): void =>
    change({ features: features.map((feature, index) => (index === place ? changed : feature)) });
  return {
    put,
    /** Returns the first problem with one of these settings. */
    problemOf: (place: number, settings: readonly string[]): string | undefined =>
      settings.flatMap((setting) => problem(`features.${place}.${setting}`) ?? []).at(0),
    /** Returns the settings below the row of the open feature, by the id of this row. */
    settingsOf: (
      open: number | undefined,
      shown: Pick<FeatureSettingsProps, 'fields' | 'isOfBuckets'>,
    ): Record<string, ReactElement> =>
      open === undefined || features[open] === undefined
        ? {}
        : {
            [String(open)]: (
              <FeatureSettings
                // another type has other settings
                key={`${open} ${features[open].type}`}
                feature={features[open]}
                put={(feature) => put(open, feature)}
                problem={(setting) => problem(`features.${open}.${setting}`)}
                {...shown}
              />
            ),
          },
  };
}
