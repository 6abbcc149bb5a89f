import { noteViewed } from './recently_viewed';

it('names the detector and its page, without the base path', () => {
  const added: string[][] = [];
  const chrome = { recentlyAccessed: { add: (...given: string[]) => void added.push(given) } };
  noteViewed(chrome as never, 'd1', 'Web requests');
  expect(added).toEqual([
    ['/app/logAnomalies/detectors/d1/anomalies', 'Log Anomalies: Web requests', 'logAnomalies:d1'],
  ]);
});

it('does nothing where Kibana keeps no such list', () => {
  expect(() => noteViewed({} as never, 'd1', 'Web requests')).not.toThrow();
});
