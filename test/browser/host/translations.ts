/** Stands in for `@kbn/i18n`: the same calls, messages in the same format. */
import { IntlMessageFormat } from 'intl-messageformat';
import { hostSettings } from './host_settings';

type Values = Record<string, string | number | boolean | Date | null | undefined>;

const { locale, messages } = hostSettings;

function translate(id: string, options: { defaultMessage: string; values?: Values }): string {
  const message = messages[id] ?? options.defaultMessage;
  return String(new IntlMessageFormat(message, locale).format(options.values));
}

export const i18n = { translate, getLocale: (): string => locale };
