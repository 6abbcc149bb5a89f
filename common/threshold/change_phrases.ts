/** Phrases of the reason for a change of an adaptive threshold, so that a page can translate it; `#` is a number. */
export const CHANGE_PHRASES = {
  started: 'start, from the training sample',
  rateKnown: 'the rate of logs is known now',
  tooMany: 'more alerts than the budget allows',
  tooFew: 'fewer alerts than the budget allows',
  highest: 'at its upper limit, time to train again',
  lowest: 'at its lower limit',
  burst: '# logs of a burst were not learned from',
  frozen: 'frozen: # alerts within an hour are # times the budget',
  thawed: 'the incident is over; the threshold follows the logs again',
  recurring: 'about # unusual logs come every day from #:00 on; that hour has a threshold of its own',
  recurringOver: 'the unusual logs from #:00 on come no more; that hour has the threshold of all again',
  incident: 'many times the budget of alerts: an incident is going on',
} as const;
export type ChangePhrase = keyof typeof CHANGE_PHRASES;

const NUMBER = '(\\d+)';
const BETWEEN = '; ';

export function writePhrase(phrase: ChangePhrase, ...numbers: readonly number[]): string {
  const left = [...numbers];
  return CHANGE_PHRASES[phrase].replace(/#/g, () => String(left.shift()));
}

export const joinPhrases = (phrases: readonly string[]): string => phrases.join(BETWEEN);

/** @returns undefined where it is not put together from these phrases alone */
export function readPhrases(reason: string): { phrase: ChangePhrase; numbers: number[] }[] | undefined {
  const whole = readPhrase(reason);
  if (whole) return [whole];
  const parts = reason.split(BETWEEN).map(readPhrase);
  return parts.every((part) => part !== undefined) ? parts : undefined;
}

function readPhrase(text: string): { phrase: ChangePhrase; numbers: number[] } | undefined {
  for (const [phrase, template] of Object.entries(CHANGE_PHRASES)) {
    const match = new RegExp(`^${template.replace(/#/g, NUMBER)}$`).exec(text);
    if (match) return { phrase: phrase as ChangePhrase, numbers: match.slice(1).map(Number) };
  }
  return undefined;
}
