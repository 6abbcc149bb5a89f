import { IntlMessageFormat } from 'intl-messageformat';

/** Kibana's translations in English, for unit tests: `jest.mock('@kbn/i18n', () => jest.requireActual(…), { virtual: true })`. */
export const i18n = {
  getLocale: () => 'en',
  translate: (_id: string, { defaultMessage, values }: { defaultMessage: string; values?: object }) =>
    new IntlMessageFormat(defaultMessage, 'en').format(values as never),
};
