import { phrasesOf } from './message_pattern';

describe('phrasesOf', () => {
  it.each([
    ['User 7 logged in from 10.0.0.1', ['User', 'logged in from']],
    ['GET /cart/17 200 512B 3ms', ['GET /cart/']],
    ['GET /search?q=wool+table&page=1 200 512B 3ms', ['GET /search?q=wool+table&page=']],
    ['lost a-7x/b from 10.0.0.1:443, eu-1.example gone', ['lost a-7x/b from', 'eu-', 'gone']],
    ['disk "sda 1" is full', ['disk', 'is full']],
    ['42 -- 17', []],
  ])('%s', (message, phrases) => expect(phrasesOf(message)).toEqual(phrases));

  it('leaves out whole what has a variable part in it, for analyzers that do not split it', () => {
    expect(phrasesOf('lost GET /cart/17 of eu-1 again 512B', false)).toEqual(['lost GET', 'of', 'again']);
  });
});
