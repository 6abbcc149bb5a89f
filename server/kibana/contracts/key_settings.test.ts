import { parseKeySettings } from './key_settings';

const DAY = 86_400_000;

describe('how long keys last', () => {
  it('is a year, with a word a month before', () => {
    expect(parseKeySettings(undefined)).toEqual({ expiresAfter: 365 * DAY, warnBefore: 30 * DAY });
  });

  it('is what the settings say, with a word at half of a short time', () => {
    expect(parseKeySettings({ expire_after: '10d' })).toEqual({
      expiresAfter: 10 * DAY,
      warnBefore: 5 * DAY,
    });
    expect(parseKeySettings({ expire_after: '10d', warn_before: '1d' }).warnBefore).toBe(DAY);
    expect(parseKeySettings({ expire_after: 'never' }).expiresAfter).toBeUndefined();
  });

  it.each([
    [{ expire_after: '1h' }, /expire_after: must be at least 1d, or never/],
    [{ expire_after: '2d', warn_before: '2d' }, /warn_before: must be shorter than expire_after/],
    [{ expires: '2d' }, /logAnomalies\.keys is not valid/],
  ])('is refused as %j', (given, problem) => {
    expect(() => parseKeySettings(given)).toThrow(problem);
  });
});
