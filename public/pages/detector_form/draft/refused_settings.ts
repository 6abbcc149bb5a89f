import { i18n } from '@kbn/i18n';
import type { ApiFailure } from '../../../shared/app/api_client';
import { withSettingLabels } from '../../../shared/values/setting_label';

/** The settings that the server refused, by their path; it checks what the form cannot, such as the fields of the logs. */
export function refusedSettings({ issues }: Pick<ApiFailure, 'issues'>): Map<string, string> {
  return new Map(
    issues.flatMap((issue) => {
      const [, path, text] = /^([\w.]+): (.+)$/s.exec(issue) ?? [];
      if (path === undefined) return [];
      const told = withSettingLabels(text);
      return [[path, told.charAt(0).toLocaleUpperCase(i18n.getLocale()) + told.slice(1)] as const];
    }),
  );
}
