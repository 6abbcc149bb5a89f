import { installNotes, releaseNotes } from './release_notes';

const CHANGELOG =
  '# Changelog\n\n## Unreleased\n\n- later\n\n## 0.2.0 - 2026-12-01\n\n### Added\n\n- this\n\n## 0.1.0\n\n- first\n';

it('are the part of that version, and nothing else', () => {
  expect(releaseNotes(CHANGELOG, '0.2.0')).toBe('### Added\n\n- this');
  expect(releaseNotes(CHANGELOG, '0.1.0')).toBe('- first');
});

it('must have been written', () => {
  expect(() => releaseNotes(CHANGELOG, '0.3.0')).toThrow('no part "## 0.3.0"');
  expect(() => releaseNotes(CHANGELOG, '0')).toThrow('no part "## 0"');
});

it('say how to install the release, from where it is', () => {
  const notes = installNotes('0.2.0', 'https://host.test/a/releases/download/v0.2.0/', [
    '8.12.2',
    '9.5.0',
    '9.5.1',
    '9.5.2',
  ]);
  expect(notes.split('\n')).toContain(
    'bin/kibana-plugin install https://host.test/a/releases/download/v0.2.0/log-anomalies-0.2.0_9.5.2.zip',
  );
  expect(notes).toContain('zips for Kibana 8.12.2, 9.5.0 to 9.5.2.');
});
