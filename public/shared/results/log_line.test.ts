import { fieldOf, logLine, timeOf } from './log_line';

describe('fieldOf', () => {
  it.each([
    [{ a: { b: { c: 1 } } }, 1],
    [{ 'a.b.c': 1 }, 1],
    [{ 'a.b': { c: 1 } }, 1],
    [{ a: { 'b.c': 1 } }, 1],
    [{ a: [{ 'b.c': 1 }] }, undefined],
    [{ a: null }, undefined],
  ])('%j', (log, value) => {
    expect(fieldOf(log, 'a.b.c')).toBe(value);
  });
});

describe('logLine', () => {
  it('prefers the message, then tells the request, then shows all', () => {
    const http = { request: { method: 'GET' }, response: { status_code: 404 } };
    expect(logLine({ message: 'm', http })).toBe('m');
    expect(logLine({ http, url: { original: '/x' } })).toBe('GET /x 404');
    expect(logLine({ temperature: 5 })).toBe('{"temperature":5}');
    expect(logLine({})).toBeUndefined();
  });
});

it('reads the time', () => {
  expect(timeOf({ '@timestamp': '2024-01-01T00:00:00Z' })).toBe('2024-01-01T00:00:00Z');
});
